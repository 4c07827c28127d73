import { parentPort } from 'node:worker_threads';
import { answerPacking, packingHere, type PackingAnswer, type PackingRequest } from '@cairn/core/store';
import { packingPlatform } from './packing.ts';

const answer = answerPacking(
  packingHere(packingPlatform),
  (message: PackingAnswer<Uint8Array>, transfer: ArrayBuffer[]) => parentPort?.postMessage(message, transfer),
);
parentPort?.on('message', (request: PackingRequest<Uint8Array>) => void answer(request));
parentPort?.postMessage('ready');

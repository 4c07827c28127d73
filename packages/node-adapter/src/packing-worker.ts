import { parentPort } from 'node:worker_threads';
import { answerPacking, packingHere, type PackingAnswer, type PackingRequest } from '@cairn/core/store';
import { packingPlatform } from './packing.ts';
import { sharedPieces } from './shared-pieces.ts';

// What is handed over to the main thread makes it look for garbage again and again.
const pieces = sharedPieces();
const room = (bytes: number): Uint8Array => pieces.take(bytes)?.subarray(0, bytes) ?? new Uint8Array(bytes);

const answer = answerPacking(
  packingHere({ ...packingPlatform, room }),
  (message: PackingAnswer<Uint8Array>, transfer: ArrayBuffer[]) => parentPort?.postMessage(message, transfer),
);
parentPort?.on('message', (request: PackingRequest<Uint8Array>) => void answer(request));
parentPort?.postMessage('ready');

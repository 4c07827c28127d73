import { answerPacking, packingHere, type PackingRequest } from '@cairn/core/store';
import { packingPlatform, type KeptObject } from './packing-platform.ts';

const answer = answerPacking<KeptObject>(packingHere(packingPlatform), (message, transfer) =>
  postMessage(message, transfer),
);
addEventListener('message', ({ data }: MessageEvent<PackingRequest<KeptObject>>) => void answer(data));
postMessage('ready');

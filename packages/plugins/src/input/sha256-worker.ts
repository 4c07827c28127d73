import { bytesToHex } from '@noble/hashes/utils.js';
import { concatBytes } from '../columnar/bytes.ts';
import { createSha256Here, type Sha256 } from './sha256-pieces.ts';

/** What the page asks for. */
export type Request = { readonly number: number; readonly of: number } & (
  | { readonly what: 'add'; readonly bytes: Uint8Array }
  | { readonly what: 'digest' | 'drop' }
);

/** What the worker answers to each request, having said once that it has begun: the hash where it was asked for. */
export type Answer =
  | { readonly number: number; readonly sha256: string | undefined }
  | { readonly number: number; readonly message: string };

/** What is used of the worker's own scope. */
declare const self: {
  postMessage(answer: Answer | { readonly started: boolean }): void;
  addEventListener(type: 'message', listener: (event: { readonly data: Request }) => void): void;
};

/**
 * Up to so many bytes are kept, for the platform hashes them several times as fast as JavaScript does, but only as a whole.
 */
const platformBytes = 64 * 1024 * 1024;

interface Hashing {
  readonly pieces: Uint8Array[];
  size: number;
  /** What hashes more than is kept. */
  here: Sha256 | undefined;
}

const hashings = new Map<number, Hashing>();
const noPause = (): undefined => undefined;

async function add(of: number, bytes: Uint8Array): Promise<void> {
  const hashing = hashings.get(of) ?? { pieces: [], size: 0, here: undefined };
  hashings.set(of, hashing);
  hashing.pieces.push(bytes);
  hashing.size += bytes.length;
  if (hashing.size <= platformBytes && crypto.subtle !== undefined) return;
  hashing.here ??= createSha256Here();
  for (const piece of hashing.pieces.splice(0)) await hashing.here.update(piece, noPause);
}

async function digest(of: number): Promise<string> {
  const { pieces, here } = hashings.get(of) ?? { pieces: [], here: undefined };
  hashings.delete(of);
  if (here !== undefined || crypto.subtle === undefined) return (here ?? createSha256Here()).digest();
  return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', concatBytes(pieces))));
}

async function answer(request: Request): Promise<string | undefined> {
  if (request.what === 'digest') return digest(request.of);
  if (request.what === 'add') await add(request.of, request.bytes);
  else hashings.delete(request.of);
  return undefined;
}

// One after the other: what is added while an answer is awaited comes behind it.
let last: Promise<void> = Promise.resolve();
self.addEventListener('message', ({ data: request }) => {
  const { number } = request;
  last = last.then(async () => {
    try {
      self.postMessage({ number, sha256: await answer(request) });
    } catch (error) {
      self.postMessage({ number, message: error instanceof Error ? error.message : String(error) });
    }
  });
});

self.postMessage({ started: true });

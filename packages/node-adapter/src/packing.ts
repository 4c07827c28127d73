import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import {
  askPacking,
  isLargeObject,
  packingHere,
  packingThere,
  type BeingPacked,
  type Packing,
  type PackingAnswer,
  type PackingPlatform,
  type PackingRequest,
} from '@cairn/core/store';
import { giveBack, isShared } from './shared-pieces.ts';

/** Work on a store's objects. */
export interface StorePacking extends Packing<Uint8Array> {
  /** Starts what it will need for large objects: one thread, or the other one. */
  warm(): void;
  /** Ends its threads; idempotent. */
  close(): Promise<void>;
}

/** Files hold what they are given. */
export const packingPlatform: PackingPlatform<Uint8Array> = {
  sha256: (bytes) => Promise.resolve(createHash('sha256').update(bytes).digest('hex')),
  keep: (object) => object,
  open: (kept) => Promise.resolve(kept),
};

/** The memory of a thread that nobody asks anything is given back after so long. */
const idleMs = 10_000;

interface OneThread {
  /** Starts it, or gives the one that there is; undefined where there can be none. */
  thread(): Promise<Packing<Uint8Array> | undefined>;
  isStarted(): boolean;
  /** Whether it is there by now. */
  isReady(): boolean;
  close(): Promise<void>;
}

/** A thread that is started when it is first asked for, and ended when nobody has asked it for long. */
function oneThread(): OneThread {
  let started: Promise<Packing<Uint8Array> | undefined> | undefined;
  let running: Worker | undefined;
  let isReady = false;

  const end = (worker: Worker): Promise<unknown> => {
    if (running === worker) [started, running, isReady] = [undefined, undefined, false];
    return worker.terminate();
  };
  const start = (worker: Worker): Promise<Packing<Uint8Array> | undefined> => {
    let idle: NodeJS.Timeout | undefined;
    const onBusy = (isBusy: boolean): void => {
      clearTimeout(idle);
      if (isBusy) {
        worker.ref();
        return;
      }
      worker.unref();
      idle = setTimeout(() => void end(worker), idleMs).unref();
    };
    const thread = askPacking<Uint8Array>(
      (request: PackingRequest<Uint8Array>, transfer) => worker.postMessage(request, transfer),
      { gives: false, onBusy },
    );
    return new Promise((resolve) => {
      const lost = (error: Error): void => {
        clearTimeout(idle);
        thread.end(error);
        resolve(undefined);
      };
      worker.on('error', lost);
      worker.on('exit', (code) => lost(new Error(`the thread that packs ended with code ${code}`)));
      worker.on('message', (answer: PackingAnswer<Uint8Array> | 'ready') => {
        if (answer !== 'ready') {
          thread.receive(answer);
          return;
        }
        // One that did not come so far is not tried again.
        worker.once('exit', () => void end(worker));
        // It may have been started ahead, and never be asked anything.
        onBusy(false);
        isReady = true;
        resolve(thread);
      });
    });
  };
  return {
    thread() {
      if (started === undefined) {
        try {
          running = new Worker(new URL('./packing-worker.js', import.meta.url), { execArgv: [], env: {} });
          started = start(running);
        } catch {
          started = Promise.resolve(undefined);
        }
      }
      return started;
    },
    isStarted: () => started !== undefined,
    isReady: () => isReady,
    async close() {
      if (running !== undefined) await end(running);
    },
  };
}

/**
 * Hashes and packs, large objects in a thread that is started for the first of them, or in two. They keep the process alive only
 * while they work; what they are given is copied, unless it is memory that threads share.
 */
export function storePacking(): StorePacking {
  const [first, second] = [oneThread(), oneThread()];
  return {
    ...packingThere(
      packingHere(packingPlatform),
      (isSecond) => (isSecond ? second : first).thread(),
      first.isReady,
      isLargeObject,
    ),
    warm() {
      void (first.isStarted() ? second : first).thread();
    },
    async close() {
      await Promise.all([first.close(), second.close()]);
    },
  };
}

/** An object that is packed for a file. */
export interface ObjectToWrite {
  /** What is written; asked once, when it is to be. */
  content(): Promise<Uint8Array>;
  /** To be called once nobody reads that any more. */
  written(): void;
}

/** @param packed Is told when an object is packed into memory of its own. */
export function toWrite(
  bytes: Uint8Array,
  being: Pick<BeingPacked<Uint8Array>, 'pack'>,
  packed: () => void = () => undefined,
): ObjectToWrite {
  let piece: Uint8Array | undefined;
  return {
    async content() {
      const object = await being.pack();
      // Where it saves nothing, it is the bytes themselves.
      if (object.length === bytes.length) return object;
      piece = object;
      packed();
      return object;
    },
    written() {
      if (piece && isShared(piece)) giveBack(piece);
      piece = undefined;
    },
  };
}

/** Packs bytes whose hash is known. */
export function packNow(packing: Packing<Uint8Array>, bytes: Uint8Array): ObjectToWrite {
  const begin = (): BeingPacked<Uint8Array> => {
    const being = packing.take(bytes);
    being.sha256.catch(() => undefined);
    return being;
  };
  return toWrite(bytes, { pack: () => begin().pack() });
}

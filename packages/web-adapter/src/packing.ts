import {
  askPacking,
  isLargeObject,
  packingHere,
  packingThere,
  type Packing,
  type PackingAnswer,
  type PackingRequest,
} from '@cairn/core/store';
import { packingPlatform, type KeptObject } from './packing-platform.ts';

/** Work on a store's objects. */
export interface StorePacking extends Packing<KeptObject> {
  /** Starts what it will need for large objects: one thread, or the other one. */
  warm(): void;
  /** Ends its workers; idempotent. */
  close(): void;
}

/** The memory of a worker that nobody asks anything is given back after so long. */
const idleMs = 30_000;

interface OneWorker {
  /** Starts it, or gives the one that there is; undefined where there can be none. */
  thread(): Promise<Packing<KeptObject> | undefined>;
  isStarted(): boolean;
  /** Whether it is there by now. */
  isReady(): boolean;
  close(): void;
}

/** A worker that is started when it is first asked for, and ended when nobody has asked it for long. */
function oneWorker(): OneWorker {
  let started: Promise<Packing<KeptObject> | undefined> | undefined;
  let end: () => void = () => undefined;
  let isReady = false;
  let closed = false;

  const start = (worker: Worker): Promise<Packing<KeptObject> | undefined> => {
    let idle: ReturnType<typeof setTimeout> | undefined;
    const onBusy = (isBusy: boolean): void => {
      clearTimeout(idle);
      if (!isBusy) idle = setTimeout(end, idleMs);
    };
    const thread = askPacking<KeptObject>(
      (request: PackingRequest<KeptObject>, transfer) => worker.postMessage(request, transfer),
      { gives: true, onBusy },
    );
    return new Promise((resolve) => {
      const stop = (why: string): void => {
        clearTimeout(idle);
        worker.terminate();
        thread.end(new Error(why));
        resolve(undefined);
      };
      const forget = (why: string): void => {
        [started, isReady] = [undefined, false];
        stop(why);
      };
      end = () => forget('the worker that packs was ended');
      // One that does not come so far is not tried again.
      let onError = stop;
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        onError(event.message || 'the worker that packs did not load');
      });
      worker.addEventListener('message', ({ data }: MessageEvent<PackingAnswer<KeptObject> | 'ready'>) => {
        if (data !== 'ready') {
          thread.receive(data);
          return;
        }
        onError = forget;
        // It may have been started ahead, and never be asked anything.
        onBusy(false);
        isReady = true;
        resolve(thread);
      });
    });
  };
  const thread = (): Promise<Packing<KeptObject> | undefined> => {
    if (closed) return Promise.resolve(undefined);
    if (started === undefined) {
      try {
        started = start(
          new Worker(new URL('./packing-worker.js', import.meta.url), {
            type: 'module',
            name: 'cairn packing',
          }),
        );
      } catch {
        started = Promise.resolve(undefined);
      }
    }
    return started;
  };
  return {
    thread,
    isStarted: () => started !== undefined,
    isReady: () => isReady,
    close() {
      closed = true;
      end();
    },
  };
}

/**
 * Hashes objects, packs them and makes Blobs of them, large ones in a worker that is started for the first of them, or in two;
 * what they are given goes over to them. Where there can be no worker (a policy forbids it, a bundler has not brought its script
 * along) all is done on the page's thread.
 */
export function storePacking(): StorePacking {
  const [first, second] = [oneWorker(), oneWorker()];
  return {
    ...packingThere(
      packingHere(packingPlatform),
      (isSecond) => (isSecond ? second : first).thread(),
      first.isReady,
      (kept) => kept instanceof Blob || isLargeObject(kept),
    ),
    warm() {
      void (first.isStarted() ? second : first).thread();
    },
    close() {
      first.close();
      second.close();
    },
  };
}

import type { CairnEvent } from '../events/event.ts';
import { foldSnapshot } from '../events/fold-snapshot.ts';
import type { Logger } from '../events/logger.ts';
import type { RunSnapshot } from '../events/run-snapshot.ts';
import { throttle } from '../events/throttle.ts';
import type { RunResult } from './result.ts';

/** A run that is under way. */
export interface RunHandle<Steps extends string = string> {
  /** What happens, from the start of the run to its end; every iteration begins at the first event. */
  readonly events: AsyncIterable<CairnEvent>;
  /** Settles like `run()` does. A rejection that nobody awaits is not reported as unhandled. */
  readonly result: Promise<RunResult<Steps>>;
  /** Cancels the run; resolves when it has ended. Idempotent. */
  cancel(reason?: unknown): Promise<void>;
  /**
   * How the run stands, as plain data: the same object until something has changed, and undefined until the run has
   * begun. Made when it is asked for; what has not changed is shared with the one before.
   */
  getSnapshot(): RunSnapshot | undefined;
  /**
   * Calls back when there is a new snapshot: at once for the start and the end of the run, in between as often as a
   * screen can show it and not for every event. Returns a function that ends it. Fits React's `useSyncExternalStore`.
   *
   * @example
   * const snapshot = useSyncExternalStore(run.subscribe, run.getSnapshot);
   */
  subscribe(listener: () => void): () => void;
}

/** About once a frame. */
const notifyMs = 16;

/** Folds what happens into snapshots, for whoever looks at a run from time to time. */
export function runWatch(
  logger: Logger,
): Pick<RunHandle, 'getSnapshot' | 'subscribe'> & { push(event: CairnEvent): void; end(): void } {
  const fold = foldSnapshot();
  const listeners = new Set<() => void>();
  const notify = throttle(notifyMs, () => {
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        logger.error({ err: error }, 'a listener of a run failed');
      }
    }
  });
  return {
    getSnapshot: fold.snapshot,
    subscribe(listener) {
      // A function of its own, so that one listener may come twice.
      const once = (): void => listener();
      listeners.add(once);
      return () => void listeners.delete(once);
    },
    push(event) {
      if (!fold.push(event)) return;
      if (event.type === 'pipeline_start' || event.type === 'pipeline_end') notify.now();
      else notify.soon();
    },
    end: notify.end,
  };
}

/** Keeps what happens for whoever iterates over it, at once or later. */
export function eventLog(): {
  push(event: CairnEvent): void;
  end(): void;
  events: AsyncIterable<CairnEvent>;
} {
  const log: CairnEvent[] = [];
  let ended = false;
  let wake: (() => void)[] = [];
  const wakeAll = (): void => {
    const sleepers = wake;
    wake = [];
    for (const resume of sleepers) resume();
  };
  return {
    push(event) {
      log.push(event);
      wakeAll();
    },
    end() {
      ended = true;
      wakeAll();
    },
    events: {
      async *[Symbol.asyncIterator]() {
        for (let next = 0; ; next += 1) {
          while (next >= log.length && !ended) {
            await new Promise<void>((resolve) => {
              wake.push(resolve);
            });
          }
          const event = log[next];
          if (event === undefined) return;
          yield event;
        }
      },
    },
  };
}

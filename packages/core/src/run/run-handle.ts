import type { CairnEvent } from '../events/event.ts';
import type { RunResult } from './result.ts';

/** A run that is under way. */
export interface RunHandle<Steps extends string = string> {
  /** What happens, from the start of the run to its end; every iteration begins at the first event. */
  readonly events: AsyncIterable<CairnEvent>;
  /** Settles like `run()` does. A rejection that nobody awaits is not reported as unhandled. */
  readonly result: Promise<RunResult<Steps>>;
  /** Cancels the run; resolves when it has ended. Idempotent. */
  cancel(reason?: unknown): Promise<void>;
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

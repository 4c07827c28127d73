import type { Clock } from './clock.ts';

/** Calls something at most so often, and never forgets the last time. */
export interface Throttle {
  /** Calls it at once when it has not been called of late, otherwise when its time has come. */
  soon(): void;
  /** Calls it at once. */
  now(): void;
  /** Calls it at once if it is still owed, and stops the timer. */
  end(): void;
}

/**
 * Bounds how often something is called.
 *
 * @param intervalMs The least time between two calls, but for those of `now`.
 * @param clock Tells the time and, when it has `sleep`, waits. @default the system's, and a timer
 */
export function throttle(intervalMs: number, call: () => void, clock: Clock = Date): Throttle {
  let last = -Infinity;
  let timer: unknown;
  let owed = false;
  // A timer that was replaced may still fire, where the clock's own sleep cannot be ended.
  let turn = 0;

  const now = (): void => {
    turn += 1;
    owed = false;
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    last = clock.now();
    call();
  };
  const later = (ms: number): void => {
    const mine = (turn += 1);
    const due = (): void => {
      if (mine === turn) now();
    };
    if (clock.sleep === undefined) timer = setTimeout(due, ms);
    else void clock.sleep(ms).then(due, due);
  };
  return {
    soon() {
      const wait = last + intervalMs - clock.now();
      // Also when it is owed: a page that is not seen has timers that fire a second late, or a minute.
      if (wait <= 0) return now();
      if (owed) return;
      owed = true;
      later(wait);
    },
    now,
    end() {
      if (owed) now();
    },
  };
}

import type { Clock } from '@cairn/core';

/** A clock whose time goes on when it is told to. */
export interface FakeClock extends Clock {
  /** Those that wait or waited, for any time at all, each with how long and whether it still cares. */
  readonly sleepers: readonly { readonly ms: number; readonly signal: AbortSignal | undefined }[];
  /** Lets so many milliseconds pass. */
  advance(ms: number): void;
  /** Resolves when somebody waits who began after `already` others. */
  asleep(already?: number): Promise<void>;
}

export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  const sleepers: { ms: number; until: number; signal: AbortSignal | undefined; wake: () => void }[] = [];
  return {
    sleepers,
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        if (ms === 0) return wake();
        sleepers.push({ ms, until: now + ms, signal, wake });
      }),
    advance(ms) {
      now += ms;
      for (const { until, wake } of sleepers) if (until <= now) wake();
    },
    async asleep(already = 0) {
      while (sleepers.length <= already) await new Promise((resolve) => setTimeout(resolve, 1));
    },
  };
}

/** Measures work in the time that it had to itself: of what is done side by side, each has its share of the time. */
export interface WorkClock {
  /** Does the work, and tells what it took in milliseconds when it succeeds. */
  timed<Value>(work: () => Promise<Value>, took: (ms: number) => void): Promise<Value>;
}

/** @param now Milliseconds since the epoch. */
export function workClock(now: () => number): WorkClock {
  let active = 0;
  let at = 0;
  /** What somebody who was at work all the time would have got. */
  let share = 0;
  const advance = (): void => {
    const time = now();
    if (active > 0) share += Math.max(0, time - at) / active;
    at = time;
  };
  return {
    async timed(work, took) {
      advance();
      active += 1;
      const begun = share;
      try {
        const value = await work();
        advance();
        took(share - begun);
        return value;
      } finally {
        advance();
        active -= 1;
      }
    },
  };
}

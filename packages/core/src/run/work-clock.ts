/** What a piece of work took, in milliseconds. */
export interface WorkTime {
  /** From its beginning to its end. */
  readonly whole: number;
  /** What it had of that to itself: of what is done side by side, each has its share of the time. */
  readonly own: number;
}

/** Measures work. */
export interface WorkClock {
  /** Does the work, and tells what it took when it succeeds. */
  timed<Value>(work: () => Promise<Value>, took: (time: WorkTime) => void): Promise<Value>;
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
      const begun = { share, at };
      try {
        const value = await work();
        advance();
        took({ whole: Math.max(0, at - begun.at), own: share - begun.share });
        return value;
      } finally {
        advance();
        active -= 1;
      }
    },
  };
}

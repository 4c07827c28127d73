/*
 * V8 marks a page's heap whenever what it holds, memory of buffers included, has grown by a share of what it held before. A page that
 * has rested holds little: then each large part that passes through has the whole heap marked, by all processors, and a run took a third
 * longer. Address space that nothing was ever written to is counted too, and is no memory.
 */
const ballastBytes = 2 ** 28;
/** So long, in milliseconds, after the last part a page is as it was: its own garbage is not to pile up. */
const restMs = 2000;

/** What a page holds while large parts pass through. */
export interface Ballast {
  /** A part passes through. */
  hold(): void;
}

export function createBallast(): Ballast {
  let held: ArrayBuffer | undefined;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let until = 0;
  const letGo = (): void => {
    const left = until - performance.now();
    rest = left > 0 ? setTimeout(letGo, left) : undefined;
    if (left <= 0) held = undefined;
  };
  return {
    hold() {
      until = performance.now() + restMs;
      rest ??= setTimeout(letGo, restMs);
      if (held) return;
      try {
        held = new ArrayBuffer(ballastBytes);
      } catch {
        // There is no such room: it takes longer.
      }
    },
  };
}

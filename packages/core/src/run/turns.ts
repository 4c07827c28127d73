/**
 * Takes what work needs beside its turn, and gives what returns it; undefined while that is not to be had beside the work of
 * others. Who is the first at work is never refused.
 */
export type Claim = (isFirst: boolean) => (() => void) | undefined;

/** Takes a turn, alone or beside others; resolves, when its time has come, to what ends it. */
export type Turns = (alone: boolean, claim: Claim) => Promise<() => void>;

/** What a computation needs besides is part of its turn. */
export const besides: Turns = (_, claim) => Promise.resolve(claim(true) ?? (() => undefined));

/** Lets work go side by side, except for what must be alone: that waits for the others and keeps later ones waiting. */
export function turns(): Turns {
  const queue: { readonly alone: boolean; readonly begin: () => boolean }[] = [];
  let running = 0;
  let taken = false;
  const next = (): void => {
    for (let first = queue[0]; first && !taken && !(first.alone && running > 0); first = queue[0]) {
      if (!first.begin()) return;
      queue.shift();
      running += 1;
      taken = first.alone;
    }
  };
  return (alone, claim) =>
    new Promise((resolve) => {
      const begin = (): boolean => {
        const release = claim(running === 0);
        if (release === undefined) return false;
        resolve(() => {
          release();
          running -= 1;
          taken = false;
          next();
        });
        return true;
      };
      queue.push({ alone, begin });
      next();
    });
}

/** Takes a turn, alone or beside others; resolves, when its time has come, to what ends it. */
export type Turns = (alone: boolean) => Promise<() => void>;

/** Lets work go side by side, except for what must be alone: that waits for the others and keeps later ones waiting. */
export function turns(): Turns {
  const queue: { readonly alone: boolean; readonly begin: () => void }[] = [];
  let running = 0;
  let taken = false;
  const next = (): void => {
    for (let first = queue[0]; first && !taken && !(first.alone && running > 0); first = queue[0]) {
      queue.shift();
      running += 1;
      taken = first.alone;
      first.begin();
    }
  };
  return (alone) =>
    new Promise((resolve) => {
      const end = (): void => {
        running -= 1;
        taken = false;
        next();
      };
      queue.push({ alone, begin: () => resolve(end) });
      next();
    });
}

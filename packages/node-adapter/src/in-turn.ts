/** Runs work on one key after all earlier work on it, in the order of the calls; work on other keys goes on beside it. */
export interface InTurn {
  <Value>(key: string, work: () => Promise<Value>): Promise<Value>;
  /** Says whether work on a key is under way. */
  isBusy(key: string): boolean;
}

/** Makes one set of queues. */
export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  const run = <Value>(key: string, work: () => Promise<Value>): Promise<Value> => {
    const before = last.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    last.set(key, settled);
    void settled.then(() => {
      if (last.get(key) === settled) last.delete(key);
    });
    return result;
  };
  return Object.assign(run, { isBusy: (key: string) => last.has(key) });
}

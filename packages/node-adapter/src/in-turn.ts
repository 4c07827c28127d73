/** Runs work on one key after all earlier work on it, in the order of the calls; work on other keys goes on beside it. */
export type InTurn = <Value>(key: string, work: () => Promise<Value>) => Promise<Value>;

/** Makes one set of queues. */
export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
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
}

/** A value that changes, and whoever wants to know of it. Fits React's `useSyncExternalStore`. */
export interface Readable<Value> {
  /** The same value until something has changed. */
  getSnapshot(): Value;
  /** Calls back after each change; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
}

/** A {@link Readable} that its owner changes. */
export interface Store<Value> extends Readable<Value> {
  set(value: Value): void;
  /** Changes a part of a value that is an object. */
  patch(part: Partial<Value>): void;
}

/** Holds a value, which is replaced and never changed in place. */
export function createStore<Value>(initial: Value): Store<Value> {
  let value = initial;
  const listeners = new Set<() => void>();
  const set = (next: Value): void => {
    if (Object.is(value, next)) return;
    value = next;
    for (const listener of listeners) listener();
  };
  return {
    getSnapshot: () => value,
    subscribe(listener) {
      const own = (): void => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    set,
    patch: (part) => set({ ...value, ...part }),
  };
}

/** What comes of other stores: worked out when it is asked for, and again only once one of them has changed. */
export function derived<Value>(
  sources: readonly Readable<unknown>[],
  compute: (before: Value | undefined) => Value,
): Readable<Value> {
  let seen: { readonly of: readonly unknown[]; readonly value: Value } | undefined;
  return {
    getSnapshot() {
      const before = seen;
      if (before !== undefined && sources.every((one, at) => one.getSnapshot() === before.of[at]))
        return before.value;
      seen = { of: sources.map((one) => one.getSnapshot()), value: compute(before?.value) };
      return seen.value;
    },
    subscribe(listener) {
      const ends = sources.map((one) => one.subscribe(listener));
      return () => ends.forEach((end) => end());
    },
  };
}

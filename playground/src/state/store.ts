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

/**
 * What ends a run, for whoever only looks at it or waits beside it. Listeners of their own would be many on one signal,
 * of which Node warns; and a signal for each of them costs more than what they wait for.
 */
export interface Stop {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  /** Calls the listener when it is aborted, once; gives what takes the listener away. */
  listen(listener: () => void): () => void;
}

export function stopOf(signal: AbortSignal): Stop {
  const listeners = new Set<() => void>();
  signal.addEventListener(
    'abort',
    () => {
      for (const listener of listeners) listener();
      listeners.clear();
    },
    { once: true },
  );
  return {
    get aborted() {
      return signal.aborted;
    },
    get reason() {
      return signal.reason;
    },
    throwIfAborted: () => signal.throwIfAborted(),
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Settles with the promise, or rejects with the reason as soon as it is aborted, whichever comes first. */
export function abortable<Value>(promise: Promise<Value>, stop: Stop): Promise<Value> {
  if (stop.aborted) {
    promise.catch(() => undefined);
    return Promise.reject(stop.reason);
  }
  return new Promise<Value>((resolve, reject) => {
    const forget = stop.listen(() => reject(stop.reason));
    promise.then(resolve, reject).finally(forget);
  });
}

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
    promise.then(
      (value) => {
        forget();
        resolve(value);
      },
      (error: unknown) => {
        forget();
        reject(error);
      },
    );
  });
}

/** The same values; the wait for each of them ends as {@link abortable} does. */
export async function* abortableEach<Value>(
  values: AsyncIterable<Value> | Iterable<Value>,
  stop: Stop,
): AsyncGenerator<Value, void, undefined> {
  if (Symbol.iterator in values) return yield* values;
  const iterator = values[Symbol.asyncIterator]();
  const end = async (): Promise<void> => void (await iterator.return?.());
  for (;;) {
    const next = await abortable(iterator.next(), stop).catch((error: unknown) => {
      // Whoever is at work on the next one comes to an end by itself.
      if (stop.aborted) void end().catch(() => undefined);
      throw error;
    });
    if (next.done === true) return;
    let taken = false;
    try {
      yield next.value;
      taken = true;
    } finally {
      if (!taken) await end();
    }
  }
}

/** Ends what waits too long for a server. */
export interface Watch {
  /** Aborted when the wait was too long, and with the signal that it was made with. */
  readonly signal: AbortSignal;
  /** The promise's value, if it comes in time. */
  race<Value>(promise: Promise<Value>): Promise<Value>;
  /** What went wrong, in words, where the platform says only that it was aborted. */
  reasonOf(error: unknown): unknown;
  /** Ends the request, if it is not over. */
  close(): void;
}

/** Node says no more than `fetch failed`, and why in a cause; of that the code alone is told, for the rest may hold the URL. */
function withCode(error: unknown): unknown {
  const { code } = ((error as Error | undefined)?.cause ?? {}) as { readonly code?: unknown };
  if (!(error instanceof Error) || typeof code !== 'string') return error;
  return new Error(`${error.message} (${code})`, { cause: error });
}

/** @param timeoutMs The longest that one promise may take. */
export function createWatch(timeoutMs: number, signal: AbortSignal): Watch {
  const controller = new AbortController();
  let late: Error | undefined;
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    race: async (promise) => {
      let timer: unknown;
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          late = new Error(`the server sent nothing for ${timeoutMs} ms`);
          reject(late);
          controller.abort(late);
        }, timeoutMs);
      });
      try {
        return await Promise.race([promise, timeout]);
      } finally {
        clearTimeout(timer);
        promise.catch(() => undefined);
      }
    },
    reasonOf: (error) => late ?? withCode(error),
    close: () => controller.abort(new Error('the request is over')),
  };
}

import { fileNotReadable } from '@cairn/core/plugin';

/** A failure that may not come again: `failure` is what to throw when there is no other try. */
export class Transient extends Error {
  override readonly name: string = 'Transient';
  readonly failure: Error;
  /** How long the server asks to wait. */
  readonly afterMs: number | undefined;

  constructor(failure: Error, afterMs?: number) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.afterMs = afterMs;
  }
}

/** How often a piece of work is tried. */
export interface Retries {
  /** Resolves when it is time for another try; throws the failure when there is none. */
  again(error: unknown): Promise<void>;
  /** Forgets the tries so far, since something came of the last one. */
  reset(): void;
}

const firstMs = 200;
const longestMs = 10_000;
const longestAskedMs = 60_000;

/** Says whether another answer is to be expected (RFC 9110, part 15; RFC 6585; RFC 8470). */
export function isTransient(status: number): boolean {
  return [408, 425, 429].includes(status) || status >= 500;
}

/** @param shown How messages name the URL. */
export function createRetries(shown: string, most: number, signal: AbortSignal): Retries {
  let made = 0;
  return {
    async again(error) {
      signal.throwIfAborted();
      if (!(error instanceof Transient)) throw error;
      if (made >= most) throw error.failure;
      const { afterMs = 0 } = error;
      if (afterMs > longestAskedMs) {
        const seconds = Math.ceil(afterMs / 1000);
        throw fileNotReadable(
          shown,
          new Error(`the server asks to come again in ${seconds} s`, { cause: error.failure }),
        );
      }
      // Half of it is random, so that those who were refused together do not come back together.
      const usual = Math.min(longestMs, firstMs * 2 ** made) * (0.5 + Math.random() / 2);
      made += 1;
      await wait(Math.max(usual, afterMs), signal);
    },
    reset: () => {
      made = 0;
    },
  };
}

/** What `Retry-After` says, in milliseconds: seconds, or a time (RFC 9110, 10.2.3). */
export function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/u.test(value.trim())) return Number(value) * 1000;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : Math.max(0, time - Date.now());
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
  signal.throwIfAborted();
}

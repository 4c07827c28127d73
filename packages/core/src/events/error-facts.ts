import { isCairnError } from '../errors/cairn-error.ts';

/** An error as plain data: what a log line, a snapshot or a message to another thread can hold. */
export interface ErrorFacts {
  /** The error's name: `CairnError`, `AbortError`, `TypeError`. */
  readonly type: string;
  /** Of a CairnError. */
  readonly code?: string | undefined;
  readonly message: string;
  readonly stack?: string | undefined;
  /** What brought it about, when that was an error too. */
  readonly cause?: ErrorFacts | undefined;
}

/**
 * What an error says, without its details: those hold whole results and values that a log has no business with.
 *
 * @param depth How many causes to follow. @default 5
 */
export function errorFacts(error: unknown, depth = 5): ErrorFacts {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  const code = isCairnError(error) ? error.code : undefined;
  const before = cause instanceof Error && depth > 0 ? errorFacts(cause, depth - 1) : undefined;
  return {
    type: name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined ? {} : { stack }),
    ...(before === undefined ? {} : { cause: before }),
  };
}

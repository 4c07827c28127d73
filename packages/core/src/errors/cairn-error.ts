import type { ErrorCode } from './codes.ts';

/** What a {@link CairnError} may carry besides its message. */
export interface CairnErrorOptions {
  /** The error that brought this one about; kept whole. */
  readonly cause?: unknown;
  /** Facts about the error as data, for programs: names, values, limits. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The one error class of Cairn. Programs look at {@link CairnError.code}; people read the message, which names the
 * pipeline, the step and the value at fault. Every code has a heading in docs/errors.md.
 */
export class CairnError extends Error {
  /** What happened, as a stable snake_case word. */
  readonly code: ErrorCode;
  /** Facts about the error as data; frozen, and empty when there are none. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: CairnErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code === 'canceled' ? 'AbortError' : 'CairnError';
    this.code = code;
    this.details = Object.freeze({ ...options.details });
  }
}

/** Says whether a value is a {@link CairnError}, of the given code where one is given. */
export function isCairnError(value: unknown, code?: ErrorCode): value is CairnError {
  return value instanceof CairnError && (code === undefined || value.code === code);
}

import { isCairnError, type CairnError } from '../errors/cairn-error.ts';
import { errorCodes, type ErrorCode } from '../errors/codes.ts';
import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import { checkCount, checkKeys } from './check.ts';

/** How often and when a step is tried again within one run. */
export interface RetryOptions {
  /** Attempts in all, the first one too. @default 3 */
  readonly maxAttempts?: number | undefined;
  /** Milliseconds before the second attempt. @default 1000 */
  readonly initialDelayMs?: number | undefined;
  /** The longest wait, in milliseconds. @default 60000 */
  readonly maxDelayMs?: number | undefined;
  /** What the wait grows by with every attempt; `constant` is a factor of 1. @default 'exponential' */
  readonly backoff?: 'exponential' | 'constant' | undefined;
  /** @default 2 */
  readonly factor?: number | undefined;
  /** By which share of itself a wait is made longer or shorter at random; 0 to 1. @default 0.25 */
  readonly jitter?: number | undefined;
  /** Which errors to try again after: codes, or a function that says so. @default all of them */
  readonly retryOn?: readonly ErrorCode[] | ((error: CairnError) => boolean) | undefined;
}

/** {@link RetryOptions}, checked and with defaults. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  readonly factor: number;
  readonly jitter: number;
  /** As it was given, codes in order. */
  readonly retryOn?: RetryOptions['retryOn'];
  retries(error: CairnError): boolean;
}

const known = ['maxAttempts', 'initialDelayMs', 'maxDelayMs', 'backoff', 'factor', 'jitter', 'retryOn'];

/** One attempt and no more. */
export const noRetry: RetryPolicy = Object.freeze({
  maxAttempts: 1,
  initialDelayMs: 0,
  maxDelayMs: 0,
  factor: 1,
  jitter: 0,
  retries: () => false,
});

/** @param given `true` for the defaults. @throws CairnError `invalid_argument` */
export function retryPolicy(where: string, given: boolean | RetryOptions): RetryPolicy {
  if (given === false) return noRetry;
  const options = given === true ? {} : given;
  checkKeys(where, options, known, 'retry option');
  const {
    maxAttempts = 3,
    initialDelayMs = 1000,
    maxDelayMs = 60_000,
    backoff = 'exponential',
    factor = backoff === 'constant' ? 1 : 2,
    jitter = 0.25,
    retryOn,
  } = options;
  checkCount(where, 'retry.maxAttempts', maxAttempts, 1);
  const check = (what: string, value: unknown, from: number, to: number): void => {
    if (typeof value === 'number' && value >= from && value <= to) return;
    throw invalidArgument(
      where,
      `retry.${what} must be a number from ${from} to ${to}, not ${describe(value)}`,
    );
  };
  check('initialDelayMs', initialDelayMs, 0, maxTimerMs);
  check('maxDelayMs', maxDelayMs, 0, maxTimerMs);
  check('factor', factor, 1, 1000);
  check('jitter', jitter, 0, 1);
  if (backoff !== 'exponential' && backoff !== 'constant')
    throw invalidArgument(
      where,
      `retry.backoff must be 'exponential' or 'constant', not ${describe(backoff)}`,
    );
  return Object.freeze({
    maxAttempts,
    initialDelayMs,
    maxDelayMs,
    factor,
    jitter,
    retries: retriesOn(where, retryOn),
    ...(retryOn === undefined
      ? {}
      : { retryOn: typeof retryOn === 'function' ? retryOn : retryOn.toSorted() }),
  });
}

/** The longest wait that a timer can be set to. */
export const maxTimerMs: number = 2 ** 31 - 1;

function retriesOn(where: string, retryOn: RetryOptions['retryOn']): RetryPolicy['retries'] {
  if (retryOn === undefined) return () => true;
  if (typeof retryOn === 'function') return (error) => retryOn(error);
  if (!Array.isArray(retryOn))
    throw invalidArgument(where, `retry.retryOn must be codes or a function, not ${describe(retryOn)}`);
  const codes = new Set<string>(retryOn);
  const unknown = [...codes].find((code) => !(errorCodes as readonly string[]).includes(code));
  if (unknown !== undefined)
    throw invalidArgument(where, `retry.retryOn: there is no error code '${unknown}'`, unknown, errorCodes);
  return (error) => {
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      if (isCairnError(at) && codes.has(at.code)) return true;
    }
    return false;
  };
}

/**
 * How long to wait before the next attempt: `min(initial · factor^n, max)`, longer or shorter by up to `jitter` of itself.
 *
 * @param attempt The one that failed, from 1.
 * @param random From 0 to 1.
 */
export function retryDelay(policy: RetryPolicy, attempt: number, random: number): number {
  const { initialDelayMs, maxDelayMs, factor, jitter } = policy;
  const delay = Math.min(initialDelayMs * factor ** (attempt - 1), maxDelayMs);
  return Math.min(delay * (1 + jitter * (2 * random - 1)), maxTimerMs);
}

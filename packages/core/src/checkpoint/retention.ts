import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import { checkKeys, isAmount } from '../pipeline/check.ts';

/** What of the tables in a store is kept when `runner.gc()` is asked to tidy up. */
export interface RetentionOptions {
  /** Bytes of parts. Above it, what was used least recently is evicted first; Infinity sets no limit. @default 10 GiB */
  readonly maxBytes?: number | undefined;
  /** Milliseconds. A table that nobody has used for longer is evicted; Infinity sets no limit. @default 30 days */
  readonly maxAge?: number | undefined;
  /** The tables of so many of the last successful runs of each pipeline stay. @default 1 */
  readonly keepLast?: number | undefined;
  /** The tables of tasks with one of these tags stay. @default ['keep'] */
  readonly keepTagged?: readonly string[] | undefined;
}

/** {@link RetentionOptions}, checked and with defaults. */
export type Retention = {
  readonly [Option in keyof RetentionOptions]-?: NonNullable<RetentionOptions[Option]>;
};

const defaults: Retention = {
  maxBytes: 10 * 2 ** 30,
  maxAge: 30 * 24 * 60 * 60 * 1000,
  keepLast: 1,
  keepTagged: ['keep'],
};

/**
 * @param base What holds where nothing is given.
 * @throws CairnError `invalid_argument`
 */
export function checkRetention(
  options: RetentionOptions = {},
  where = 'createRunner',
  base: Retention = defaults,
): Retention {
  checkKeys(where, options, Object.keys(defaults), 'retention option');
  const { maxBytes, maxAge, keepLast, keepTagged } = { ...base, ...withoutUndefined(options) };
  const check = (name: string, holds: boolean, expected: string, value: unknown): void => {
    if (!holds) throw invalidArgument(where, `retention.${name} must be ${expected}, not ${describe(value)}`);
  };
  check('maxBytes', isAmount(maxBytes), 'a number of bytes from 0 on', maxBytes);
  check('maxAge', isAmount(maxAge), 'a number of milliseconds from 0 on', maxAge);
  check('keepLast', Number.isSafeInteger(keepLast) && keepLast >= 0, 'a whole number from 0 on', keepLast);
  const areTags = Array.isArray(keepTagged) && keepTagged.every((tag) => typeof tag === 'string');
  check('keepTagged', areTags, 'a list of tags', keepTagged);
  return Object.freeze({ maxBytes, maxAge, keepLast, keepTagged: [...keepTagged] });
}

function withoutUndefined(options: RetentionOptions): Partial<Retention> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

import { describe, invalidArgument } from '../errors/pipeline-errors.ts';

/** Checks that a value is a plain object with no keys but these. @throws CairnError `invalid_argument` */
export function checkKeys(where: string, value: unknown, known: readonly string[], what: string): void {
  if (!isPlainObject(value))
    throw invalidArgument(where, `${what}s must be an object, not ${describe(value)}`);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw invalidArgument(where, `unknown ${what} '${unknown}' (known: ${known.join(', ')})`, unknown, known);
  }
}

/** Says whether a value is an object literal, or one without a prototype, of this realm or another. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Says whether a value is a number from 0 on, Infinity among them: null and texts compare like numbers, and are none. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

/** Checks that a value is a whole number, `least` or more. @throws CairnError `invalid_argument` */
export function checkCount(where: string, what: string, value: unknown, least: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  throw invalidArgument(where, `${what} must be a whole number from ${least} on, not ${describe(value)}`);
}

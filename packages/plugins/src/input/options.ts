import { invalidArgument, isParam, isSecret } from '@cairn/core/plugin';
import { together } from './together.ts';

/** Throws `invalid_argument`, saying what the option is, unless the value can be its value. */
export type OptionCheck = (where: string, value: unknown) => void;

/** A type's value without properties that the type lacks, which inference would let through. */
export type Exactly<Shape, Given extends Shape> = Given & {
  readonly [Name in Exclude<keyof Given, keyof Shape>]: never;
};

/** A value that is known only when the pipeline is compiled (`param()`) or run (`secret()`). */
export function isPlaceholder(value: unknown): boolean {
  return isParam(value) || isSecret(value);
}

/** What a value is, in a word or two, for messages; never the value, which may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value === '') return 'an empty text';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'string' ? 'a text' : `a value of type ${typeof value}`;
}

/** @throws CairnError `invalid_argument` when it is no plain object, or naming an option that is not among the known */
export function checkOptionNames(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument(where, `it takes an object of options, and was given ${kindOf(options)}`);
  }
  together(
    where,
    Object.keys(options).map((name) => () => {
      if (!known.includes(name)) throw invalidArgument(where, `there is no option '${name}'`, name, known);
    }),
  );
}

/**
 * The options among `checks` that were given, checked, without those that say what holds anyway: equal meanings have
 * equal fingerprints. Placeholders stay as they are, to be checked when their values are there.
 */
export function keepOptions(
  where: string,
  options: object,
  checks: Readonly<Record<string, OptionCheck>>,
  defaults: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  together(
    where,
    Object.entries(checks).map(([name, check]) => () => {
      const value = (options as Readonly<Record<string, unknown>>)[name];
      if (value === undefined) return;
      if (!isPlaceholder(value)) check(`${where}.${name}`, value);
      if (value !== defaults[name]) kept[name] = value;
    }),
  );
  return Object.freeze(kept);
}

/** @throws CairnError `invalid_argument` */
export const isBoolean: OptionCheck = (where, value) => {
  if (typeof value !== 'boolean')
    throw invalidArgument(where, `it is true or false, and was given ${kindOf(value)}`);
};

/** @throws CairnError `invalid_argument` */
export const isText: OptionCheck = (where, value) => {
  if (typeof value !== 'string' || value.includes('\0')) {
    throw invalidArgument(where, `it is a text, and was given ${kindOf(value)}`);
  }
};

import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import type { CheckpointScope } from './plan.ts';
import { isStep, type Step } from './step.ts';

/** Options of a step of any kind. An option that is not known is refused, never ignored. */
export interface StepOptions {
  /** What the step is for, in words. Not in the fingerprint. */
  readonly description?: string | undefined;
  /** Steps that must be done before this one without handing it data. @default none */
  readonly after?: readonly Step[] | undefined;
  /** How long the checkpoint lives; `false` keeps none. @default 'cache' */
  readonly checkpoint?: CheckpointScope | undefined;
  /**
   * True: the result may differ each time, so that it is reused within its task only, and SQL may read what is no
   * input. False: it is reused although it uses a volatile function. @default what the engine's catalogue says
   */
  readonly volatile?: boolean | undefined;
  /** Words to find the step by. Not in the fingerprint. @default none */
  readonly tags?: readonly string[] | undefined;
  /** Which version the code is; a new one makes the step run again. For transforms and effects. */
  readonly version?: string | undefined;
  /** True: remembered like a table, beyond the task that did it. For effects. @default false */
  readonly reuse?: boolean | undefined;
}

/** Options of `source`, `fanIn`, `sink` and a `step` of SQL. */
export type PlainStepOptions = Omit<StepOptions, 'version' | 'reuse'>;

/** Options of a transform: its function's text says nothing that lasts, so it states its version, or that it has none. */
export type TransformOptions = Omit<StepOptions, 'version' | 'volatile' | 'reuse'> &
  (
    | { readonly version: string; readonly volatile?: boolean | undefined }
    | { readonly version?: string | undefined; readonly volatile: true }
  );

/** Options of `effect`. */
export type EffectOptions = StepOptions;

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const scopes: ReadonlySet<unknown> = new Set(['cache', 'correlation', 'run', false]);

const rules: Record<keyof StepOptions, readonly [expected: string, holds: (value: unknown) => boolean]> = {
  description: ['text', (value) => typeof value === 'string'],
  after: ['a list of steps', (value) => Array.isArray(value) && value.every(isStep)],
  checkpoint: ["'cache', 'correlation', 'run' or false", (value) => scopes.has(value)],
  volatile: ['true or false', isBoolean],
  tags: ['a list of words', (value) => Array.isArray(value) && value.every(isText)],
  version: ['text that is not empty', isText],
  reuse: ['true or false', isBoolean],
};

const plain = ['description', 'after', 'checkpoint', 'volatile', 'tags'] as const;
const allowed = {
  source: plain,
  sql: plain,
  fanIn: plain,
  sink: plain,
  transform: [...plain, 'version'],
  effect: [...plain, 'version', 'reuse'],
} as const satisfies Record<Step['kind'], readonly (keyof StepOptions)[]>;

/** A frozen copy of a step's options. @throws CairnError `invalid_argument` for an unknown one or a wrong value */
export function checkOptions(where: string, kind: Step['kind'], options: unknown): StepOptions {
  checkKeys(where, options ?? {}, allowed[kind], 'option');
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries((options ?? {}) as StepOptions)) {
    if (value === undefined) continue;
    const [expected, holds] = rules[key as keyof StepOptions];
    if (!holds(value))
      throw invalidArgument(where, `option '${key}' must be ${expected}, not ${describe(value)}`);
    copy[key] = Array.isArray(value) ? Object.freeze([...(value as unknown[])]) : value;
  }
  if (kind === 'transform' && copy['version'] === undefined && copy['volatile'] !== true) {
    throw invalidArgument(
      where,
      "a transform must state its 'version' (change it when the code changes), or 'volatile: true'",
    );
  }
  return Object.freeze(copy);
}

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

/** Checks that a value is a whole number, `least` or more. @throws CairnError `invalid_argument` */
export function checkCount(where: string, what: string, value: unknown, least: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  throw invalidArgument(where, `${what} must be a whole number from ${least} on, not ${describe(value)}`);
}

import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import { checkKeys, isPlainObject } from './check.ts';
import { circuitSettings, type CircuitBreakerOptions } from './circuit-breaker.ts';
import type { CheckpointOption } from './plan.ts';
import { maxTimerMs, retryPolicy, type RetryOptions } from './retry.ts';
import { captureChecks } from './plan-checks.ts';
import { isStep, type Step, type StepContext } from './step.ts';
import type { Check } from './table-check.ts';

/** Options of a step of any kind. An option that is not known is refused, never ignored. */
export interface StepOptions {
  /** What the step is for, in words. Not in the fingerprint. */
  readonly description?: string | undefined;
  /** Steps that must be done before this one without handing it data. @default none */
  readonly after?: readonly Step[] | undefined;
  /**
   * How long the checkpoint lives; `false` keeps none. `auto` is `cache` where keeping the table is worth it, by what was
   * measured, and `false` elsewhere. @default what the pipeline says, for a step with a table, or else 'cache'
   */
  readonly checkpoint?: CheckpointOption | undefined;
  /**
   * True: the result may differ each time, so that it is reused within its task only, and SQL may read what is no
   * input. False: it is reused although it uses a volatile function. @default what the engine's catalogue says
   */
  readonly volatile?: boolean | undefined;
  /** Words to find the step by. Not in the fingerprint. @default none */
  readonly tags?: readonly string[] | undefined;
  /** Try again within a run what failed; `true` for the defaults. Not in the fingerprint. @default what the task's policy says */
  readonly retry?: boolean | RetryOptions | undefined;
  /**
   * How long one attempt's code or statement may take, in milliseconds: then its signal is aborted and the attempt has
   * failed with `step_timeout`. Loading what SQL reads, and committing, are not counted. Not in the fingerprint.
   *
   * @default as long as it likes
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Begin no attempt while others have been failing: a circuit's name, `true` for one of the step's own, or options. While
   * it is open the step fails at once with `circuit_open`, and is not tried again. Not in the fingerprint. @default none
   */
  readonly circuitBreaker?: boolean | string | CircuitBreakerOptions | undefined;
  /**
   * Called after each attempt that failed, before the next one: puts back what the attempt has changed outside. What it
   * throws is told and kept in the stage's history, and changes nothing else.
   */
  readonly rollback?: StepHook | undefined;
  /** Called when the task is cancelled, for the last step that had begun and was not done. Like `rollback` otherwise. */
  readonly onCancel?: StepHook | undefined;
  /**
   * How old a checkpoint may be to be reused, in milliseconds: then the step runs again although nothing has changed, and
   * what comes out the same stops there. For sources that cannot tell whether they have changed. Not in the fingerprint.
   *
   * @default however old
   */
  readonly maxAge?: number | undefined;
  /**
   * What the step's table must be, evaluated together before its checkpoint is committed. Not in the fingerprint: a check
   * that is new or changed is evaluated on the stored table. For steps with a table. @default none
   */
  readonly checks?: readonly Check[] | undefined;
  /** In which the stage's history tells times, an IANA name. Not in the fingerprint. @default 'UTC' */
  readonly timezone?: string | undefined;
  /** Which version the code is; a new one makes the step run again. For transforms and effects. */
  readonly version?: string | undefined;
  /** True: remembered like a table, beyond the task that did it. For effects. @default false */
  readonly reuse?: boolean | undefined;
}

/** Code of a step's author that runs when the step did not come to its end. */
export type StepHook = (context: StepHookContext) => void | Promise<void>;

/** What a {@link StepHook} is given. Its signal is aborted when the run's lease is lost, and not by a cancellation. */
export interface StepHookContext extends StepContext {
  /** Why: what the attempt failed with, or what the task was cancelled for. */
  readonly error: unknown;
}

/** Options of `source`, `fanIn` and a `step` of SQL. */
export type PlainStepOptions = Omit<StepOptions, 'version' | 'reuse'>;

/** Options of `sink`. */
export type SinkOptions = Omit<PlainStepOptions, 'checks'>;

/** Options of a transform: its function's text says nothing that lasts, so it states its version, or that it has none. */
export type TransformOptions = Omit<StepOptions, 'version' | 'volatile' | 'reuse'> &
  (
    | { readonly version: string; readonly volatile?: boolean | undefined }
    | { readonly version?: string | undefined; readonly volatile: true }
  );

/** Options of `effect`. */
export type EffectOptions = Omit<StepOptions, 'checks'>;

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isTimezone = (value: unknown): boolean => {
  if (!isText(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value as string }).format(0);
    return true;
  } catch {
    return false;
  }
};
const scopes: ReadonlySet<unknown> = new Set(['cache', 'correlation', 'run', 'auto', false]);

const rules: Record<
  Exclude<keyof StepOptions, 'checks'>,
  readonly [expected: string, holds: (value: unknown) => boolean]
> = {
  description: ['text', (value) => typeof value === 'string'],
  after: ['a list of steps', (value) => Array.isArray(value) && value.every(isStep)],
  checkpoint: ["'cache', 'correlation', 'run', 'auto' or false", (value) => scopes.has(value)],
  volatile: ['true or false', isBoolean],
  tags: ['a list of words', (value) => Array.isArray(value) && value.every(isText)],
  retry: [
    'true, false or an object of options',
    (value) => isBoolean(value) || (typeof value === 'object' && value !== null),
  ],
  timeoutMs: [
    `a number of milliseconds above 0, ${maxTimerMs} at most`,
    (value) => typeof value === 'number' && value > 0 && value <= maxTimerMs,
  ],
  maxAge: ['a number of milliseconds, more than 0', (value) => typeof value === 'number' && value > 0],
  circuitBreaker: [
    'true, false, a name or an object of options',
    (value) => isBoolean(value) || typeof value === 'string' || (typeof value === 'object' && value !== null),
  ],
  rollback: ['a function', isFunction],
  onCancel: ['a function', isFunction],
  timezone: ['the name of a time zone, such as Europe/Berlin', isTimezone],
  version: ['text that is not empty', isText],
  reuse: ['true or false', isBoolean],
};

const plain = [
  'description',
  'after',
  'checkpoint',
  'volatile',
  'tags',
  'retry',
  'timeoutMs',
  'maxAge',
  'circuitBreaker',
  'rollback',
  'onCancel',
  'timezone',
] as const;
const ofTables = [...plain, 'checks'] as const;
const allowed = {
  source: ofTables,
  sql: ofTables,
  fanIn: ofTables,
  sink: plain,
  transform: [...ofTables, 'version'],
  effect: [...plain, 'version', 'reuse'],
} as const satisfies Record<Step['kind'], readonly (keyof StepOptions)[]>;

/** A frozen copy of a step's options. @throws CairnError `invalid_argument` for an unknown one or a wrong value */
export function checkOptions(where: string, kind: Step['kind'], options: unknown): StepOptions {
  if ((kind === 'sink' || kind === 'effect') && isPlainObject(options) && options['checks'] !== undefined)
    throw invalidArgument(
      where,
      `option 'checks' is for steps with a table, and a step of kind '${kind}' has none`,
    );
  checkKeys(where, options ?? {}, allowed[kind], 'option');
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries((options ?? {}) as StepOptions)) {
    if (value === undefined) continue;
    if (key === 'checks') {
      copy[key] = captureChecks(where, value);
      continue;
    }
    const [expected, holds] = rules[key as keyof typeof rules];
    if (!holds(value))
      throw invalidArgument(where, `option '${key}' must be ${expected}, not ${describe(value)}`);
    copy[key] = Array.isArray(value) ? Object.freeze([...(value as unknown[])]) : value;
  }
  const { retry, circuitBreaker } = copy as StepOptions;
  if (retry !== undefined) copy['retry'] = typeof retry === 'boolean' ? retry : Object.freeze({ ...retry });
  if (retry !== undefined) retryPolicy(where, retry);
  if (typeof circuitBreaker === 'object') copy['circuitBreaker'] = Object.freeze({ ...circuitBreaker });
  if (circuitBreaker !== undefined) circuitSettings(where, where, circuitBreaker);
  if (kind === 'transform' && copy['version'] === undefined && copy['volatile'] !== true) {
    throw invalidArgument(
      where,
      "a transform must state its 'version' (change it when the code changes), or 'volatile: true'",
    );
  }
  return Object.freeze(copy);
}

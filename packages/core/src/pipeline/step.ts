import type { Logger } from '../events/logger.ts';
import { isBranded, type Branded } from './brand.ts';
import type { SinkConnector, SourceConnector } from './connector.ts';
import type { Json } from './json.ts';
import type { Param } from './param.ts';
import type { Secret } from './secret.ts';
import type { Sql } from './sql.ts';
import type { StepOptions } from './step-options.ts';
import type { TableView } from './table.ts';

interface StepBase<Name extends string, Params extends string> extends Branded<'step'> {
  readonly name: Name;
  /** The params that it uses, each once. */
  readonly params: readonly Params[];
  readonly options: StepOptions;
}

/** A step that reads data in. */
export interface SourceStep<Name extends string = string, Params extends string = string> extends StepBase<
  Name,
  Params
> {
  readonly kind: 'source';
  readonly connector: SourceConnector;
}

/** A step whose table is the answer to a query. */
export interface SqlStep<Name extends string = string, Params extends string = string> extends StepBase<
  Name,
  Params
> {
  readonly kind: 'sql';
  readonly sql: Sql;
}

/** A step whose table TypeScript makes. */
export interface TransformStep<Name extends string = string, Params extends string = string> extends StepBase<
  Name,
  Params
> {
  readonly kind: 'transform';
  readonly inputs: StepInputs;
  readonly run: TransformRun;
}

/** A step whose table is the union of several. */
export interface FanInStep<Name extends string = string> extends StepBase<Name, never> {
  readonly kind: 'fanIn';
  readonly inputs: readonly TableStep[];
}

/** A step that writes a table out. */
export interface SinkStep<Name extends string = string, Params extends string = string> extends StepBase<
  Name,
  Params
> {
  readonly kind: 'sink';
  readonly input: TableStep;
  readonly connector: SinkConnector;
}

/** A step that does something and has no table. */
export interface EffectStep<Name extends string = string, Params extends string = string> extends StepBase<
  Name,
  Params
> {
  readonly kind: 'effect';
  readonly inputs: StepInputs;
  readonly run: EffectRun;
}

/** A handle of a step with a table: what SQL, inputs, sinks and `fanIn` take. */
export type TableStep<Name extends string = string, Params extends string = string> =
  | SourceStep<Name, Params>
  | SqlStep<Name, Params>
  | TransformStep<Name, Params>
  | FanInStep<Name>;

/** A handle of a step of any kind. */
export type Step<Name extends string = string, Params extends string = string> =
  | TableStep<Name, Params>
  | SinkStep<Name, Params>
  | EffectStep<Name, Params>;

/** What a transform or an effect is given: steps, params and secrets, by names of the author's choice. */
export type StepInputs = Readonly<Record<string, TableStep | Param | Secret>>;

/** What the inputs are when the code runs: a table, a param's value, a secret's value. */
export type InputValues<Inputs extends StepInputs> = {
  readonly [K in keyof Inputs]: Inputs[K] extends Param<string, infer Value>
    ? Value
    : Inputs[K] extends Secret
      ? string
      : TableView;
};

/** What a transform may return: an apache-arrow Table, rows, complete Arrow IPC bytes or a query. */
export type TransformResult = ArrowTable | readonly object[] | Uint8Array | Sql;

/** An apache-arrow Table, by its shape: the page may hold another copy of the library. */
export interface ArrowTable {
  readonly schema: { readonly fields: readonly object[] };
  readonly batches: readonly object[];
  readonly numRows: number;
}

/** The code of a transform as the runner calls it. */
export type TransformRun = (
  inputs: Readonly<Record<string, unknown>>,
  context: StepContext,
) => TransformResult | Promise<TransformResult>;

/** The code of an effect as the runner calls it. What it resolves to becomes the stage's `result`, as JSON. */
export type EffectRun = (inputs: Readonly<Record<string, unknown>>, context: StepContext) => unknown;

/** How a step before this one stands: what is used of its stage's state. */
export interface PreviousStage {
  readonly stage: string;
  readonly status: string;
  readonly attempts: number;
  readonly history: readonly { readonly message: string; readonly status: string; readonly begin: string }[];
  readonly result: Json;
}

/** What a step's code is given besides its inputs. */
export interface StepContext {
  /** Aborted when the run is cancelled, and when the attempt's time is over: its reason is a `step_timeout` then. */
  readonly signal: AbortSignal;
  /** The params among the step's inputs, by their own names. */
  readonly params: Readonly<Record<string, unknown>>;
  /** How the steps before this one stand, by name; a frozen copy. */
  readonly previous: Readonly<Record<string, PreviousStage>>;
  readonly logger: Logger;
  /** Tells observers how far the work is, in units of the step's choice. */
  progress(done: number, total?: number): void;
  /** Sets the stage's `result`. */
  setResult(result: Json): void;
  /** Which run of its task this is, from 1. */
  readonly attempt: number;
  readonly runId: string;
  /** Null when resuming is off. */
  readonly correlationId: string | null;
  /** The same each time this step is done again for the same task and inputs: targets that know such keys do it once. */
  readonly idempotencyKey: string;
}

/** Says whether a value is a step's handle. */
export function isStep(value: unknown): value is Step {
  return isBranded(value, 'step');
}

/** Says whether a value is the handle of a step with a table. */
export function isTableStep(value: unknown): value is TableStep {
  return isStep(value) && value.kind !== 'sink' && value.kind !== 'effect';
}

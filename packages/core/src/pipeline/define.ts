import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, invalidPipeline } from '../errors/pipeline-errors.ts';
import { isBranded, type Branded } from './brand.ts';
import { checkKeys, isPlainObject } from './check.ts';
import type { CheckpointOption } from './plan.ts';
import type { Step, TableStep } from './step.ts';
import { checkOptions } from './step-options.ts';

/** A process as `definePipeline` takes it: its steps, alone or with more. */
export type ProcessInput =
  | readonly Step[]
  | {
      readonly steps: readonly Step[];
      /** Processes, by name, that must be done before this one starts. @default none */
      readonly after?: readonly string[] | undefined;
      /** What the process is for, in words. */
      readonly description?: string | undefined;
    };

/** A named group of steps in a pipeline. */
export interface Process {
  readonly steps: readonly Step[];
  readonly after: readonly string[];
  readonly description: string | undefined;
}

/** The params of a pipeline without a schema: none. */
export type NoParams = { readonly [name: string]: never };

/**
 * A named set of processes with typed params: plain, frozen data. `Steps` are the names of its steps with tables,
 * `Input` what a run is given as params, `Output` what the schema makes of it, and `Stages` the names of all its steps
 * and processes.
 */
export interface Pipeline<
  Steps extends string = string,
  Input = unknown,
  Output = unknown,
  Stages extends string = string,
> extends Branded<'pipeline'> {
  readonly name: string;
  /** Undefined when it takes no params. */
  readonly params: StandardSchemaV1<Input, Output> | undefined;
  readonly processes: Readonly<Record<string, Process>>;
  /** Of steps with tables that do not say it themselves. Undefined is 'cache'. */
  readonly checkpoint: CheckpointOption | undefined;
  /** For type inference only; never set. */
  readonly '~steps'?: Steps;
  /** The same. */
  readonly '~stages'?: Stages;
}

/** The names of a pipeline's steps with tables. */
export type PipelineSteps<P extends Pipeline> = P extends Pipeline<infer Steps> ? Steps : never;

/** The names of a pipeline's steps, of any kind, and of its processes. */
export type PipelineStages<P extends Pipeline> =
  P extends Pipeline<string, unknown, unknown, infer Stages> ? Stages : never;

/** What a run of a pipeline is given as params. */
export type PipelineParams<P extends Pipeline> = P extends Pipeline<string, infer Input> ? Input : never;

type Processes = Readonly<Record<string, ProcessInput>>;
type StepsOf<P extends Processes> = {
  [K in keyof P]: P[K] extends readonly (infer S)[]
    ? S
    : P[K] extends { readonly steps: readonly (infer S)[] }
      ? S
      : never;
}[keyof P];
type StepNames<S> = S extends Step<infer Name> ? Name : never;
type TableNames<S> = S extends TableStep<infer Name> ? Name : never;
type ParamNames<S> = S extends { readonly params: readonly (infer Name)[] }
  ? string extends Name
    ? never
    : Name
  : never;
type Keys<T> = T extends unknown ? keyof T : never;
type UnknownParams<P extends Processes, Output> = unknown extends Output
  ? never
  : Exclude<ParamNames<StepsOf<P>>, Keys<Output>>;
type Refuse<Names> = [Names] extends [never]
  ? unknown
  : { readonly processes: `The schema of params lacks '${Names & string}'` };

/** What `definePipeline` takes. */
export interface PipelineDefinition<P extends Processes, Input, Output> {
  readonly name: string;
  /** Any Standard Schema (zod, valibot, arktype, ...) of an object. @default the pipeline takes no params */
  readonly params?: StandardSchemaV1<Input, Output> | undefined;
  /** Steps by process. Listing order decides what runs first where nothing else does. */
  readonly processes: P;
  /** What `checkpoint` is for steps with tables that do not say it themselves. @default 'cache' */
  readonly checkpoint?: CheckpointOption | undefined;
}

/**
 * Defines a pipeline. Nothing runs, and names, references and cycles are looked at by `compile`.
 *
 * @throws CairnError `invalid_pipeline`, `invalid_argument` for what cannot be a definition at all
 */
export function definePipeline<const P extends Processes, Input = NoParams, Output = object>(
  definition: PipelineDefinition<P, Input, Output> & Refuse<UnknownParams<P, Output>>,
): Pipeline<TableNames<StepsOf<P>>, Input, Output, StepNames<StepsOf<P>> | (keyof P & string)> {
  checkKeys('definePipeline', definition, ['name', 'params', 'processes', 'checkpoint'], 'key');
  const { name, params, processes, checkpoint } = definition as PipelineDefinition<P, Input, Output>;
  const pipeline = typeof name === 'string' ? name : describe(name);
  if (params !== undefined && typeof params?.['~standard']?.validate !== 'function') {
    throw invalidPipeline(pipeline, `has params that are no Standard Schema: ${describe(params)}`);
  }
  if (!isPlainObject(processes))
    throw invalidPipeline(pipeline, `needs processes by name, not ${describe(processes)}`);
  checkOptions('definePipeline', 'sql', { checkpoint });
  const copies = Object.entries(processes).map(
    ([process, given]) => [process, copyProcess(pipeline, process, given)] as const,
  );
  return Object.freeze({
    '~cairn': 'pipeline',
    name,
    params,
    checkpoint,
    processes: Object.freeze(Object.fromEntries(copies)),
  });
}

function copyProcess(pipeline: string, name: string, given: ProcessInput): Process {
  const where = `process '${name}'`;
  const whole = Array.isArray(given)
    ? { steps: given as readonly Step[] }
    : (given as Exclude<ProcessInput, readonly Step[]>);
  checkKeys(where, whole, ['steps', 'after', 'description'], 'key');
  const { steps, after = [], description } = whole;
  if (!Array.isArray(steps)) throw invalidPipeline(pipeline, `has a ${where} without a list of steps`);
  if (!Array.isArray(after) || !after.every((one) => typeof one === 'string')) {
    throw invalidPipeline(pipeline, `has a ${where} whose 'after' is no list of names of processes`);
  }
  if (description !== undefined && typeof description !== 'string') {
    throw invalidPipeline(pipeline, `has a ${where} whose description is no text`);
  }
  return Object.freeze({ steps: Object.freeze([...steps]), after: Object.freeze([...after]), description });
}

/** Says whether a value is what {@link definePipeline} returns. */
export function isPipeline(value: unknown): value is Pipeline {
  return isBranded(value, 'pipeline');
}

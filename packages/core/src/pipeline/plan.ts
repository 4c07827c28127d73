import type { CircuitSettings } from './circuit-breaker.ts';
import type { SinkConnector, SourceConnector } from './connector.ts';
import type { PlannedCheck } from './plan-checks.ts';
import type { RetryPolicy } from './retry.ts';
import type { EffectRun, TransformRun } from './step.ts';
import type { StepHook } from './step-options.ts';
import type { Secret } from './secret.ts';
import type { SqlChunk } from './sql.ts';
import type { SqlToken } from './lexer.ts';

/** How long a step's checkpoint lives; `false` keeps none. */
export type CheckpointScope = 'cache' | 'correlation' | 'run' | false;

/** What may be asked for: a scope, or `auto`, which is `cache` where keeping the table is worth it and `false` elsewhere. */
export type CheckpointOption = CheckpointScope | 'auto';

/** What every planned step has, whatever its kind. */
export interface PlannedStepBase {
  readonly name: string;
  readonly process: string;
  /** The steps whose tables it reads, in the order in which they are stated, each once. */
  readonly inputs: readonly string[];
  /** The steps that must be done before it without handing it data: its own `after` and its process's. */
  readonly after: readonly string[];
  readonly description: string | undefined;
  readonly tags: readonly string[];
  /** @default 'cache' */
  readonly checkpoint: CheckpointScope;
  /**
   * With `checkpoint: 'auto'`, whose scope is `cache`: `choose` where it is weighed whether the table is kept, `keep` where
   * it always is, since the step is known by its content. Undefined otherwise, and for what has no table.
   */
  readonly auto: 'choose' | 'keep' | undefined;
  /** What the author said; undefined when nothing was said. */
  readonly volatile: boolean | undefined;
  /** Undefined: the task's policy decides. */
  readonly retry: RetryPolicy | undefined;
  /** How long the code or the statement of one attempt may take. Undefined: as long as it likes. */
  readonly timeoutMs: number | undefined;
  readonly circuitBreaker: CircuitSettings | undefined;
  /** In milliseconds. Undefined: a checkpoint holds however old it is. */
  readonly maxAge: number | undefined;
  readonly rollback: StepHook | undefined;
  readonly onCancel: StepHook | undefined;
  /** @default 'UTC' */
  readonly timezone: string;
  /** In listing order; none for a step without a table. */
  readonly checks: readonly PlannedCheck[];
  /** Values of the params that this step uses, by name. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** An input of a transform or an effect, as written: a step's table, a param's value or a secret. */
export type PlannedArgument =
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'param'; readonly value: unknown }
  | { readonly kind: 'secret'; readonly secret: Secret };

export interface PlannedSource extends PlannedStepBase {
  readonly kind: 'source';
  /** Params in its options and location are filled in; secrets are not. */
  readonly connector: SourceConnector;
}

export interface PlannedSql extends PlannedStepBase {
  readonly kind: 'sql';
  /** The statement, params filled in: text, table names, identifiers and values. */
  readonly chunks: readonly SqlChunk[];
  /** The statement as tokens, in the canonical form that enters the fingerprint. */
  readonly tokens: readonly SqlToken[];
  /** Names, lower case, of whatever is called like a function in the statement. */
  readonly functions: readonly string[];
  /** True when `sql.raw` pasted text into it. */
  readonly raw: boolean;
}

export interface PlannedTransform extends PlannedStepBase {
  readonly kind: 'transform';
  readonly arguments: Readonly<Record<string, PlannedArgument>>;
  readonly run: TransformRun;
  readonly version: string | undefined;
}

export interface PlannedFanIn extends PlannedStepBase {
  readonly kind: 'fanIn';
}

export interface PlannedSink extends PlannedStepBase {
  readonly kind: 'sink';
  readonly connector: SinkConnector;
}

export interface PlannedEffect extends PlannedStepBase {
  readonly kind: 'effect';
  readonly arguments: Readonly<Record<string, PlannedArgument>>;
  readonly run: EffectRun;
  readonly version: string | undefined;
  /** False: remembered until its task succeeds, then done again. */
  readonly reuse: boolean;
}

/** A step of a compiled pipeline. */
export type PlannedStep =
  | PlannedSource
  | PlannedSql
  | PlannedTransform
  | PlannedFanIn
  | PlannedSink
  | PlannedEffect;

export interface PlannedProcess {
  readonly name: string;
  /** Its steps by name, in listing order. */
  readonly steps: readonly string[];
  /** The processes that must be done before it starts. */
  readonly after: readonly string[];
  readonly description: string | undefined;
}

/** A compiled pipeline: checked, in topological order, deeply frozen. Running it is the runner's job. */
export interface Plan {
  readonly pipeline: string;
  /** What the params' schema made of the given params. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly processes: readonly PlannedProcess[];
  /** In topological order; listing order decides where nothing else does. */
  readonly steps: readonly PlannedStep[];
}

import type { Table } from 'apache-arrow';
import type { CairnError } from '../errors/cairn-error.ts';
import type { EndStatus } from '../events/event.ts';
import type { Logger } from '../events/logger.ts';
import type { Plan, PlannedStep } from '../pipeline/plan.ts';
import type { Sql } from '../pipeline/sql.ts';
import type { Column } from '../pipeline/table.ts';

/**
 * How the handlers of a hook are called when several plugins have one.
 *
 * - `sequential`: one after the other, each when the one before it is done; the first that throws is the last.
 * - `parallel`: all at once, and all are waited for.
 * - `nested`: one inside the other; the innermost has the step's code inside.
 * - `first`: one after the other until one answers.
 */
export type HookStrategy = 'sequential' | 'parallel' | 'nested' | 'first';

/** What is declared of a hook. */
export interface HookKind {
  readonly strategy: HookStrategy;
  /** What a handler that throws does: `fails` the plan, the run or the step, or is told as a `warning`. */
  readonly throwing: 'fails' | 'warns';
  /** Whether it is about a step, so that `filter` can choose by it. */
  readonly ofStep: boolean;
}

/** Every hook. What comes before the work may refuse it; what comes after only tells, and fails nothing. */
export const hookKinds = {
  planCompiled: { strategy: 'sequential', throwing: 'fails', ofStep: false },
  runStart: { strategy: 'parallel', throwing: 'fails', ofStep: false },
  resolveSecret: { strategy: 'first', throwing: 'fails', ofStep: false },
  stepStart: { strategy: 'parallel', throwing: 'fails', ofStep: true },
  aroundStep: { strategy: 'nested', throwing: 'fails', ofStep: true },
  beforeCommit: { strategy: 'sequential', throwing: 'fails', ofStep: true },
  checkpointWritten: { strategy: 'parallel', throwing: 'warns', ofStep: true },
  stepError: { strategy: 'parallel', throwing: 'warns', ofStep: true },
  runEnd: { strategy: 'parallel', throwing: 'warns', ofStep: false },
} as const;

/** The name of a hook. */
export type HookName = keyof typeof hookKinds;

/** What is declared of a hook. */
export const hookKind = (name: HookName): HookKind => hookKinds[name];

/** The hooks of a strategy. */
export type HooksOf<Strategy extends HookStrategy> = {
  [Name in HookName]: (typeof hookKinds)[Name]['strategy'] extends Strategy ? Name : never;
}[HookName];

/** The hooks that are about a step. */
export type StepHookName = {
  [Name in HookName]: (typeof hookKinds)[Name]['ofStep'] extends true ? Name : never;
}[HookName];

/** What `planCompiled` is given. */
export interface PlanHookContext {
  /** The checked pipeline with its params: deeply frozen, steps in topological order. */
  readonly plan: Plan;
  readonly logger: Logger;
  /** Aborted when whoever asked for the plan does not want it any more. */
  readonly signal: AbortSignal;
}

/** What hooks of a run are given. */
export interface RunHookContext {
  readonly plan: Plan;
  readonly pipeline: string;
  readonly runId: string;
  /** Null when resuming is off. */
  readonly correlationId: string | null;
  /** Which run of its task this is, from 1. */
  readonly attempt: number;
  /** Aborted when the run is cancelled. A hook is not waited for any longer then. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** What hooks of a step are given. */
export interface StepRunContext extends RunHookContext {
  /** The step as planned: its name, kind, process, tags, params and more. */
  readonly step: PlannedStep;
}

/** What `aroundStep`'s `next` resolves to. */
export interface StepMade {
  /** Of the table that the step has made; undefined for a step without one. */
  readonly rows: number | undefined;
}

/** What `beforeCommit` is given: the table that the step has made, and that nobody else has seen. */
export interface TableHookContext extends StepRunContext {
  /** The table, to stand in `sql` as a step's handle does. */
  readonly table: Sql<never>;
  readonly rows: number;
  readonly columns: readonly Column[];
  /**
   * Answers a query over the table: context.query(sql`select count(*) as n from ${context.table}`).
   *
   * @throws CairnError `sql_failed`, `invalid_sql`, `undeclared_input`, `external_read`
   */
  query(query: Sql): Promise<Table>;
}

/** What `checkpointWritten` is given. */
export interface CheckpointHookContext extends StepRunContext {
  readonly scope: 'cache' | 'correlation' | 'run';
  readonly fingerprint: string;
  /** Undefined for what has no table. */
  readonly contentHash: string | undefined;
  readonly rows: number;
  readonly bytes: number;
}

/** What `stepError` is given. */
export interface ErrorHookContext extends StepRunContext {
  readonly error: CairnError;
}

/** What `runEnd` is given. */
export interface EndHookContext extends RunHookContext {
  readonly status: EndStatus;
  readonly durationMs: number;
  /** The first error in time; undefined when there is none. */
  readonly error: CairnError | undefined;
}

type Maybe<Value> = Value | Promise<Value>;

/** What the handler of each hook is. */
export interface HookHandlers {
  /** A pipeline was checked, and nothing has begun. Called for `run`, `start`, `bind` and `plan`. */
  readonly planCompiled: (context: PlanHookContext) => Maybe<void>;
  /** The run is about to begin with its first step. */
  readonly runStart: (context: RunHookContext) => Maybe<void>;
  /** A `secret()` that the runner's own `secrets` do not know; undefined when this plugin does not know it either. */
  readonly resolveSecret: (name: string, context: RunHookContext) => Maybe<string | undefined>;
  /** An attempt at a step is about to begin: not when the step is reused. */
  readonly stepStart: (context: StepRunContext) => Maybe<void>;
  /** Wraps the code of an attempt. It calls `next` once, which does the work, and rejects with what the work fails with. */
  readonly aroundStep: (context: StepRunContext, next: () => Promise<StepMade>) => Promise<void>;
  /** A step has made a table: whoever throws rejects it, and it is not kept. Not for steps without one. */
  readonly beforeCommit: (context: TableHookContext) => Maybe<void>;
  /** What a step has made is durable. */
  readonly checkpointWritten: (context: CheckpointHookContext) => Maybe<void>;
  /** A step has failed for good. */
  readonly stepError: (context: ErrorHookContext) => Maybe<void>;
  /** The run is over; observers are not yet told. */
  readonly runEnd: (context: EndHookContext) => Maybe<void>;
}

/** Which steps a hook is about. All that is given must hold; of a list, one. */
export interface StepFilter {
  /** @default every kind */
  readonly kind?: PlannedStep['kind'] | readonly PlannedStep['kind'][];
  /** A step's whole name, or a pattern that is found in it. @default every name */
  readonly name?: string | RegExp | readonly (string | RegExp)[];
  /** A tag that the step has. @default with tags or without */
  readonly tag?: string | readonly string[];
}

/** A hook with more than its function. */
export interface HookObject<Name extends HookName> {
  /** Before those of plugins that do not say, or after them. Among themselves, in the order of the plugins. */
  readonly order?: 'pre' | 'post';
  /** Hooks of steps alone. @default every step */
  readonly filter?: Name extends StepHookName ? StepFilter : never;
  readonly handler: HookHandlers[Name];
}

/** The hooks of a plugin, each as a function or as an object. */
export type PluginHooks = {
  readonly [Name in HookName]?: HookHandlers[Name] | HookObject<Name>;
};

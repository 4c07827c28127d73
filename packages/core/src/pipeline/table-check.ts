import type { Table } from 'apache-arrow';
import type { Json } from './json.ts';
import type { Sql } from './sql.ts';
import type { TableStep } from './step.ts';
import type { Column } from './table.ts';

/** What a check that does not pass means: the step fails, or it is told and the step goes on. */
export type CheckSeverity = 'error' | 'warn';

/** What came of one evaluation; `errored`: it could not be evaluated, so nobody knows. */
export type CheckStatus = 'passed' | 'failed' | 'errored';

/** What a check has measured: small, plain JSON, kept with its record, and there to be compared with later. */
export type CheckMetrics = Readonly<Record<string, Json>>;

/** What a check says of a table. */
export interface CheckVerdict {
  readonly passed: boolean;
  /** How many rows fail, where the check counts rows. */
  readonly failing?: number | undefined;
  /** What was found, in a few words without values of the table: it stands in events, logs and errors. */
  readonly message?: string | undefined;
  readonly metrics?: CheckMetrics | undefined;
  /** A query that selects the rows that fail; the first ones are kept. */
  readonly failingRows?: Sql | undefined;
}

/** What a check measured when the step's table was kept last. */
export interface PreviousCheck {
  readonly runId: string;
  /** When, ISO 8601, UTC. */
  readonly at: string;
  /** Of the table, then. */
  readonly rows: number;
  readonly metrics: CheckMetrics;
}

/** What a check is given. The table is not committed yet, and known by `table` alone. */
export interface CheckContext {
  readonly pipeline: string;
  readonly step: string;
  readonly runId: string;
  /** The check's options, params filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The step's table, to stand in `sql` like a step's handle. */
  readonly table: Sql<never>;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** A column as a quoted identifier. @throws CairnError `invalid_argument` when the table has no such column */
  column(name: string): Sql<never>;
  /**
   * Answers a query over the table and over those of the check's `inputs`.
   *
   * @throws CairnError `sql_failed`, `invalid_sql`, `undeclared_input`, `external_read`
   */
  query(query: Sql): Promise<Table>;
  /**
   * What the check of this name has measured when the step's table was last kept; undefined when it never was.
   *
   * @param options `within`: which runs count. `task`: those of this task, or, when it has no correlation id, of others
   *   without one. `pipeline`: all that are recorded. @default 'task'
   */
  previous(options?: { readonly within?: 'task' | 'pipeline' }): Promise<PreviousCheck | undefined>;
  /** Milliseconds since the epoch, by the runner's clock. */
  now(): number;
  readonly signal: AbortSignal;
}

/** A {@link CheckContext} with what the check's `measure` has come to. */
export interface MeasuredContext extends CheckContext {
  /** By the names that `measure` gave: null, boolean, number, bigint, string, or whatever Arrow makes of the type. */
  readonly measured: Readonly<Record<string, unknown>>;
}

/**
 * Says whether a table is as it must be. It is evaluated when the table was made and before its checkpoint is committed,
 * and again, on the stored table, when it is new or changed. It is plain data and one of three ways to evaluate it:
 *
 * - `fails`, a condition over one row. The conditions of all checks of a step are counted in one pass over its table;
 * - `failing`, a query that selects the rows that fail;
 * - `evaluate`, code that says what it likes. What it wants to know of the table as a whole it asks for in `measure`, which
 *   is computed in the same pass.
 *
 * Checks are in no fingerprint: a changed one makes no step run again.
 *
 * @example
 * const paid: Check = {
 *   type: 'paid',
 *   name: 'paid',
 *   options: {},
 *   fails: ({ column }) => sql`${column('amount')} > 0 and ${column('paid_at')} is null`,
 * };
 */
export interface Check {
  /** Which kind of check it is, such as `notNull`. */
  readonly type: string;
  /** By which it is known in results and records, such as `notNull(origin)`; once in a step. */
  readonly name: string;
  /** @default 'error' */
  readonly severity?: CheckSeverity | undefined;
  /** Plain data; `param()` and `sql` fragments may stand in it. It tells a check from one that was changed. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Which version the code is. A new one is a changed check, as other options are. @default none */
  readonly version?: string | undefined;
  /** Steps whose tables it reads besides. They are done before this one; their content is in no fingerprint. @default none */
  readonly inputs?: readonly TableStep[] | undefined;
  /** What rows that fail are, for messages: `'origin' is null`. */
  readonly says?: string | undefined;
  /** How many of the rows that fail are kept, 0 for none. @default 100 */
  readonly keepRows?: number | undefined;
  /** A condition that is true for rows that fail; false and null are not. */
  fails?(context: CheckContext): Sql;
  /** A query that selects the rows that fail. */
  failing?(context: CheckContext): Sql;
  /** Aggregates over the table, by names: `{ newest: sql`max(${context.column('at')})` }`. For `evaluate`. */
  measure?(context: CheckContext): Readonly<Record<string, Sql>>;
  evaluate?(context: MeasuredContext): CheckVerdict | Promise<CheckVerdict>;
  /**
   * Says whether a stored table that passed still does, by the metrics that it had: for what changes with the time alone.
   * Called whenever the step is reused; nothing is read for it. When it does not, the check is evaluated again.
   *
   * @default it does
   */
  holds?(metrics: CheckMetrics, context: Pick<CheckContext, 'options' | 'now'>): boolean;
}

import type { Table } from 'apache-arrow';
import { unknownColumn } from '../errors/check-errors.ts';
import type { BoundSqlPart, TableInfo } from '../engine/engine.ts';
import type { PlannedCheck } from '../pipeline/plan-checks.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { planSql } from '../pipeline/plan-sql.ts';
import { sql, tableOf, type Sql } from '../pipeline/sql.ts';
import type { CheckContext } from '../pipeline/table-check.ts';
import { bindChunks } from './bind.ts';
import { previousCheck } from './previous-check.ts';
import type { Session } from './session.ts';

/** A step's table that is in the engine, to be checked. */
export type CheckedTable = Pick<TableInfo, 'rows' | 'columns'>;

/** What a check is given. */
export function checkContext(
  session: Session,
  step: PlannedStep,
  check: PlannedCheck,
  table: CheckedTable,
): CheckContext {
  const { plan, runId, parts } = session;
  const { rows, columns } = table;
  const context: CheckContext = {
    pipeline: plan.pipeline,
    step: step.name,
    runId,
    options: check.options,
    table: tableOf(step.name),
    rows,
    columns,
    column(name: string) {
      // As SQL has it: without regard to case.
      const found =
        columns.find((column) => column.name === name) ??
        columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
      if (found === undefined)
        throw unknownColumn(
          name,
          columns.map((column) => column.name),
        );
      return sql.id(found.name);
    },
    query: (query: Sql): Promise<Table> =>
      parts.engine.query({ parts: bindCheck(session, step, check, query) }, { signal: session.signal }),
    previous: (options) => previousCheck(session, step, check, options?.within ?? 'task'),
    now: () => parts.now(),
    get signal() {
      return session.signal;
    },
  };
  return Object.freeze(context);
}

/**
 * SQL of a check as the engine takes it: one query over the step's table and over what the check reads besides.
 *
 * @throws CairnError `external_read`, `invalid_sql`, `invalid_sql_value`, `undeclared_input`, `unknown_param`
 */
export function bindCheck(
  session: Session,
  step: PlannedStep,
  { inputs }: Pick<PlannedCheck, 'inputs'>,
  query: Sql,
): BoundSqlPart[] {
  const { plan } = session;
  const withTables = plan.steps.filter(({ kind }) => kind !== 'sink' && kind !== 'effect');
  const { chunks } = planSql(query, {
    pipeline: plan.pipeline,
    step: step.name,
    params: plan.params,
    tables: new Map(withTables.map(({ name }) => [name.toLowerCase(), name])),
    volatile: step.volatile === true,
    inputs: [step.name, ...inputs],
  });
  return bindChunks(chunks, session.tableRef);
}

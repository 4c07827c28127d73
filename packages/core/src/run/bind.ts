import { invalidArgument } from '../errors/pipeline-errors.ts';
import type { BoundSqlPart, TableRef } from '../engine/engine.ts';
import type { Plan, PlannedTransform } from '../pipeline/plan.ts';
import { planSql } from '../pipeline/plan-sql.ts';
import type { Sql, SqlChunk } from '../pipeline/sql.ts';

/** A planned statement as an engine takes it: steps become tables of this run, params their values. */
export function bindChunks(
  chunks: readonly SqlChunk[],
  tableRef: (step: string) => TableRef,
): BoundSqlPart[] {
  return chunks.map((chunk): BoundSqlPart => {
    if (chunk.kind === 'table') return { kind: 'table', table: tableRef(chunk.step) };
    return chunk.kind === 'param' ? { kind: 'value', value: chunk.value } : chunk;
  });
}

/**
 * A fragment that a connector made: it may name files and columns, but no steps.
 *
 * @throws CairnError `invalid_argument`
 */
export function bindFragment(sql: Sql): BoundSqlPart[] {
  return bindChunks(sql.chunks, (step) => {
    throw invalidArgument('sql', `a connector's SQL cannot read step '${step}'`);
  });
}

/**
 * A statement that a transform returned, checked like a step's own: one query over nothing but its inputs.
 *
 * @throws CairnError `external_read`, `invalid_sql`, `invalid_sql_value`, `undeclared_input`, `unknown_param`
 */
export function bindResult(
  sql: Sql,
  plan: Plan,
  step: PlannedTransform,
  tableRef: (step: string) => TableRef,
): { readonly parts: readonly BoundSqlPart[]; readonly functions: readonly string[] } {
  const withTables = plan.steps.filter(({ kind }) => kind !== 'sink' && kind !== 'effect');
  const { chunks, functions } = planSql(sql, {
    pipeline: plan.pipeline,
    step: step.name,
    params: step.params,
    tables: new Map(withTables.map(({ name }) => [name.toLowerCase(), name])),
    volatile: step.volatile === true,
    inputs: step.inputs,
  });
  return { parts: bindChunks(chunks, tableRef), functions };
}

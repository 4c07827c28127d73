import { isCairnError } from '../errors/cairn-error.ts';
import { planSql } from '../pipeline/plan-sql.ts';
import type { SqlStep } from '../pipeline/step.ts';
import type { LinkedEntry } from './pipeline-references.ts';

/** Tells what a plan would refuse in a statement, whatever the params are: now, with its place in the file. */
export function checkStatement(
  step: SqlStep,
  { sql, path, file, name, value, isSuspect }: LinkedEntry,
  pipeline: string,
  tables: ReadonlyMap<string, string>,
): void {
  if (sql === undefined || !isSuspect) return;
  try {
    planSql(step.sql, {
      pipeline,
      step: name,
      params: Object.fromEntries(step.params.map((param) => [param, null])),
      tables,
      volatile: value['volatile'] === true,
      inputs: step.sql.steps.map((input) => input.name),
    });
  } catch (error) {
    if (!isCairnError(error)) throw error;
    const { line } = error.details;
    // Placeholders are of another length there, so that only the line is the same.
    const offset = typeof line === 'number' ? startOfLine(sql.text, line) : 0;
    sql.file.report.add({ path: sql.file === file ? [...path, 'sql'] : [], message: error.message, offset });
  }
}

function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let before = 1; before < line; before += 1) at = text.indexOf('\n', at) + 1;
  return at + (/^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0);
}

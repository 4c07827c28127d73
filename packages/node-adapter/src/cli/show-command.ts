import { isCairnError, type OpenedTask } from '@cairn/core';
import { failedCheckLines } from './check-lines.ts';
import { colorsFor } from './colors.ts';
import type { Given } from './command-spec.ts';
import { formatCount } from './format.ts';
import { formatOf, tableText, type TableFormat } from './print-table.ts';
import { openProject } from './project.ts';
import { findTask } from './tasks.ts';

const usualLimit = 20;

/**
 * Prints the first rows of a step's table, from its checkpoint, or those that failed a check: no step runs and no engine
 * starts.
 */
export async function showCommand(given: Given): Promise<number> {
  const format = formatOf(given);
  const limit = given.count('limit', 0) ?? usualLimit;
  await using project = await openProject(given);
  const { correlationId, pipeline } = await findTask(project, given, given.text('correlation-id'));
  const step = given.positionals[0] as string;
  await using task = await project.runner.open(correlationId, { pipeline });
  const check = given.text('check');
  if (check !== undefined) return await showFailing(task, { step, check, limit, format });
  const checks = task.checks.get(step) ?? [];
  const table = await task.table(step, { limit }).catch((error: unknown) => {
    // What was not committed has checks that say why.
    const lines = failedCheckLines(checks, colorsFor(process.stderr));
    if (isCairnError(error, 'checkpoint_not_found'))
      for (const line of lines) process.stderr.write(`  ${line}\n`);
    throw error;
  });
  const stored = task.steps.get(step);
  const { rows = table.numRows, columns = [], bytes, contentHash, createdAt, runId } = stored ?? {};
  process.stdout.write(
    tableText(table, {
      format,
      types: new Map(columns.map(({ name, type }) => [name, type])),
      document: (data) => ({
        step,
        pipeline,
        correlationId,
        rows,
        bytes,
        contentHash,
        createdAt,
        runId,
        columns,
        checks,
        data,
      }),
    }),
  );
  if (format === 'table') {
    const shown =
      table.numRows < rows ? `${formatCount(table.numRows)} of ${formatCount(rows)}` : formatCount(rows);
    process.stdout.write(
      `${shown} ${rows === 1 ? 'row' : 'rows'} of '${step}', task '${correlationId}' of '${pipeline}'\n`,
    );
    for (const line of failedCheckLines(checks, colorsFor(process.stdout)))
      process.stdout.write(`check ${line}\n`);
  }
  return 0;
}

interface ShownRows {
  readonly step: string;
  readonly check: string;
  readonly limit: number;
  readonly format: TableFormat;
}

/** Prints the first of the rows that failed a check. */
async function showFailing(task: OpenedTask, { step, check, limit, format }: ShownRows): Promise<number> {
  const table = await task.failingRows(step, check, { limit });
  const found = task.checks.get(step)?.find((one) => one.check === check);
  const { columns = [], rows: kept = table.numRows } = found?.kept ?? {};
  const { correlationId, pipeline } = task;
  process.stdout.write(
    tableText(table, {
      format,
      types: new Map(columns.map(({ name, type }) => [name, type])),
      document: (data) => ({ step, pipeline, correlationId, ...found, columns, data }),
    }),
  );
  if (format !== 'table') return 0;
  const shown =
    table.numRows < kept
      ? `${formatCount(table.numRows)} of ${formatCount(kept)} rows kept`
      : `${formatCount(kept)} rows kept`;
  process.stdout.write(`${shown} of those that failed '${check}': ${found?.message ?? ''}\n`);
  return 0;
}

import type { Given } from './command-spec.ts';
import { formatCount } from './format.ts';
import { formatOf, tableText } from './print-table.ts';
import { openProject } from './project.ts';
import { findTask } from './tasks.ts';

const usualLimit = 20;

/** Prints the first rows of a step's table, from its checkpoint: no step runs and no engine starts. */
export async function showCommand(given: Given): Promise<number> {
  const format = formatOf(given);
  const limit = given.count('limit', 0) ?? usualLimit;
  await using project = await openProject(given);
  const { correlationId, pipeline } = await findTask(project, given, given.text('correlation-id'));
  const step = given.positionals[0] as string;
  await using task = await project.runner.open(correlationId, { pipeline });
  const table = await task.table(step, { limit });
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
  }
  return 0;
}

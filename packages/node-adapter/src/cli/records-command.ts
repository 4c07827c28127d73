import type { Given } from './command-spec.ts';
import { formatOf, tableText } from './print-table.ts';
import { openProject } from './project.ts';

const usualLimit = 20;

const lastRuns = (limit: number): string => `
  select pipeline, correlation_id, attempt, status, started_at, duration_ms, failed_step, error_message
  from pipeline_runs
  order by started_at desc, run_id desc
  limit ${limit}`;

/** Prints the last runs, or the answer to any query over the records of runs. */
export async function recordsCommand(given: Given): Promise<number> {
  const format = formatOf(given);
  const sql = given.text('sql');
  const limit = given.count('limit', 0);
  if (sql !== undefined && limit !== undefined)
    throw given.wrong('--limit is for the last runs: a query of --sql has its own');
  await using project = await openProject(given);
  await using history = await project.runner.history();
  const table = await history.query(sql ?? lastRuns(limit ?? usualLimit));
  process.stdout.write(tableText(table, { format }));
  if (format === 'table' && table.numRows === 0)
    process.stdout.write(sql === undefined ? `There are no records in ${project.place}.\n` : '0 rows\n');
  return 0;
}

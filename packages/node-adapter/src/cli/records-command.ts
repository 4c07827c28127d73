import { arrowCells, arrowRows } from './arrow-cells.ts';
import { colorsFor } from './colors.ts';
import type { Given } from './command-spec.ts';
import { visible } from './display-width.ts';
import { formatDuration } from './format.ts';
import { formatOf, tableText } from './print-table.ts';
import { openProject } from './project.ts';
import { withoutPlace } from './step-line.ts';
import { textTable } from './text-table.ts';

const usualLimit = 20;

const lastRuns = (limit: number): string => `
  select * from pipeline_runs
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
  const { stdout } = process;
  if (format !== 'table') stdout.write(tableText(table, { format }));
  else if (sql !== undefined)
    stdout.write(`${tableText(table, { format })}${table.numRows === 0 ? '0 rows\n' : ''}`);
  else if (table.numRows === 0) stdout.write(`There are no records in ${project.place}.\n`);
  else stdout.write(runsText(arrowRows(arrowCells(table)) as unknown as readonly RunRow[]));
  return 0;
}

/** A row of `pipeline_runs`. */
interface RunRow {
  readonly started_at: string;
  readonly pipeline: string;
  readonly attempt: number;
  readonly status: string;
  readonly duration_ms: number;
  readonly failed_step: string | null;
  readonly error_message: string | null;
}

/** The last runs for people; whoever wants all columns asks for JSON or CSV. */
function runsText(rows: readonly RunRow[]): string {
  const { stdout } = process;
  const colors = colorsFor(stdout);
  const lines = textTable(
    [
      {
        name: 'started',
        isWhole: true,
        cells: rows.map((row) => `${row.started_at.slice(0, 19).replace('T', ' ')}Z`),
      },
      { name: 'pipeline', cells: rows.map(({ pipeline }) => pipeline) },
      { name: 'attempt', isNumber: true, cells: rows.map(({ attempt }) => String(attempt)) },
      {
        name: 'status',
        isWhole: true,
        cells: rows.map(({ status }) => status),
        paint: (text, row) => (rows[row]?.status === 'success' ? colors.green(text) : colors.red(text)),
      },
      { name: 'took', isNumber: true, cells: rows.map((row) => formatDuration(row.duration_ms)) },
      { name: 'error', cells: rows.map(errorOf) },
    ],
    { width: stdout.isTTY ? stdout.columns : undefined, colors },
  );
  return `${lines.join('\n')}\n`;
}

function errorOf({ failed_step: step, error_message: message }: RunRow): string {
  if (message === null) return '';
  const [line = ''] = message.split('\n');
  return visible(step === null ? line : `${step}: ${withoutPlace(line, step)}`);
}

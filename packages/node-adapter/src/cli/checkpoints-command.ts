import type { CheckpointFilter, StoredCheckpoint } from '@cairn/core';
import { colorsFor } from './colors.ts';
import type { Given } from './command-spec.ts';
import { countOf, formatBytes, formatCount } from './format.ts';
import { jsonText } from './json-text.ts';
import { openProject } from './project.ts';
import { textTable } from './text-table.ts';
import { agoText, timeText } from './time-text.ts';

const scopes = ['cache', 'correlation', 'run'] as const;
const states = ['stored', 'evicted', 'damaged'] as const;

/** Lists the tables that are stored, of all pipelines. */
export async function checkpointsCommand(given: Given): Promise<number> {
  const filter: CheckpointFilter = {
    pipeline: given.text('pipeline'),
    step: given.text('step'),
    scope: oneOf(given, 'scope', scopes),
    state: oneOf(given, 'state', states),
  };
  const limit = given.count('limit') ?? 50;
  await using project = await openProject(given);
  const found = await project.runner.checkpoints(filter);
  const { stdout } = process;
  if (given.flag('json')) stdout.write(`${jsonText(found, 2)}\n`);
  else if (found.length === 0) stdout.write(`There are no such checkpoints in ${project.place}.\n`);
  else stdout.write(`${tableLines(found.slice(0, limit)).join('\n')}\n${totals(found, limit)}\n`);
  return 0;
}

function oneOf<Value extends string>(
  given: Given,
  option: string,
  values: readonly Value[],
): Value | undefined {
  const text = given.text(option);
  if (text === undefined || (values as readonly string[]).includes(text)) return text as Value | undefined;
  throw given.wrong(`--${option} is one of ${values.join(', ')}, not '${text}'`);
}

function tableLines(found: readonly StoredCheckpoint[]): string[] {
  const { stdout } = process;
  const colors = colorsFor(stdout);
  const paint = { stored: colors.green, evicted: colors.dim, damaged: colors.red };
  return textTable(
    [
      { name: 'pipeline', cells: found.map(({ pipeline }) => pipeline) },
      { name: 'step', cells: found.map(({ step }) => step) },
      { name: 'scope', cells: found.map(({ scope }) => scope), paint: colors.dim },
      {
        name: 'state',
        cells: found.map(({ state }) => state),
        paint: (text, row) => paint[found[row]?.state ?? 'stored'](text),
      },
      { name: 'rows', isNumber: true, cells: found.map(({ rows }) => formatCount(rows)) },
      { name: 'bytes', isNumber: true, cells: found.map(({ bytes }) => formatBytes(bytes)) },
      {
        name: 'used',
        cells: found.map(({ lastUsedAt }) => (stdout.isTTY ? agoText : timeText)(lastUsedAt)),
      },
      { name: 'content', cells: found.map(({ contentHash }) => contentHash.slice(0, 10)) },
      {
        name: 'kept',
        cells: found.map(({ kept }) => kept.join(', ').replaceAll('_', ' ')),
        paint: colors.dim,
      },
    ],
    { width: stdout.isTTY ? stdout.columns : undefined, colors },
  );
}

/** Equal tables are stored once. */
function totals(found: readonly StoredCheckpoint[], limit: number): string {
  const stored = new Map(
    found.filter(({ state }) => state === 'stored').map(({ contentHash, bytes }) => [contentHash, bytes]),
  );
  const bytes = [...stored.values()].reduce((sum, each) => sum + each, 0);
  const more = found.length > limit ? `, of which ${formatCount(limit)} are shown` : '';
  return `\n${countOf(found.length, 'checkpoint')}${more}; ${formatBytes(bytes)} of tables`;
}

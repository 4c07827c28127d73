import type { GcItem, GcReport } from '@cairn/core';
import { colorsFor, type Colors } from './colors.ts';
import type { Given } from './command-spec.ts';
import { countOf, formatBytes, formatCount } from './format.ts';
import { jsonText } from './json-text.ts';
import { openProject } from './project.ts';
import { textTable } from './text-table.ts';
import { timeText } from './time-text.ts';

/** How many of the things that are removed get a line of their own. */
const shown = 50;

/** Removes what nobody needs and what retention does not keep, and says what and why. */
export async function gcCommand(given: Given): Promise<number> {
  await using project = await openProject(given);
  const graceMs = given.count('grace-ms', 0);
  const report = await project.runner.gc({
    dryRun: given.flag('dry-run'),
    ...(graceMs === undefined ? {} : { graceMs }),
  });
  const { stdout } = process;
  stdout.write(
    given.flag('json')
      ? `${jsonText(report, 2)}\n`
      : `${reportLines(report, colorsFor(stdout)).join('\n')}\n`,
  );
  return 0;
}

function reportLines({ dryRun, removed, spared, kept, before, after }: GcReport, colors: Colors): string[] {
  const lines: string[] = [];
  if (removed.length > 0) {
    // Parts that nobody names come by the thousand, and have nothing to say one by one.
    const named = removed.filter(({ kind }) => kind !== 'orphan').slice(0, shown);
    const orphans = removed.filter(({ kind }) => kind === 'orphan');
    if (named.length > 0) lines.push(...itemLines(named, colors));
    const left = removed.length - orphans.length - named.length;
    if (left > 0) lines.push(colors.dim(`and ${formatCount(left)} more`));
    if (orphans.length > 0)
      lines.push(`${countOf(orphans.length, 'part')} that no checkpoint names, ${formatBytes(sum(orphans))}`);
    lines.push('');
  }
  const would = dryRun ? 'would be removed' : 'removed';
  lines.push(
    `${removed.length === 0 ? `Nothing ${would}` : `${countOf(removed.length, 'thing')} ${would}, ${formatBytes(before.bytes - after.bytes)}`}; ${formatBytes(after.bytes)} of tables ${dryRun ? 'would be left' : 'are left'}`,
  );
  for (const { because, tables, bytes } of kept)
    lines.push(
      colors.dim(
        `  ${countOf(tables, 'table')} kept, ${formatBytes(bytes)}: ${because.replaceAll('_', ' ')}`,
      ),
    );
  if (spared.length > 0)
    lines.push(colors.dim(`  ${countOf(spared.length, 'key')} spared: in use after all`));
  return lines;
}

function itemLines(items: readonly GcItem[], colors: Colors): string[] {
  const { stdout } = process;
  const ownersOf = ({ of }: GcItem): string => {
    const names = [...new Set(of.map(({ pipeline, step }) => `${pipeline}/${step}`))];
    return names.length > 3 ? `${names.slice(0, 3).join(', ')}, ...` : names.join(', ');
  };
  return textTable(
    [
      { name: 'what', cells: items.map(({ kind }) => kind.replaceAll('_', ' ')) },
      { name: 'bytes', isNumber: true, cells: items.map(({ bytes }) => formatBytes(bytes)) },
      { name: 'of', cells: items.map(ownersOf) },
      { name: 'why', cells: items.map(whyOf) },
    ],
    { width: stdout.isTTY ? stdout.columns : undefined, colors },
  );
}

function whyOf({ reason }: GcItem): string {
  switch (reason.code) {
    case 'orphan':
      return 'no checkpoint names it';
    case 'max_age':
      return `not used since ${timeText(reason.lastUsedAt)}`;
    case 'max_bytes':
      return `more than maxBytes is stored, and this was last used ${timeText(reason.lastUsedAt)}`;
    case 'run_over':
      return `run ${reason.runId} is over`;
    case 'damaged':
      return 'damaged';
  }
}

const sum = (items: readonly GcItem[]): number => items.reduce((total, { bytes }) => total + bytes, 0);

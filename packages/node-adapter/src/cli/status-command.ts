import type { TaskDetails } from '@cairn/core';
import { colorsFor, type Colors } from './colors.ts';
import type { Given } from './command-spec.ts';
import { visible } from './display-width.ts';
import { countOf, formatBytes, formatCount } from './format.ts';
import { jsonText } from './json-text.ts';
import { openProject, type OpenProject } from './project.ts';
import { knownTask, noTask, shownStatus, type ShownStatus } from './tasks.ts';
import { textTable } from './text-table.ts';
import { agoText, timeText } from './time-text.ts';

const usualLimit = 20;

/** Lists the tasks of a store, or tells of one with its stages. Runs nothing, and needs no pipeline. */
export async function statusCommand(given: Given): Promise<number> {
  await using project = await openProject(given);
  const [correlationId] = given.positionals;
  const { stdout } = process;
  const colors = colorsFor(stdout);
  if (correlationId === undefined) stdout.write(await listText(project, given, colors));
  else stdout.write(await taskText(project, given, correlationId, colors));
  return 0;
}

async function listText(project: OpenProject, given: Given, colors: Colors): Promise<string> {
  const pipeline = given.text('pipeline');
  const all = await project.runner.tasks.list(pipeline === undefined ? {} : { pipeline });
  const listed = all.slice(0, given.count('limit', 0) ?? usualLimit);
  const tasks = await Promise.all(listed.map((task) => knownTask(project, task)));
  if (given.flag('json'))
    return `${jsonText(
      tasks.map(({ task, isHeld }) => ({ ...task, isHeld })),
      2,
    )}\n`;
  if (all.length === 0) return `There are no tasks in ${project.place}.\n`;
  const isWatched = process.stdout.isTTY;
  const lines = textTable(
    [
      { name: 'pipeline', cells: tasks.map(({ task }) => task.pipeline) },
      {
        name: 'status',
        cells: tasks.map(({ task, shown }) => (task.cleaned ? 'cleaned' : shown)),
        paint: (text, row) => paintStatus(text, tasks[row]?.shown, colors),
      },
      { name: 'attempt', isNumber: true, cells: tasks.map(({ task }) => String(task.attempt)) },
      { name: 'updated', cells: tasks.map(({ task }) => (isWatched ? agoText : timeText)(task.updatedAt)) },
      // The last one and never cut, for it is what one copies.
      { name: 'correlation id', cells: tasks.map(({ task }) => task.correlationId) },
    ],
    { colors },
  );
  const more = all.length - listed.length;
  if (more > 0) lines.push(colors.dim(`and ${countOf(more, 'more task')}: --limit says how many`));
  return `${lines.join('\n')}\n`;
}

async function taskText(
  project: OpenProject,
  given: Given,
  correlationId: string,
  colors: Colors,
): Promise<string> {
  const pipeline = given.text('pipeline');
  const task = await project.runner.tasks.get(correlationId, pipeline);
  if (task === undefined) throw noTask(correlationId, pipeline, await project.runner.tasks.list());
  if (given.flag('json')) return `${jsonText(task, 2)}\n`;
  const shown = shownStatus(task.status, task);
  const lines = [
    `${colors.bold(task.pipeline)}  ${task.correlationId}`,
    `  ${paintStatus(task.cleaned ? 'cleaned' : shown, shown, colors)}, attempt ${task.attempt}, updated ${timeText(task.updatedAt)}`,
    ...headLines(task, colors),
  ];
  if (task.steps.length > 0) lines.push('', ...stepLines(task, colors));
  if (shown !== 'complete' && !task.cleaned)
    lines.push('', colors.dim(`cairn resume ${task.correlationId} goes on with it`));
  return `${lines.join('\n')}\n`;
}

function headLines(
  { description, params, tags, queue, lastRunId, lease }: TaskDetails,
  { dim }: Colors,
): string[] {
  const facts: [string, string | undefined][] = [
    ['about', description === '' ? undefined : visible(description)],
    ['params', params === null || params === undefined ? undefined : visible(jsonText(params))],
    ['tags', tags.length === 0 ? undefined : tags.join(', ')],
    ['queue', queue === 'default' ? undefined : queue],
    ['run', lastRunId ?? undefined],
    ['held by', lease === undefined ? undefined : `${lease.name} (${lease.state})`],
  ];
  return facts.flatMap(([name, text]) => (text === undefined ? [] : [`  ${dim(name.padEnd(7))}  ${text}`]));
}

function stepLines(task: TaskDetails, colors: Colors): string[] {
  const { steps } = task;
  const shown = steps.map(({ status }) => shownStatus(status, task));
  const number = (count: number | undefined): string => (count === undefined ? '' : formatCount(count));
  return textTable(
    [
      { name: 'step', cells: steps.map(({ step }) => step) },
      { name: 'status', cells: shown, paint: (text, row) => paintStatus(text, shown[row], colors) },
      { name: 'attempts', isNumber: true, cells: steps.map(({ attempts }) => String(attempts)) },
      { name: 'rows', isNumber: true, cells: steps.map(({ rows }) => number(rows)) },
      {
        name: 'bytes',
        isNumber: true,
        cells: steps.map(({ bytes }) => (bytes === undefined ? '' : formatBytes(bytes))),
      },
      { name: 'at', cells: steps.map(({ at }) => (at === null ? '' : timeText(at))) },
      { name: 'message', cells: steps.map(({ message }) => visible(message)) },
    ],
    { width: widthOf(), colors },
  );
}

const widthOf = (): number | undefined => (process.stdout.isTTY ? process.stdout.columns : undefined);

function paintStatus(text: string, status: ShownStatus | undefined, colors: Colors): string {
  switch (status) {
    case 'complete':
      return colors.green(text);
    case 'error':
    case 'killed':
      return colors.red(text);
    case 'canceled':
    case 'retry':
      return colors.yellow(text);
    case 'running':
      return colors.blue(text);
    default:
      return text;
  }
}

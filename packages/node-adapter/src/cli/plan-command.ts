import { describeReason, type ComponentChange, type Json, type RunPlan, type StepPlan } from '@cairn/core';
import { describeChoice } from '@cairn/core/checkpoints';
import { colorsFor, type Colors } from './colors.ts';
import type { Given } from './command-spec.ts';
import { visible } from './display-width.ts';
import { countOf, formatBytes, formatCount, formatDuration } from './format.ts';
import { jsonText } from './json-text.ts';
import { cacheOf, openProject } from './project.ts';
import { textTable } from './text-table.ts';

/** Says what a run would do with each step, and why. Nothing runs and no engine starts. */
export async function planCommand(given: Given): Promise<number> {
  await using project = await openProject(given);
  const { pipeline, params } = await project.loadWithParams(given.positionals[0]);
  const include = given.list('include');
  const correlationId = given.text('correlation-id') ?? project.run.correlationId;
  const plan = await project.runner.plan(pipeline, params, {
    force: given.list('force'),
    ...cacheOf(given),
    ...(include.length === 0 ? {} : { include }),
    ...(correlationId === undefined ? {} : { correlationId }),
  });
  const { stdout } = process;
  if (given.flag('json')) {
    stdout.write(`${jsonText({ ...plan, steps: [...plan.steps.values()] }, 2)}\n`);
  } else {
    stdout.write(`${planLines(plan, colorsFor(stdout)).join('\n')}\n`);
  }
  return 0;
}

function planLines({ pipeline, attempt, correlationId, steps }: RunPlan, colors: Colors): string[] {
  const processes = [...new Set(Array.from(steps.values(), ({ process }) => process))];
  const list = processes.flatMap((name) => [...steps.values()].filter(({ process }) => process === name));
  const width = process.stdout.isTTY ? process.stdout.columns : undefined;
  // Why is worth more than what kind it is.
  const isNarrow = width !== undefined && width < 100;
  const paint: Readonly<Record<StepPlan['decision'], (text: string) => string>> = {
    run: colors.green,
    reuse: colors.cyan,
    unknown: colors.yellow,
    blocked: colors.red,
    skip: colors.dim,
  };
  const last = <Value>(
    pick: (step: NonNullable<StepPlan['last']>) => Value | undefined,
    say: (value: Value) => string,
  ) =>
    list.map((step) => {
      const value = step.last === undefined ? undefined : pick(step.last);
      return value === undefined || isWithoutTable(step) ? '' : say(value);
    });
  const table = textTable(
    [
      { name: 'step', cells: list.map(({ step }) => `  ${step}`) },
      ...(isNarrow ? [] : [{ name: 'kind', cells: list.map(({ kind }) => kind), paint: colors.dim }]),
      {
        name: 'would',
        cells: list.map(({ decision }) => decision),
        paint: (text, row) => paint[(list[row] as StepPlan).decision](text),
      },
      { name: 'last rows', isNumber: true, cells: last(({ rows }) => rows, formatCount) },
      { name: 'bytes', isNumber: true, cells: last(({ bytes }) => bytes, formatBytes) },
      { name: 'took', isNumber: true, cells: last(({ durationMs }) => durationMs, formatDuration) },
      ...(isNarrow
        ? []
        : [{ name: 'reads', cells: list.map(({ inputs }) => inputs.join(', ')), paint: colors.dim }]),
      { name: 'why', cells: list.map((step) => visible(whyOf(step))) },
    ],
    { width, colors },
  );
  const [header = '', ...rows] = table;
  const tree = rows.flatMap((row, index) => {
    const { process } = list[index] as StepPlan;
    return process === list[index - 1]?.process ? [row] : [colors.bold(process), row];
  });
  const task = correlationId === null ? 'without a task to resume' : `of task '${correlationId}'`;
  const counts = (['run', 'reuse', 'unknown', 'blocked', 'skip'] as const).flatMap((decision) => {
    const count = list.filter((step) => step.decision === decision).length;
    return count === 0 ? [] : [`${formatCount(count)} ${decision}`];
  });
  return [
    `${colors.bold(pipeline)}  attempt ${attempt} ${task}`,
    '',
    header,
    ...tree,
    '',
    `${countOf(list.length, 'step')}: ${counts.join(', ')}`,
  ];
}

const isWithoutTable = ({ kind }: StepPlan): boolean => kind === 'sink' || kind === 'effect';

/** The reason in words, with what changed where that is short. */
function whyOf(step: StepPlan): string {
  const { checkpoint } = step;
  const why = decisionWords(step);
  return checkpoint === undefined ? why : `${why}; ${describeChoice(checkpoint)}`;
}

function decisionWords({ reason, error, identifiedBy, checks = [] }: StepPlan): string {
  const due = checks.length === 0 ? '' : `, to be checked: ${checks.join(', ')}`;
  const words = `${describeReason(reason)}${due}`;
  if (identifiedBy !== undefined && reason.code === 'reused') return `${words}, by its ${identifiedBy}`;
  if (error !== undefined) return `${words}: ${error.message.split('\n')[0]}`;
  if (reason.code !== 'changed') return words;
  // A param that is an argument is told as a param.
  const isParam = /^arguments\..*\.param /;
  const texts = reason.changes.flatMap(changeText);
  const others = texts.filter((text) => !isParam.test(text));
  return (others.length === 0 ? texts : others).join(', ');
}

/** `params.minDelay 15 -> 30`, or `sql changed` where that would be long. */
function changeText({ component, before, after }: ComponentChange): string[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names
      .filter((name) => jsonText(before[name] ?? null) !== jsonText(after[name] ?? null))
      .flatMap((name) =>
        changeText({
          component: `${component}.${name}`,
          before: before[name] ?? null,
          after: after[name] ?? null,
        }),
      );
  }
  const [from, to] = [jsonText(before), jsonText(after)];
  return [from.length + to.length <= 40 ? `${component} ${from} -> ${to}` : `${component} changed`];
}

const isObject = (value: Json): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

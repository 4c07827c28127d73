import { readFile } from 'node:fs/promises';
import {
  componentChanges,
  explainChange,
  explainReason,
  type Components,
  type RunPlan,
  type StepPlan,
} from '@cairn/core';
import { describeChoice } from '@cairn/core/checkpoints';
import { didYouMean, fileNotReadable, invalidData } from '@cairn/core/plugin';
import { colorsFor, type Colors } from './colors.ts';
import type { Given } from './command-spec.ts';
import { visible } from './display-width.ts';
import { jsonText } from './json-text.ts';
import { cacheOf, openProject, type OpenProject } from './project.ts';

/** With what a step was compared, and what differs. */
interface Compared {
  readonly with: string;
  readonly lines: readonly string[];
}

/** Says in words why a step would run or be reused, down to the first thing that changed. */
export async function whyCommand(given: Given): Promise<number> {
  await using project = await openProject(given);
  const { pipeline, params } = await project.loadWithParams(given.text('pipeline'), '--pipeline <file>');
  const [name = ''] = given.positionals;
  const correlationId = given.text('correlation-id') ?? project.run.correlationId;
  const plan = await project.runner.plan(pipeline, params, {
    force: given.list('force'),
    ...cacheOf(given),
    ...(correlationId === undefined ? {} : { correlationId }),
  });
  const step = plan.steps.get(name);
  if (step === undefined)
    throw given.wrong(
      `there is no step '${name}' in pipeline '${plan.pipeline}'${didYouMean(name, [...plan.steps.keys()])}`,
    );

  const asked = given.text('with');
  const other =
    asked === undefined && step.reason.code !== 'first_run'
      ? undefined
      : await compare(project, plan, step, asked);
  const { stdout } = process;
  if (given.flag('json')) {
    stdout.write(`${jsonText({ ...step, explained: explainReason(step.reason), compared: other }, 2)}\n`);
    return 0;
  }
  const colors = colorsFor(stdout);
  const lines = explain(plan, step, colors, '');
  if (other !== undefined) {
    const { lines: differences } = other;
    lines.push('', `compared with ${other.with}:`);
    lines.push(
      ...(differences.length === 0 ? ['  nothing differs'] : differences.map((line) => `  ${line}`)),
    );
  }
  stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

const would: Readonly<Record<StepPlan['decision'], string>> = {
  run: 'would run',
  reuse: 'would be reused',
  unknown: 'may run',
  blocked: 'is blocked',
  skip: 'would not run',
};

/** A step's reason, and below it those of the steps that it is waiting for. */
function explain(plan: RunPlan, step: StepPlan, colors: Colors, indent: string): string[] {
  const [first = '', ...rest] = explainReason(step.reason);
  const why = step.error === undefined ? first : `${first}: ${step.error.message.split('\n')[0]}`;
  const lines = [`${indent}${colors.bold(step.step)} ${would[step.decision]}: ${visible(why)}`];
  lines.push(...rest.map((line) => `${indent}  ${visible(line)}`));
  if (step.identifiedBy !== undefined)
    lines.push(`${indent}  what it reads is known again by its ${step.identifiedBy}`);
  if (step.checkpoint !== undefined)
    lines.push(`${indent}  checkpoint 'auto', its table is ${describeChoice(step.checkpoint)}`);
  if (step.volatile)
    lines.push(`${indent}  it depends on chance or on the time, so it is reused within its task only`);
  for (const name of causesOf(step)) {
    const cause = plan.steps.get(name);
    if (cause !== undefined) lines.push(...explain(plan, cause, colors, `${indent}  `));
  }
  return lines;
}

function causesOf({ reason }: StepPlan): readonly string[] {
  if (reason.code === 'input_may_change') return reason.inputs;
  if (reason.code === 'may_be_needed') return reason.by;
  return reason.code === 'blocked' ? [reason.by] : [];
}

/** Compares a step with what another task has stored of it: the one asked for, or the one that changed last. */
async function compare(
  { runner }: OpenProject,
  plan: RunPlan,
  { step, components }: StepPlan,
  asked: string | undefined,
): Promise<Compared | undefined> {
  const { pipeline } = plan;
  if (asked?.endsWith('.json') === true) return compareWithPlan(asked, step, components);
  const tasks =
    asked === undefined
      ? (await runner.tasks.list({ pipeline })).filter(
          ({ cleaned, correlationId }) => !cleaned && correlationId !== plan.correlationId,
        )
      : [{ correlationId: asked }];
  for (const { correlationId } of tasks) {
    await using opened = await runner.open(correlationId, { pipeline });
    const stored = opened.steps.get(step);
    if (stored !== undefined && components !== undefined)
      return { with: `the task '${correlationId}'`, lines: differences(stored.components, components) };
    if (asked !== undefined)
      return {
        with: `the task '${correlationId}'`,
        lines: [
          stored === undefined ? 'it has nothing stored of the step' : 'what the step reads is not known yet',
        ],
      };
  }
  return undefined;
}

/** Compares a step with a plan that `cairn plan --json` has written. */
async function compareWithPlan(
  path: string,
  step: string,
  components: Components | undefined,
): Promise<Compared> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileNotReadable(path, error);
  });
  let planned: StepPlan | undefined;
  try {
    const { steps } = JSON.parse(text) as { readonly steps: readonly StepPlan[] };
    planned = steps.find((one) => one.step === step);
  } catch (error) {
    throw invalidData(`${path} is no plan: cairn plan --json writes one`, { path }, error);
  }
  const before = planned?.components;
  const unknown = planned === undefined ? 'it has no such step' : 'what the step reads was not known there';
  if (before === undefined) return { with: path, lines: [unknown] };
  return {
    with: path,
    lines:
      components === undefined ? ['what the step reads is not known yet'] : differences(before, components),
  };
}

function differences(before: Components, after: Components): string[] {
  return componentChanges(before, after).flatMap(explainChange).map(visible);
}

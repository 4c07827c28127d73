import { compile, type Plan } from '@cairn/core';
import type { Given } from './command-spec.ts';
import { colorsFor, type Colors } from './colors.ts';
import { countOf } from './format.ts';
import { jsonText } from './json-text.ts';
import { readProject } from './project.ts';

/** Compiles a pipeline with its params, runs nothing, and says what there is. */
export async function validateCommand(given: Given): Promise<number> {
  const project = await readProject(given);
  const { pipeline, params } = await project.loadWithParams(given.positionals[0]);
  const plan = await compile(pipeline, params as never);
  const text = given.flag('json')
    ? `${jsonText(planFacts(plan), 2)}\n`
    : describe(plan, colorsFor(process.stdout));
  process.stdout.write(text);
  return 0;
}

function planFacts({ pipeline, params, processes, steps }: Plan): Record<string, unknown> {
  const byName = new Map(steps.map((step) => [step.name, step]));
  return {
    pipeline,
    params,
    processes: processes.map(({ name, after, description, steps }) => ({
      name,
      after,
      description,
      steps: steps.flatMap((one) => {
        const step = byName.get(one);
        if (step === undefined) return [];
        const { name, kind, inputs, after, checkpoint, description, tags } = step;
        return [{ name, kind, inputs, after, checkpoint, description, tags }];
      }),
    })),
  };
}

function describe({ pipeline, params, processes, steps }: Plan, { bold, dim, green }: Colors): string {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const width = steps.reduce((most, { name }) => Math.max(most, name.length), 0);
  const lines = [
    `${bold(pipeline)} is ${green('valid')}: ${countOf(processes.length, 'process', 'processes')}, ${countOf(steps.length, 'step')}`,
  ];
  for (const [name, value] of Object.entries(params))
    lines.push(`  ${dim('param')} ${name} = ${jsonText(value)}`);
  for (const process of processes) {
    const after = process.after.length === 0 ? '' : dim(`  after ${process.after.join(', ')}`);
    lines.push('', `  ${bold(process.name)}${after}`);
    for (const name of process.steps) {
      const step = byName.get(name);
      if (step === undefined) continue;
      const reads = step.inputs.length === 0 ? '' : `reads ${step.inputs.join(', ')}`;
      const waits = step.after.filter(
        (one) => !process.after.some((name) => stepsOf(processes, name).includes(one)),
      );
      const order = waits.length === 0 ? '' : `after ${waits.join(', ')}`;
      const rest = [reads, order].filter((text) => text !== '').join('; ');
      lines.push(`    ${name.padEnd(width)}  ${dim(step.kind.padEnd(9))}  ${rest}`.trimEnd());
      if (step.description !== undefined) lines.push(`    ${' '.repeat(width)}  ${dim(step.description)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const stepsOf = (processes: Plan['processes'], name: string): readonly string[] =>
  processes.find((process) => process.name === name)?.steps ?? [];

import {
  cyclicPipeline,
  describe,
  duplicateStage,
  invalidPipeline,
  unknownStep,
} from '../errors/pipeline-errors.ts';
import { didYouMean } from '../errors/suggest.ts';
import type { Pipeline, Process } from './define.ts';
import { topologicalOrder } from './graph.ts';
import { checkName } from './names.ts';
import { isStep, isTableStep, type Step } from './step.ts';

/** A step in its place. */
export interface PlacedStep {
  readonly step: Step;
  readonly process: string;
  /** The names of the steps whose tables it reads, each once. */
  readonly inputs: readonly string[];
  /** The names of the steps that must be done before it, those that its checks read among them, each once; of a process before it, those that are its last. */
  readonly after: readonly string[];
}

/** The steps whose tables a step reads, as they are stated. */
export function inputsOf(step: Step): readonly Step[] {
  switch (step.kind) {
    case 'source':
      return [];
    case 'sql':
      return step.sql.steps;
    case 'fanIn':
      return step.inputs;
    case 'sink':
      return [step.input];
    default:
      return Object.values(step.inputs).filter(isTableStep);
  }
}

/**
 * Checks names, references and cycles, and brings the steps in topological order.
 *
 * @throws CairnError `cyclic_pipeline`, `duplicate_stage`, `invalid_name`, `invalid_pipeline`, `unknown_step`
 */
export function structure(pipeline: Pipeline): readonly PlacedStep[] {
  checkName(pipeline.name, 'pipeline');
  const processes = Object.entries(pipeline.processes);
  const steps = collect(pipeline, processes);
  const positions = new Map([...steps.keys()].map((step, index) => [step, index]));
  const known = [...steps.keys()].map((step) => step.name);

  const position = (from: string, to: Step): number => {
    const at = positions.get(to);
    if (at === undefined) throw unknownStep(to.name, known, `${from} of pipeline '${pipeline.name}'`);
    return at;
  };
  const links = [...steps.keys()].map((step) => {
    const from = `Step '${step.name}'`;
    const inputs = new Set(inputsOf(step).map((input) => position(from, input)));
    const { after: own = [], checks = [] } = step.options;
    const checked = checks.flatMap(({ inputs = [] }) => inputs);
    const after = new Set([...own, ...checked].map((one) => position(from, one)));
    return { inputs, after };
  });

  // Beside the steps, every process has a node for its start and one for its end, so that edges between processes stay few.
  const start = (process: number): number => steps.size + 2 * process;
  const numbers = new Map(processes.map(([name], index) => [name, index]));
  const dependencies: number[][] = [];
  for (const [at, process] of [...steps.values()].entries()) {
    const { inputs, after } = links[at] as (typeof links)[number];
    dependencies.push([...new Set([start(numbers.get(process) ?? 0), ...inputs, ...after])]);
  }
  for (const [name, { after, steps: own }] of processes) {
    const before = after.map((other) => {
      const index = numbers.get(other);
      if (index !== undefined) return start(index) + 1;
      const hint = didYouMean(other, [...numbers.keys()]);
      throw invalidPipeline(
        pipeline.name,
        `has a process '${name}' after '${other}', which is none of its processes${hint}`,
      );
    });
    dependencies.push(
      [...new Set(before)],
      own.map((step) => positions.get(step) as number),
    );
  }

  const sorted = topologicalOrder(dependencies);
  if ('cycle' in sorted) {
    const { cycle } = sorted;
    const names = cycle
      .filter((node, index) => {
        // Of a process that is passed through from start to end, its own name says enough.
        const [before, next] = [cycle.at(index - 1) ?? node, cycle[(index + 1) % cycle.length]];
        return node >= steps.size || before < steps.size || next !== before + 1;
      })
      .map((node) => known[node] ?? processes[(node - steps.size) >> 1]?.[0] ?? '');
    const round = names.filter((name, index) => index === 0 || name !== names[index - 1]);
    if (round.length > 1 && round[0] === round.at(-1)) round.pop();
    throw cyclicPipeline(pipeline.name, [...round, round[0] ?? '']);
  }
  const lasts = lastSteps(processes, links, positions);
  const all = [...steps];
  return sorted.order.flatMap((at): PlacedStep[] => {
    const [step, process] = all[at] ?? [];
    if (step === undefined || process === undefined) return [];
    const { inputs, after } = links[at] as (typeof links)[number];
    const nameOf = (one: number): string => known[one] as string;
    return [
      {
        step,
        process,
        inputs: [...inputs].map(nameOf),
        after: together([...after].map(nameOf), lasts.get(process) ?? []),
      },
    ];
  });
}

/** All steps and their processes, in listing order. */
function collect(pipeline: Pipeline, processes: readonly (readonly [string, Process])[]): Map<Step, string> {
  const steps = new Map<Step, string>();
  const taken = new Map<string, string>();
  const take = (name: string, what: string): void => {
    const key = name.toLowerCase();
    const first = taken.get(key);
    if (first !== undefined) throw duplicateStage(pipeline.name, name, first, what);
    taken.set(key, what);
  };
  for (const [name, process] of processes) {
    checkName(name, 'process');
    take(name, `process '${name}'`);
    if (process.steps.length === 0)
      throw invalidPipeline(pipeline.name, `has a process '${name}' without steps`);
  }
  for (const [name, process] of processes) {
    for (const step of process.steps) {
      if (!isStep(step)) {
        throw invalidPipeline(
          pipeline.name,
          `has a process '${name}' that lists ${describe(step)}, which is no step`,
        );
      }
      checkName(step.name, 'step');
      take(step.name, `step '${step.name}' in process '${name}'`);
      steps.set(step, name);
    }
  }
  if (steps.size === 0) throw invalidPipeline(pipeline.name, 'has no steps');
  return steps;
}

/** For every process with an `after`, the last steps of the processes before it: when they are done, all of them are. */
function lastSteps(
  processes: readonly (readonly [string, Process])[],
  links: readonly { readonly inputs: ReadonlySet<number>; readonly after: ReadonlySet<number> }[],
  positions: ReadonlyMap<Step, number>,
): ReadonlyMap<string, readonly string[]> {
  const ends = new Map(
    processes.map(([name, { steps }]) => {
      const before = new Set(
        steps.flatMap((step) => {
          const link = links[positions.get(step) as number];
          return [...(link?.inputs ?? []), ...(link?.after ?? [])];
        }),
      );
      return [
        name,
        steps.filter((step) => !before.has(positions.get(step) as number)).map(({ name: last }) => last),
      ];
    }),
  );
  return new Map(
    processes.map(([name, { after }]) => [
      name,
      Object.freeze(after.flatMap((other) => ends.get(other) ?? [])),
    ]),
  );
}

/** Both lists, each name once. Most steps have no `after` of their own, and share their process's list. */
function together(own: readonly string[], shared: readonly string[]): readonly string[] {
  return own.length === 0 ? shared : Object.freeze([...new Set([...own, ...shared])]);
}

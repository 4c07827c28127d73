import { describe, invalidArgument, invalidStage } from '../errors/pipeline-errors.ts';
import type { Plan } from '../pipeline/plan.ts';

/**
 * The steps that `include` names, a process for all its steps.
 *
 * @returns undefined for all
 * @throws CairnError `invalid_stage` listing all unknown names, and for an empty list; `invalid_argument`
 */
export function includedSteps(plan: Plan, include: unknown): ReadonlySet<string> | undefined {
  if (include === undefined) return undefined;
  if (!Array.isArray(include) || !include.every((name) => typeof name === 'string'))
    throw invalidArgument(
      'run',
      `include must be a list of names of steps and processes, not ${describe(include)}`,
    );
  const processes = new Map(plan.processes.map(({ name, steps }) => [name, steps]));
  const steps = new Set(plan.steps.map(({ name }) => name));
  const unknown = include.filter((name) => !steps.has(name) && !processes.has(name));
  if (include.length === 0 || unknown.length > 0)
    throw invalidStage(plan.pipeline, [...new Set(unknown)], [...steps, ...processes.keys()]);
  return new Set(include.flatMap((name) => processes.get(name) ?? [name]));
}

import { definePipeline, step, type Pipeline, type Sql, type Step, type TableStep } from '@cairn/core';

/** A pipeline whose tables must be the same bytes wherever and whenever they are computed. */
export interface ParityCase {
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly params?: unknown;
  /** Steps to force in one later run each, so that every input is once read back from its checkpoint. */
  readonly rounds: readonly (readonly string[])[];
}

/** What a case with params adds. */
export interface CaseParams {
  readonly schema: Pipeline['params'];
  readonly values: unknown;
}

function inputsOf(step: Step): readonly TableStep[] {
  switch (step.kind) {
    case 'sql':
      return step.sql.steps;
    case 'fanIn':
      return step.inputs;
    case 'transform':
      return Object.values(step.inputs).filter((input): input is TableStep => input['~cairn'] === 'step');
    default:
      return [];
  }
}

/** A case of these steps and of all that they are made from. */
export function parityCase(name: string, ends: readonly TableStep[], params?: CaseParams): ParityCase {
  const depths = new Map<TableStep, number>();
  const visit = (one: TableStep): number => {
    const known = depths.get(one);
    if (known !== undefined) return known;
    const depth = Math.max(-1, ...inputsOf(one).map(visit)) + 1;
    depths.set(one, depth);
    return depth;
  };
  for (const end of ends) visit(end);
  const kept = [...depths].filter(([one]) => one.options.checkpoint !== false);
  const forced = (wanted: (depth: number) => boolean): string[] =>
    kept.filter(([, depth]) => wanted(depth)).map(([one]) => one.name);
  // Neighbours in the graph are never forced together: the one would hand its table over without a checkpoint.
  const rounds = [forced((depth) => depth % 2 === 1), forced((depth) => depth > 0 && depth % 2 === 0)];
  return {
    name,
    pipeline: definePipeline({
      name,
      params: params?.schema,
      processes: { all: [...depths.keys()] },
    }),
    ...(params === undefined ? {} : { params: params.values }),
    rounds: rounds.some((round) => round.length > 0)
      ? rounds.filter((round) => round.length > 0)
      : [forced(() => true)],
  };
}

/** A case of one query, whose table is called `result`. */
export function shape(name: string, query: Sql): ParityCase {
  return parityCase(name, [step('result', query)]);
}

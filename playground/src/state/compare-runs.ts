import { countsOf, type PastRun } from './past-runs.ts';

/** How long a step took in two runs. */
export interface ComparedStep {
  readonly step: string;
  /** Milliseconds; undefined when its code did not begin. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Milliseconds more, where it ran in both. */
  readonly more: number | undefined;
}

/** The steps of two runs side by side, those first whose time differs most. */
export function compareRuns(before: PastRun, after: PastRun): readonly ComparedStep[] {
  const [first, second] = [timesOf(before), timesOf(after)];
  return [...new Set([...first.keys(), ...second.keys()])]
    .map((step): ComparedStep => {
      const [one, other] = [first.get(step), second.get(step)];
      const more = one === undefined || other === undefined ? undefined : other - one;
      return { step, before: one, after: other, more };
    })
    .toSorted((one, other) => weight(other) - weight(one));
}

function timesOf({ steps }: PastRun): ReadonlyMap<string, number> {
  return new Map(steps.map(({ step, durationMs }) => [step, durationMs]));
}

function weight({ before = 0, after = 0, more }: ComparedStep): number {
  return Math.abs(more ?? before + after);
}

/** How the steps of a run fared, in words: `2 run, 5 reused`. */
export function stepsInWords(run: PastRun): string {
  const { ran, reused, failed } = countsOf(run);
  return [
    [ran, 'computed'],
    [reused, 'reused'],
    [failed, 'failed'],
  ]
    .filter(([count]) => count !== undefined && Number(count) > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

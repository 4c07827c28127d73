import { describeReason, type RunPlan, type StepPlan } from '@cairn/core';

import { stepsIn } from './editor-text.ts';

/** What the next run would do with a step, beside where the step stands in the text. */
export interface StepForecastMark {
  readonly step: string;
  /** Where its entry begins. */
  readonly at: number;
  readonly decision: StepPlan['decision'];
  /** In a few words: `would run (changed: sql)`. */
  readonly words: string;
  /** Whether the words are worth a place in the text: what is reused, and what never ran, go without saying. */
  readonly isNews: boolean;
}

const verbs = {
  run: 'would run',
  unknown: 'may run',
  reuse: 'reused',
  blocked: 'blocked',
  skip: 'left out',
} as const satisfies Record<StepPlan['decision'], string>;

/** What the next run would do with a step, in words. */
export function forecastWords({ decision, reason, error }: StepPlan): string {
  const why = error?.message.split('\n')[0] ?? describeReason(reason).replace(/^reused /, '');
  return `${verbs[decision]} (${why})`;
}

/** The marks of all steps that stand in the text. */
export function forecastMarks(yaml: string, plan: RunPlan | undefined): readonly StepForecastMark[] {
  if (plan === undefined) return [];
  return stepsIn(yaml).flatMap(({ name, from }): readonly StepForecastMark[] => {
    const ahead = plan.steps.get(name);
    if (ahead === undefined) return [];
    const { decision, reason } = ahead;
    return [
      {
        step: name,
        at: from,
        decision,
        words: forecastWords(ahead),
        isNews:
          (decision === 'run' || decision === 'unknown' || decision === 'blocked') &&
          reason.code !== 'first_run' &&
          ahead.last !== undefined,
      },
    ];
  });
}

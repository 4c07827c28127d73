import { describeReason, type ErrorFacts, type RunPlan, type StepSnapshot } from '@cairn/core';
import type { ViewedRun } from '@cairn/web';
import type { Defined } from './definition.ts';

/**
 * How a step stands: in the run that the page has seen, or else by what is stored. `stored` is a table of an earlier page, `new` a step
 * of which nothing is stored.
 */
export type StepStatus = StepSnapshot['status'] | 'stored' | 'new';

/** All that is known of a step, from its definition, the run and the plan of the next one. */
export interface StepFacts {
  readonly name: string;
  readonly process: string;
  /** `source`, `sql`, `transform`, `fanIn`, `sink` or `effect`. */
  readonly kind: string;
  readonly description: string | undefined;
  /** The steps whose tables it reads. */
  readonly inputs: readonly string[];
  readonly status: StepStatus;
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
  readonly durationMs: number | undefined;
  /** What the step said of its progress. */
  readonly done: number | undefined;
  readonly total: number | undefined;
  readonly attempts: number;
  /** Why it stands so, in words. */
  readonly reason: string | undefined;
  readonly error: ErrorFacts | undefined;
  readonly checks: NonNullable<StepSnapshot['checks']>;
  /** What the next run would do with it, and why; undefined while that is not known, and for what it would reuse. */
  readonly next: { readonly decision: 'run' | 'unknown' | 'blocked'; readonly reason: string } | undefined;
}

/** Puts together what is known of each step, in the order of listing. */
export function stepFacts(
  { plan }: Defined,
  forecast: RunPlan | undefined,
  run: ViewedRun | undefined,
  /** `isPast`: whether a run has begun since the forecast. */
  { isPast = false }: { readonly isPast?: boolean } = {},
): readonly StepFacts[] {
  const planned = new Map(plan.steps.map((step) => [step.name, step]));
  return plan.processes.flatMap(({ name: process, steps }) =>
    steps.flatMap((name): readonly StepFacts[] => {
      const step = planned.get(name);
      if (step === undefined) return [];
      const seen = run?.steps.get(name);
      const ahead = forecast?.steps.get(name);
      const isStored = ahead?.decision === 'reuse';
      const { last } = ahead ?? {};
      const isKnown = seen === undefined ? isStored : seen.rows === undefined && seen.status === 'skipped';
      return [
        {
          name,
          process,
          kind: step.kind,
          description: step.description,
          inputs: step.inputs,
          status: seen?.status ?? (isStored ? 'stored' : 'new'),
          rows: seen?.rows ?? (isKnown ? last?.rows : undefined),
          bytes: seen?.bytes ?? (isKnown ? last?.bytes : undefined),
          durationMs: seen?.durationMs,
          done: seen?.done,
          total: seen?.total,
          attempts: seen?.attempts ?? 0,
          reason: seen?.reason,
          error: seen?.error,
          checks: seen?.checks ?? [],
          // While it runs, what was foreseen is on its way.
          next: isPast || run?.status === 'running' ? undefined : nextOf(ahead),
        },
      ];
    }),
  );
}

function nextOf(ahead: ReturnType<RunPlan['steps']['get']>): StepFacts['next'] {
  if (ahead === undefined || ahead.decision === 'reuse' || ahead.decision === 'skip') return undefined;
  const { decision, reason, error } = ahead;
  return { decision, reason: error?.message ?? describeReason(reason) };
}

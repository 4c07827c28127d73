import type { Pipeline, PipelineParams, PipelineStages, PlanOptions, RunPlan } from '@cairn/core';
import { useCallback } from 'react';
import { useRunner } from './provider.ts';
import { useAnswer } from './use-answer.ts';
import { useSame } from './use-same.ts';

/** Options of {@link usePlan}: those of `runner.plan`, and how long it waits. */
export interface UsePlanOptions<Stages extends string = string> extends PlanOptions<Stages> {
  /** How long nothing has to change before it is planned, in milliseconds. @default 150 */
  readonly debounceMs?: number;
}

/** What {@link usePlan} returns. */
export interface UsedPlan {
  /** The pipeline's last plan, also while the next one is made; undefined when that failed. */
  readonly plan: RunPlan | undefined;
  readonly error: Error | undefined;
  /** True while `plan` is not yet that of the pipeline. */
  readonly pending: boolean;
  /** Plans again, such as after a run. The same function in every render. */
  refresh(): void;
}

/**
 * Tells what a run would do with each step, and why, while pipeline and params change. A plan that comes late is dropped. Params and options are compared by
 * what they say, the pipeline by being the same object.
 *
 * @param pipeline Undefined while there is none: then there is no plan.
 * @example
 * const { plan, pending } = usePlan(pipeline, params);
 * const again = [...(plan?.steps.values() ?? [])].filter(({ decision }) => decision === 'run');
 */
export function usePlan<P extends Pipeline>(
  pipeline: P | undefined,
  params?: PipelineParams<P>,
  { debounceMs = 150, ...options }: UsePlanOptions<PipelineStages<P>> = {},
): UsedPlan {
  const runner = useRunner();
  const asked = useSame({ params, options });
  const ask = useCallback(
    async () => (pipeline === undefined ? undefined : runner.plan(pipeline, asked.params, asked.options)),
    [runner, pipeline, asked],
  );
  const { value, ...rest } = useAnswer(pipeline === undefined ? undefined : ask, debounceMs);
  return { plan: value?.pipeline === pipeline?.name ? value : undefined, ...rest };
}

import { useMemo } from 'react';
import { lastDefined } from '../state/definition.ts';
import { lastPlan } from '../state/forecast.ts';
import { stepFacts, type StepFacts } from '../state/step-facts.ts';
import { useSession } from './app-context.ts';
import { useReadable } from './use-readable.ts';

/** All that is known of each step of the opened project, in the order of listing; undefined before it was read once. */
export function useSteps(): readonly StepFacts[] | undefined {
  const { definition, forecast, view } = useSession();
  const defined = lastDefined(useReadable(definition));
  const plan = lastPlan(useReadable(forecast));
  const { run } = useReadable(view);
  return useMemo(
    () => (defined === undefined ? undefined : stepFacts(defined, plan, run)),
    [defined, plan, run],
  );
}

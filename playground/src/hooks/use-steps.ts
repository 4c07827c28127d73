import type { StepFacts } from '../state/step-facts.ts';
import { useSession } from './app-context.ts';
import { usePart, useReadable } from './use-readable.ts';

/** All that is known of each step of the opened project, in the order of listing; undefined before it was read once. */
export function useSteps(): readonly StepFacts[] | undefined {
  return useReadable(useSession().steps)?.list;
}

/** What is known of one step, for a view that is to be drawn again for that one only; undefined when there is none of that name. */
export function useStep(name: string): StepFacts | undefined {
  return usePart(useSession().steps, (steps) => steps?.byName.get(name));
}

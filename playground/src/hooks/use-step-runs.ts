import { lastDefined } from '../state/definition.ts';
import { downstreamOf, upstreamOf } from '../state/downstream.ts';
import { useSession } from './app-context.ts';
import { usePart, useReadable } from './use-readable.ts';

/** A way to run a project around a step, as an entry of a menu. */
export interface StepRun {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly icon: 'play' | 'skip' | 'reset';
  readonly isDisabled: boolean;
  readonly onAction: () => void;
}

/** What can be run around a step. */
export function useStepRuns(step: string): readonly StepRun[] {
  const { definition, run, view, start } = useSession();
  const plan = lastDefined(useReadable(definition))?.plan;
  const { status } = useReadable(run);
  const isElsewhere = usePart(view, ({ running }) => running === 'elsewhere');
  const isDisabled = plan === undefined || isElsewhere || status === 'running' || status === 'canceling';
  const begin = (request: Parameters<typeof start>[0]) => () => void start(request);
  return [
    {
      id: 'from',
      label: 'Run from here',
      hint: 'This step and all that is made of it, whatever is stored',
      icon: 'play',
      isDisabled,
      onAction: () => plan !== undefined && begin({ force: downstreamOf(plan, step) })(),
    },
    {
      id: 'to',
      label: 'Run up to here',
      hint: 'Leaves out what this step does not need',
      icon: 'skip',
      isDisabled,
      onAction: () => plan !== undefined && begin({ include: upstreamOf(plan, step) })(),
    },
    {
      id: 'only',
      label: 'Force this step',
      hint: 'What is made of it runs if it comes out differently',
      icon: 'reset',
      isDisabled,
      onAction: begin({ force: [step] }),
    },
  ];
}

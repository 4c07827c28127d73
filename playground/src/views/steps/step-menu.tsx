import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { lastDefined } from '../../state/definition.ts';
import { downstreamOf, upstreamOf } from '../../state/downstream.ts';
import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';

/** What can be run around a step. */
export function StepMenu({ step }: { readonly step: string }): ReactElement {
  const { definition, run, view, start } = useSession();
  const plan = lastDefined(useReadable(definition))?.plan;
  const { status } = useReadable(run);
  const isElsewhere = useReadable(view).running === 'elsewhere';
  const isDisabled = plan === undefined || isElsewhere || status === 'running' || status === 'canceling';
  const begin = (request: Parameters<typeof start>[0]) => () => void start(request);
  return (
    <Menu
      label={`Run ${step}`}
      trigger={<Button look="quiet" icon="more" aria-label={`Run ${step} ...`} />}
      entries={[
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
      ]}
    />
  );
}

import type { ReactElement } from 'react';
import { useStepRuns } from '../../hooks/use-step-runs.ts';
import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';

/** What can be run around a step, from its card. */
export function StepNodeMenu({ step }: { readonly step: string }): ReactElement {
  return (
    <Menu
      label={`Run ${step}`}
      trigger={<Button look="quiet" icon="more" aria-label={`Run ${step} ...`} />}
      entries={useStepRuns(step)}
    />
  );
}

import type { ReactElement } from 'react';
import { useStepRuns } from '../../hooks/use-step-runs.ts';
import { Button } from '../../ui/button.tsx';
import { MenuButton, MenuEntries } from '../../ui/menu.tsx';

/** What can be run around a step. */
export function StepMenu({ step }: { readonly step: string }): ReactElement {
  return (
    <MenuButton trigger={<Button look="quiet" icon="more" aria-label={`Run ${step} ...`} />}>
      <StepRuns step={step} />
    </MenuButton>
  );
}

/** It follows the run, which only an open menu has to. */
function StepRuns({ step }: { readonly step: string }): ReactElement {
  return <MenuEntries label={`Run ${step}`} entries={useStepRuns(step)} />;
}

import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { useSteps } from '../../hooks/use-steps.ts';
import { Empty, Loading } from '../../ui/empty.tsx';
import { InlineSelect } from '../../ui/inline-select.tsx';
import { statusLook, StepMark } from '../../ui/step-mark.tsx';
import { NextRun, LastRun } from './reasons.tsx';
import { StepInputs } from './step-inputs.tsx';
import { StoredTable } from './stored-table.tsx';
import styles from './why.module.css';

/** Why a step ran, was reused, or would run again; what it is known by, and what is stored of it. */
export function WhyPanel(): ReactElement {
  const { selected, select, definition } = useSession();
  const chosen = useReadable(selected);
  const isInvalid = useReadable(definition).status === 'invalid';
  const steps = useSteps();
  if (steps === undefined)
    return isInvalid ? (
      <Empty title="No steps yet">The text is no pipeline yet.</Empty>
    ) : (
      <Loading what="Reading the pipeline ..." />
    );
  const step = steps.find(({ name }) => name === chosen);
  const pick = (
    <InlineSelect
      label="Step"
      value={step?.name ?? ''}
      choices={[
        ...(step === undefined ? [{ id: '', label: 'Choose a step' }] : []),
        ...steps.map(({ name }) => ({ id: name, label: name })),
      ]}
      onChange={(id) => select(id === '' ? undefined : id)}
    />
  );
  if (step === undefined)
    return (
      <Empty title="Why did a step run, or why not?" action={pick}>
        Select a step, here or in any other panel, and see what it is known by and what has changed of it.
      </Empty>
    );
  return (
    <div className={styles.panel} data-testid="why">
      <header className={styles.head}>
        {pick}
        <span className={styles.status}>
          <StepMark status={step.status} />
          {statusLook(step.status).label}
        </span>
      </header>
      <div className={styles.columns}>
        <div className={styles.column}>
          <NextRun step={step.name} />
          <LastRun step={step.name} />
          <StepInputs steps={steps} step={step} />
        </div>
        <div className={styles.column}>
          <StoredTable step={step.name} />
        </div>
      </div>
    </div>
  );
}

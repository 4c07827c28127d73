import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import type { StepFacts } from '../../state/step-facts.ts';
import { formatAmount } from '../../ui/formats.ts';
import { StepLink } from '../../ui/step-link.tsx';
import { statusLook } from '../../ui/step-mark.tsx';
import styles from './why.module.css';

/** The steps whose tables a step reads, and those that read its own. */
export function StepInputs({
  steps,
  step,
}: {
  readonly steps: readonly StepFacts[];
  readonly step: StepFacts;
}): ReactElement {
  const inputs = steps.filter(({ name }) => step.inputs.includes(name));
  const readers = steps.filter(({ inputs: own }) => own.includes(step.name));
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>Reads</h2>
      {inputs.length === 0 ? <p className={styles.quiet}>No other step.</p> : <Steps steps={inputs} />}
      <h2 className={styles.heading}>Is read by</h2>
      {readers.length === 0 ? <p className={styles.quiet}>No other step.</p> : <Steps steps={readers} />}
    </section>
  );
}

function Steps({ steps }: { readonly steps: readonly StepFacts[] }): ReactElement {
  const { select } = useSession();
  return (
    <ul className={styles.steps}>
      {steps.map(({ name, status, rows }) => (
        <li key={name}>
          <StepLink step={name} onPress={select} />{' '}
          <span className={styles.quiet}>
            {statusLook(status).label.toLowerCase()}
            {rows === undefined ? '' : `, ${formatAmount(rows, 'row')}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

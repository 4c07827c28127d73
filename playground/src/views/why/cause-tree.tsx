import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import type { Cause } from '../../state/causes.ts';
import { StepLink } from '../../ui/step-link.tsx';
import styles from './why.module.css';

/** A step's reason, and below it those of the steps that it comes from. */
export function CauseTree({ cause }: { readonly cause: Cause }): ReactElement {
  const { select } = useSession();
  const { step, what, why, from } = cause;
  const [first, ...rest] = why;
  return (
    <div className={styles.cause}>
      <p>
        <StepLink step={step} onPress={select} /> {what}
        {first === undefined ? '' : `: ${first.replace(/^reused /, '')}`}
      </p>
      {rest.map((line) => (
        <p key={line} className={styles.change}>
          {line}
        </p>
      ))}
      {from.length === 0 ? null : (
        <ul className={styles.from} aria-label={`What ${step} comes from`}>
          {from.map((one) => (
            <li key={one.step}>
              <CauseTree cause={one} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

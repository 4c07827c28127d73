import type { ReactElement } from 'react';
import styles from './step-link.module.css';

/** The name of a step, which selects it. */
export function StepLink({
  step,
  onPress,
}: {
  readonly step: string;
  readonly onPress: (step: string) => void;
}): ReactElement {
  return (
    <button type="button" className={styles.link} onClick={() => onPress(step)}>
      {step}
    </button>
  );
}

import type { ReactElement } from 'react';
import { Switch as AriaSwitch } from 'react-aria-components/Switch';
import { cx } from './cx.ts';
import styles from './field.module.css';

/** What is on or off. */
export function Switch({
  label,
  hint,
  isOn,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}): ReactElement {
  return (
    <AriaSwitch className={cx(styles.switch)} isSelected={isOn} onChange={onChange}>
      <span className={styles.track}>
        <span className={styles.knob} />
      </span>
      <span>
        <span className={styles.label}>{label}</span>
        {hint === undefined ? null : <span className={styles.hint}>{hint}</span>}
      </span>
    </AriaSwitch>
  );
}

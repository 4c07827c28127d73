import type { ReactElement } from 'react';
import { Checkbox as AriaCheckbox } from 'react-aria-components/Checkbox';
import styles from './checkbox.module.css';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';

/** A box to check, whose label is for screen readers. */
export function Checkbox({
  label,
  isChecked,
  onChange,
}: {
  readonly label: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}): ReactElement {
  return (
    <AriaCheckbox aria-label={label} className={cx(styles.box)} isSelected={isChecked} onChange={onChange}>
      <span className={styles.mark}>{isChecked ? <Icon name="check" size={12} /> : null}</span>
    </AriaCheckbox>
  );
}

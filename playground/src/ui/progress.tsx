import type { ReactElement } from 'react';
import { ProgressBar } from 'react-aria-components/ProgressBar';
import { cx } from './cx.ts';
import styles from './progress.module.css';

/** A bar that fills from 0 to 1, or moves where nobody knows how much there is. */
export function Progress({
  label,
  value,
}: {
  readonly label: string;
  readonly value: number | undefined;
}): ReactElement {
  return (
    <ProgressBar
      aria-label={label}
      minValue={0}
      maxValue={1}
      {...(value === undefined ? { isIndeterminate: true } : { value })}
      className={cx(styles.bar)}
    >
      {({ percentage }) => (
        <div
          className={styles.fill}
          data-unknown={value === undefined || undefined}
          style={{ inlineSize: value === undefined ? '30%' : `${percentage ?? 0}%` }}
        />
      )}
    </ProgressBar>
  );
}

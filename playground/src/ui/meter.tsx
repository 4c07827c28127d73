import type { ReactElement } from 'react';
import { Meter as AriaMeter } from 'react-aria-components/Meter';
import { cx } from './cx.ts';
import styles from './meter.module.css';

/** How much of something is used, in words and as a bar. */
export function Meter({
  label,
  words,
  value,
  most,
}: {
  readonly label: string;
  readonly words: string;
  readonly value: number;
  readonly most: number;
}): ReactElement {
  return (
    <AriaMeter
      aria-label={label}
      value={value}
      minValue={0}
      maxValue={Math.max(most, 1)}
      valueLabel={words}
      className={cx(styles.meter)}
    >
      {({ percentage }) => (
        <>
          <span>{words}</span>
          <span className={styles.bar}>
            <span
              className={styles.fill}
              data-full={percentage > 85 || undefined}
              style={{ inlineSize: `max(2px, ${percentage}%)` }}
            />
          </span>
        </>
      )}
    </AriaMeter>
  );
}

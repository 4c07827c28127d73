import type { ReactElement, ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './plain-table.module.css';

/** A column of a {@link PlainTable}. */
export interface PlainColumn {
  readonly name: string;
  readonly label: ReactNode;
  /** Numbers stand on the right. @default false */
  readonly isNumber?: boolean;
}

/** A dense table of some rows, whose head stays in sight. Rows are `<tr>`s of `<td>`s, with `numberCell` where the column is of numbers. */
export function PlainTable({
  caption,
  columns,
  children,
  isWide = false,
}: {
  /** For screen readers. */
  readonly caption: string;
  readonly columns: readonly PlainColumn[];
  readonly children: ReactNode;
  /** Whether it is as wide as it needs, and cells take one line. @default false */
  readonly isWide?: boolean;
}): ReactElement {
  return (
    <table className={cx(styles.table, isWide && styles.wide)}>
      <caption className={styles.hidden}>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, label, isNumber = false }) => (
            <th key={name} scope="col" className={isNumber ? styles.number : undefined}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** The class of a cell of a column of numbers. */
export const numberCell: string | undefined = styles.number;
/** The class of words that only screen readers need. */
export const hiddenWords: string | undefined = styles.hidden;

import type { ReactElement } from 'react';
import { useReadable } from '../../hooks/use-readable.ts';
import type { TableGrid } from '../../state/table-grid.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/formats.ts';
import type { Place } from './grid-cursor.ts';
import styles from './value-bar.module.css';

/** The active cell's whole value. */
export function ValueBar({
  grid,
  place,
  cells,
  told,
  onCopy,
}: {
  readonly grid: TableGrid;
  readonly place: Place | undefined;
  /** How many are selected. */
  readonly cells: number;
  /** What came of copying. */
  readonly told: string | undefined;
  /** Undefined when there is nothing to copy, or too much. */
  readonly onCopy: (() => void) | undefined;
}): ReactElement {
  useReadable(grid.pages.version);
  if (place === undefined || place.row < 0) {
    return (
      <div className={styles.bar}>
        <span className={styles.hint}>
          A cell&apos;s whole value stands here. Alt+↓ sorts and filters its column.
        </span>
      </div>
    );
  }
  const column = grid.table.columns[place.column];
  const cell = grid.pages.cell(place.row, place.column);
  return (
    <div className={styles.bar}>
      <span className={styles.where}>
        {cells > 1 ? (
          `${formatCount(cells)} cells`
        ) : (
          <>
            {column?.name} <span className={styles.row}>row {formatCount(place.row + 1)}</span>
          </>
        )}
      </span>
      <output className={styles.value} data-look={cell?.look} tabIndex={0} aria-label="Value of the cell">
        {cell?.text ?? '…'}
      </output>
      <span className={styles.told} role="status">
        {told}
      </span>
      <Button
        look="quiet"
        icon="copy"
        aria-label="Copy"
        isDisabled={onCopy === undefined}
        onPress={() => onCopy?.()}
      />
    </div>
  );
}

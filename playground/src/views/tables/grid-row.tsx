import type { VirtualItem } from '@tanstack/react-virtual';
import { memo, type ReactElement } from 'react';
import type { TablePages } from '../../state/table-pages.ts';
import { formatCount } from '../../ui/formats.ts';
import type { Range } from './grid-cursor.ts';
import styles from './grid.module.css';
import { rowHeight } from './row-scroll.ts';

/** What is drawn of a value; the rest of a long one is in the bar below the grid. */
const mostLetters = 300;

/** The cells of a row that are in sight. */
export const GridRow = memo(function GridRow({
  pages,
  version: _version,
  row,
  id,
  gutter,
  seen,
  left,
  active,
  range,
}: {
  readonly pages: TablePages;
  /** Another one when rows have come. */
  readonly version: number;
  readonly row: number;
  readonly id: string;
  readonly gutter: number;
  readonly seen: readonly VirtualItem[];
  readonly left: number;
  /** The active cell's column, if it is in this row. */
  readonly active: number | undefined;
  readonly range: Range | undefined;
}): ReactElement {
  return (
    <div role="row" aria-rowindex={row + 2} className={styles.row} style={{ height: rowHeight }}>
      <div className={styles.number} style={{ width: gutter }} aria-hidden="true">
        {formatCount(row + 1)}
      </div>
      {seen.map(({ index, start, size }) => {
        const cell = pages.cell(row, index);
        const isIn = range !== undefined && index >= range.fromColumn && index <= range.toColumn;
        return (
          <div
            key={index}
            id={`${id}-${row}-${index}`}
            role="gridcell"
            aria-colindex={index + 1}
            aria-selected={isIn}
            className={styles.cell}
            style={{ width: size, transform: `translateX(${start - left}px)` }}
            data-row={row}
            data-column={index}
            data-look={cell?.look}
            data-active={active === index || undefined}
          >
            {cell === undefined ? (
              <span className={styles.waiting} />
            ) : cell.text === '' ? (
              <span className={styles.blank}>empty</span>
            ) : (
              cell.text.slice(0, mostLetters)
            )}
          </div>
        );
      })}
    </div>
  );
});

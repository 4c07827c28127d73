import type { VirtualItem } from '@tanstack/react-virtual';
import { useEffect, type ReactElement } from 'react';
import { useReadable } from '../../hooks/use-readable.ts';
import { shortType } from '../../state/column-kind.ts';
import type { TableGrid } from '../../state/table-grid.ts';
import type { TableLens } from '../../state/table-query.ts';
import { Icon } from '../../ui/icon.tsx';
import { ColumnSketch } from './column-sketch.tsx';
import styles from './grid.module.css';

/** The heads of the columns in sight: name, type, order, filter, and what they hold. */
export function GridHead({
  grid,
  idOf,
  height,
  gutter,
  seen,
  left,
  sort,
  filters,
  active,
  onSort,
  onMenu,
}: {
  readonly grid: TableGrid;
  readonly idOf: (row: number, column: number) => string;
  readonly height: number;
  readonly gutter: number;
  readonly seen: readonly VirtualItem[];
  readonly left: number;
  readonly sort: TableLens['sort'];
  readonly filters: TableLens['filters'];
  readonly active: number | undefined;
  readonly onSort: (column: string) => void;
  readonly onMenu: (column: number, element: Element) => void;
}): ReactElement {
  const { columns } = grid.table;
  const summaries = useReadable(grid.summaries);
  useEffect(() => {
    for (const { index } of seen) {
      const name = columns[index]?.name;
      if (name !== undefined) grid.summarize(name);
    }
  }, [grid, columns, seen, summaries]);
  return (
    <div role="row" aria-rowindex={1} className={styles.head} style={{ height }}>
      <div className={styles.corner} style={{ width: gutter }} aria-hidden="true" />
      {seen.map(({ index, start, size }) => {
        const column = columns[index];
        if (column === undefined) return null;
        const { name, type } = column;
        const isSorted = sort?.column === name;
        const isFiltered = filters[name] !== undefined;
        return (
          <div
            key={index}
            id={idOf(-1, index)}
            role="columnheader"
            aria-colindex={index + 1}
            aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            className={styles.headCell}
            style={{ width: size, transform: `translateX(${start - left}px)` }}
            data-row={-1}
            data-column={index}
            data-active={active === index || undefined}
            data-filtered={isFiltered || undefined}
          >
            <div className={styles.headLine}>
              <span className={styles.name} title={`${name}: ${type}`} onClick={() => onSort(name)}>
                {name}
                {isSorted ? (
                  <span className={styles.order} aria-hidden="true">
                    {sort.descending ? '↓' : '↑'}
                  </span>
                ) : null}
              </span>
              <button
                type="button"
                tabIndex={-1}
                className={styles.menu}
                aria-label={`Sort, filter and summary of ${name}`}
                onPointerDown={(event) => event.stopPropagation()}
                onClick={(event) => onMenu(index, event.currentTarget)}
              >
                <Icon name={isFiltered ? 'filter' : 'more'} size={14} />
              </button>
            </div>
            <span className={styles.type}>{shortType(type)}</span>
            <ColumnSketch summary={summaries.get(name)} width={size - 16} />
          </div>
        );
      })}
    </div>
  );
}

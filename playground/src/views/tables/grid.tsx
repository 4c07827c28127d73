import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
} from 'react';
import { useReadable } from '../../hooks/use-readable.ts';
import { mostCopied } from '../../state/copy-cells.ts';
import type { TableGrid } from '../../state/table-grid.ts';
import { formatCount } from '../../ui/formats.ts';
import { ColumnMenu } from './column-menu.tsx';
import { columnWidths } from './column-widths.ts';
import { useCopy } from './copy.ts';
import { moveCursor, rangeOf, type Cursor } from './grid-cursor.ts';
import { GridHead } from './grid-head.tsx';
import { GridRow } from './grid-row.tsx';
import styles from './grid.module.css';
import { rowHeight, rowsAt, trackHeight, useRowScroll } from './row-scroll.ts';
import { ValueBar } from './value-bar.tsx';

/** In pixels. */
const headHeight = 76;
/** Rows that are drawn above and below those in sight. */
const overscan = 3;
/** No screen is higher, in pixels: whatever goes wrong around the grid, it draws no more than this. */
const mostHeight = 5000;

/** A table of any size: rows and columns are drawn as they come into sight. */
export function Grid({ grid, label }: { readonly grid: TableGrid; readonly label: string }): ReactElement {
  const { table, pages } = grid;
  const { columns } = table;
  const { rows, lens, isWorking } = useReadable(grid.state);
  const version = useReadable(pages.version);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState({ width: 0, height: 0 });
  const [held, setCursor] = useState<Cursor>();
  const [menu, setMenu] = useState<{ readonly column: number; readonly element: Element }>();
  const { copy, told } = useCopy(grid);
  const cursor = held === undefined ? undefined : within(held, rows);

  useLayoutEffect(() => {
    const { current } = scroller;
    if (current === null) return undefined;
    const measure = (): void =>
      setBox({ width: current.clientWidth, height: Math.min(mostHeight, current.clientHeight) });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);

  const gutter = 24 + 8 * formatCount(rows).length;
  const hasRows = pages.cell(0, 0) !== undefined;
  const widths = useMemo(
    () => columnWidths(columns, (row, column) => pages.cell(row, column)?.text),
    // Once the first rows are there they say how wide columns have to be; then they stay so.
    [columns, pages, hasRows],
  );
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => widths[at] ?? 120,
    overscan: 2,
    paddingStart: gutter,
    scrollPaddingStart: gutter,
  });
  useLayoutEffect(() => across.measure(), [across, widths]);
  const viewport = Math.max(0, box.height - headHeight);
  const space = useMemo(() => ({ rows, viewport }), [rows, viewport]);
  const { top, scrollTo, onScroll } = useRowScroll(scroller, space);
  const [from, to] = rowsAt(top, space);

  useEffect(() => {
    if (viewport > 0) pages.want(from, Math.min(rows, to + 1));
  }, [pages, from, to, rows, viewport, version]);

  /** Scrolls as little as shows a cell. */
  const reveal = (row: number, column: number): void => {
    across.scrollToIndex(column, { align: 'auto' });
    if (row < 0) return;
    const at = row * rowHeight;
    if (at < top) scrollTo(at);
    else if (at + rowHeight > top + viewport) scrollTo(at + rowHeight - viewport);
  };
  const go = (next: Cursor): void => {
    setCursor(next);
    reveal(next.row, next.column);
  };
  const sort = useCallback(
    (column: string) => {
      const now = grid.state.getSnapshot().lens.sort;
      const next = now?.column !== column ? false : now.descending ? undefined : true;
      grid.look({ sort: next === undefined ? undefined : { column, descending: next } });
    },
    [grid],
  );
  const openMenu = useCallback((column: number, element: Element) => {
    // Where the focus goes back to.
    scroller.current?.focus();
    setMenu({ column, element });
  }, []);
  const idOf = (row: number, column: number): string => `${id}-${row}-${column}`;

  const press = (event: KeyboardEvent): void => {
    if (columns.length === 0 || event.target !== scroller.current) return;
    const now = cursor ?? { row: 0, column: 0, anchor: { row: 0, column: 0 } };
    const isMod = event.ctrlKey || event.metaKey;
    const { key, shiftKey, altKey } = event;
    const name = columns[now.column]?.name ?? '';
    const element = document.getElementById(idOf(-1, now.column));
    if (now.row === -1 && !isMod && (key === 'Enter' || key === ' ')) sort(name);
    else if (((altKey && key === 'ArrowDown') || key === 'ContextMenu') && element !== null)
      openMenu(now.column, element);
    else if (isMod && key === 'c') void copy(now);
    else if (isMod && key === 'a' && rows > 0)
      setCursor({ row: rows - 1, column: columns.length - 1, anchor: { row: 0, column: 0 } });
    else if (key === 'Escape') setCursor({ ...now, anchor: now });
    else {
      const page = Math.max(1, Math.floor(viewport / rowHeight) - 1);
      const next = altKey
        ? undefined
        : moveCursor(now, { key, shiftKey, isMod }, { rows, columns: columns.length, page });
      if (next === undefined) return;
      go(cursor === undefined && key.startsWith('Arrow') ? now : next);
    }
    event.preventDefault();
  };
  const point = (event: PointerEvent): void => {
    const cell = (event.target as Element).closest<HTMLElement>('[data-row]');
    if (cell === null || event.button !== 0) return;
    const place = { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) };
    go({ ...place, anchor: event.shiftKey && cursor !== undefined ? cursor.anchor : place });
  };

  const left = across.scrollOffset ?? 0;
  const seen = across.getVirtualItems();
  const firstRow = Math.max(0, from - overscan);
  const lastRow = Math.min(rows, to + overscan);
  const range = cursor === undefined ? undefined : rangeOf(cursor);
  const isSeen =
    cursor !== undefined &&
    (cursor.row < 0 || (cursor.row >= firstRow && cursor.row < lastRow)) &&
    seen.some(({ index }) => index === cursor.column);
  const marked = menu === undefined ? undefined : columns[menu.column];
  const cells =
    range === undefined ? 0 : (range.toRow - range.fromRow + 1) * (range.toColumn - range.fromColumn + 1);
  return (
    <div className={styles.frame}>
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={rows + 1}
        aria-colcount={columns.length}
        aria-multiselectable="true"
        aria-busy={isWorking}
        aria-activedescendant={isSeen ? idOf(cursor.row, cursor.column) : undefined}
        tabIndex={0}
        className={styles.scroller}
        onScroll={onScroll}
        onKeyDown={press}
        onPointerDown={point}
        data-working={isWorking || undefined}
      >
        <div
          role="presentation"
          className={styles.track}
          style={{ height: trackHeight({ rows }) + headHeight, width: across.getTotalSize() }}
        >
          <div role="presentation" className={styles.layer} style={{ width: box.width, height: box.height }}>
            <GridHead
              grid={grid}
              idOf={idOf}
              height={headHeight}
              gutter={gutter}
              seen={seen}
              left={left}
              sort={lens.sort}
              filters={lens.filters}
              active={cursor?.row === -1 ? cursor.column : undefined}
              onSort={sort}
              onMenu={openMenu}
            />
            <div role="presentation" className={styles.body} style={{ height: viewport }}>
              <div role="presentation" style={{ transform: `translateY(${firstRow * rowHeight - top}px)` }}>
                {Array.from({ length: Math.max(0, lastRow - firstRow) }, (_, at) => firstRow + at).map(
                  (row) => (
                    <GridRow
                      key={row}
                      pages={pages}
                      version={version}
                      row={row}
                      id={id}
                      gutter={gutter}
                      seen={seen}
                      left={left}
                      active={cursor?.row === row ? cursor.column : undefined}
                      range={
                        range !== undefined && row >= range.fromRow && row <= range.toRow ? range : undefined
                      }
                    />
                  ),
                )}
              </div>
            </div>
          </div>
        </div>
      </div>
      {menu === undefined || marked === undefined ? null : (
        <ColumnMenu grid={grid} column={marked} element={menu.element} onClose={() => setMenu(undefined)} />
      )}
      <ValueBar
        grid={grid}
        place={cursor}
        cells={cells}
        told={told}
        onCopy={cursor === undefined || cells > mostCopied ? undefined : () => void copy(cursor)}
      />
    </div>
  );
}

/** Where there are fewer rows now, the last of them. */
function within(cursor: Cursor, rows: number): Cursor | undefined {
  if (rows === 0 && cursor.row >= 0) return undefined;
  const { row, column, anchor } = cursor;
  if (row < rows && anchor.row < rows) return cursor;
  const place = { row: rows - 1, column };
  return { ...place, anchor: place };
}

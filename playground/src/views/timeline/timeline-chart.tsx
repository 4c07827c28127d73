import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useMemo, useRef, type KeyboardEvent, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { ticksOf, type Timeline } from '../../state/timeline-rows.ts';
import { formatDuration } from '../../ui/formats.ts';
import { TimelineRow } from './timeline-row.tsx';
import styles from './timeline.module.css';
import type { Zoom } from './use-zoom.ts';

const rowHeight = 26;

/** The rows of a timeline under an axis. Rows are what one selects; only those in sight are drawn. */
export function TimelineChart({
  timeline,
  now,
  zoom,
}: {
  readonly timeline: Timeline;
  /** Milliseconds from the start of the run. */
  readonly now: number;
  readonly zoom: Zoom;
}): ReactElement {
  const { selected, select } = useSession();
  const chosen = useReadable(selected);
  const prefix = useId();
  const list = useRef<HTMLDivElement>(null);
  const { rows } = timeline;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    // The axis and the edge below the rows.
    scrollPaddingStart: rowHeight + 2,
    scrollPaddingEnd: 4,
  });
  const { width, scale, end } = zoom;
  const ticks = useMemo(() => ticksOf(end, width / 110), [end, width]);
  const index = rows.findIndex(({ step }) => step === chosen);
  const shown = virtual.getVirtualItems();
  const isInSight = shown.some((item) => item.index === index);

  const press = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((list.current?.clientHeight ?? 0) / rowHeight) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowUp: index - 1,
      ArrowDown: index + 1,
      PageUp: index - page,
      PageDown: index + page,
      Home: 0,
      End: rows.length - 1,
    };
    const next = moves[event.key];
    if (next !== undefined) {
      const at = Math.min(rows.length - 1, Math.max(0, next));
      select(rows[at]?.step);
      virtual.scrollToIndex(at);
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      list.current?.scrollBy({ left: event.key === 'ArrowLeft' ? -80 : 80 });
    } else if (event.key === '+' || event.key === '=') zoom.by(1.5);
    else if (event.key === '-') zoom.by(1 / 1.5);
    else if (event.key === '0') zoom.fit();
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={(element) => {
        list.current = element;
        return zoom.attach(element);
      }}
      className={styles.chart}
      role="listbox"
      tabIndex={0}
      aria-label="Timeline of the steps"
      {...(isInSight ? { 'aria-activedescendant': `${prefix}${index}` } : {})}
      onKeyDown={press}
    >
      <div className={styles.axis} style={{ width: `calc(var(--label) + ${width}px)` }} aria-hidden="true">
        <span className={styles.corner} />
        {ticks.map((tick) => (
          <span key={tick} className={styles.tick} style={{ left: `calc(var(--label) + ${tick * scale}px)` }}>
            {formatDuration(tick)}
          </span>
        ))}
      </div>
      <div
        className={styles.rows}
        role="presentation"
        style={{ width: `calc(var(--label) + ${width}px)`, height: `${virtual.getTotalSize()}px` }}
      >
        {ticks.map((tick) => (
          <span
            key={tick}
            aria-hidden="true"
            className={styles.line}
            style={{ left: `calc(var(--label) + ${tick * scale}px)` }}
          />
        ))}
        {shown.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <TimelineRow
              key={row.step}
              id={`${prefix}${item.index}`}
              row={row}
              top={item.start}
              scale={scale}
              now={row.status === 'running' || row.status === 'retrying' ? now : 0}
              isSelected={item.index === index}
              position={item.index + 1}
              count={rows.length}
              onSelect={select}
            />
          );
        })}
      </div>
    </div>
  );
}

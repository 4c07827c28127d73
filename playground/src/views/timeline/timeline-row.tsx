import { memo, type ReactElement } from 'react';
import type { TimelineRow as Row, TimelineSpan } from '../../state/timeline-rows.ts';
import { Icon } from '../../ui/icon.tsx';
import { formatDuration } from '../../ui/formats.ts';
import { hiddenWords } from '../../ui/plain-table.tsx';
import { statusLook, StepMark } from '../../ui/step-mark.tsx';
import { rowInWords, spanInWords } from './span-words.ts';
import styles from './timeline.module.css';

/** A step's attempts as bars. One that has ended is not drawn again while time goes by. */
export const TimelineRow = memo(function TimelineRow({
  id,
  row,
  top,
  scale,
  now,
  isSelected,
  position,
  count,
  onSelect,
}: {
  readonly id: string;
  readonly row: Row;
  readonly top: number;
  /** Pixels for a millisecond. */
  readonly scale: number;
  /** Milliseconds from the start; 0 for a row in which nothing runs. */
  readonly now: number;
  readonly isSelected: boolean;
  readonly position: number;
  readonly count: number;
  readonly onSelect: (step: string) => void;
}): ReactElement {
  const { step, status, bars } = row;
  const last = bars.at(-1);
  const end = last === undefined ? 0 : (last.to ?? now) * scale;
  return (
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={position}
      className={styles.row}
      data-step={step}
      data-status={status}
      style={{ transform: `translateY(${top}px)` }}
      onPointerDown={() => onSelect(step)}
    >
      <span className={styles.label}>
        <StepMark status={status} />
        <span className={styles.name} title={step}>
          {step}
        </span>
        <span className={hiddenWords}>: {rowInWords(row, now)}</span>
      </span>
      <span className={styles.track} aria-hidden="true">
        {bars.map((bar, index) => (
          <Bar key={`${index} ${bar.kind}`} bar={bar} scale={scale} now={now} />
        ))}
        <span
          className={styles.words}
          data-tone={statusLook(status).tone}
          style={{ left: `${end + (last?.kind === 'reused' ? 16 : 7)}px` }}
        >
          {wordsOf(row, now)}
        </span>
      </span>
    </div>
  );
});

function Bar({
  bar,
  scale,
  now,
}: {
  readonly bar: TimelineSpan;
  readonly scale: number;
  readonly now: number;
}): ReactElement {
  const width = Math.max(((bar.to ?? now) - bar.from) * scale, bar.kind === 'pause' ? 0 : 3);
  return (
    <span
      className={styles.bar}
      data-kind={bar.kind}
      title={spanInWords(bar, now)}
      style={{ left: `${bar.from * scale}px`, width: `${width}px` }}
    >
      {bar.kind === 'failed' && width >= 14 ? <Icon name="cross" size={12} /> : null}
    </span>
  );
}

function wordsOf({ status, bars }: Row, now: number): string {
  const attempts = bars.filter(({ attempt }) => attempt > 0);
  const [first, last] = [attempts[0], attempts.at(-1)];
  if (first === undefined || last === undefined)
    return status === 'complete' ? '' : statusLook(status).label.toLowerCase();
  const took = formatDuration(Math.max(0, (last.to ?? now) - first.from));
  const times = last.attempt > 1 ? `, ${last.attempt} attempts` : '';
  return `${status === 'failed' || status === 'canceled' ? `${status} after ` : ''}${took}${times}`;
}

import type { Column } from '@cairn/core';
import type { ReactElement } from 'react';
import type { SummaryState } from '../../state/table-grid.ts';
import { formatCount, formatRough } from '../../ui/formats.ts';
import styles from './column-menu.module.css';
import { Bars, shareText } from './column-sketch.tsx';

/** What a column holds: how many values, how many of them are missing, from where to where, which most often. */
export function ColumnFacts({
  state,
  column,
  onPick,
}: {
  readonly state: SummaryState | undefined;
  readonly column: Column;
  /** A value was chosen to filter by. */
  readonly onPick: (value: string) => void;
}): ReactElement {
  if (state?.status === 'failed') return <p className={styles.quiet}>{state.error.message.split('\n')[0]}</p>;
  if (state?.status !== 'known') return <p className={styles.quiet}>Summing up …</p>;
  const { rows, nulls, distinct, isExact, least, most, mean, bars, top } = state.summary;
  const filled = Math.max(1, rows - nulls);
  return (
    <div className={styles.facts}>
      {bars.length === 0 ? null : (
        <figure className={styles.figure}>
          <Bars bars={bars} width={256} height={56} />
          <figcaption className={styles.ends}>
            <span>{least}</span>
            <span>{most}</span>
          </figcaption>
        </figure>
      )}
      {top.length === 0 ? null : (
        <ul className={styles.top} aria-label="Most frequent values">
          {top.map(({ text, count }) => (
            <li key={text}>
              <button type="button" className={styles.value} onClick={() => onPick(text)}>
                <span className={styles.share} style={{ width: `${(count / filled) * 100}%` }} />
                <span className={styles.words}>{text === '' ? 'empty' : text}</span>
                <span className={styles.count}>{shareText(count / filled)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <dl className={styles.list}>
        <dt>Distinct</dt>
        <dd>{isExact ? formatCount(distinct) : formatRough(distinct)}</dd>
        <dt>Null</dt>
        <dd>
          {formatCount(nulls)}
          {nulls === 0 ? '' : ` (${shareText(nulls / rows)})`}
        </dd>
        {mean === undefined ? null : (
          <>
            <dt>Mean</dt>
            <dd>{Number(mean.toPrecision(6))}</dd>
          </>
        )}
        {bars.length > 0 || least === undefined || column.type === 'BOOLEAN' ? null : (
          <>
            <dt>Range</dt>
            <dd>
              {least} to {most}
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

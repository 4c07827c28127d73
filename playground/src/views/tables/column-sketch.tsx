import type { ReactElement } from 'react';
import type { ColumnSummary } from '../../state/column-summary.ts';
import type { SummaryState } from '../../state/table-grid.ts';
import { formatCount, formatRough } from '../../ui/formats.ts';
import styles from './column-sketch.module.css';

/** What a column holds, in a line: a histogram, or how large a part its most frequent values are; how many are missing. */
export function ColumnSketch({
  summary: state,
  width,
}: {
  readonly summary: SummaryState | undefined;
  readonly width: number;
}): ReactElement {
  if (state?.status === 'failed') return <span className={styles.note}>no summary</span>;
  if (state?.status !== 'known') return <span className={styles.waiting} />;
  const { summary } = state;
  return (
    <span className={styles.sketch} role="img" aria-label={summaryWords(summary)}>
      {summary.bars.length > 0 ? (
        <Bars bars={summary.bars} width={width} height={18} />
      ) : summary.top.length > 0 ? (
        <Shares summary={summary} width={width} />
      ) : (
        <span className={styles.space} />
      )}
      <span className={styles.note} aria-hidden="true">
        {noteOf(summary)}
      </span>
    </span>
  );
}

/** A histogram without axes. */
export function Bars({
  bars,
  width,
  height,
}: {
  readonly bars: readonly number[];
  readonly width: number;
  readonly height: number;
}): ReactElement {
  const most = Math.max(1, ...bars);
  const step = width / bars.length;
  const gap = step > 4 ? 1 : 0.5;
  return (
    <svg className={styles.bars} width={width} height={height} aria-hidden="true" focusable="false">
      {bars.map((count, at) => {
        // A bar of few among many is seen all the same.
        const high = count === 0 ? 0 : Math.max(1.5, (count / most) * height);
        return (
          <rect key={at} x={at * step} y={height - high} width={Math.max(1, step - gap)} height={high} />
        );
      })}
    </svg>
  );
}

function Shares({
  summary,
  width,
}: {
  readonly summary: ColumnSummary;
  readonly width: number;
}): ReactElement {
  const filled = Math.max(1, summary.rows - summary.nulls);
  let at = 0;
  return (
    <svg className={styles.shares} width={width} height={18} aria-hidden="true" focusable="false">
      <rect className={styles.rest} x={0} y={6} width={width} height={8} rx={2} />
      {summary.top.map(({ text, count }, index) => {
        const x = at;
        at += (count / filled) * width;
        return (
          <rect
            key={text}
            x={x}
            y={6}
            width={Math.max(0.5, at - x - 1)}
            height={8}
            rx={1}
            opacity={0.85 - index * 0.14}
          />
        );
      })}
    </svg>
  );
}

function noteOf({ rows, nulls, distinct, isExact }: ColumnSummary): string {
  if (rows === 0) return 'no rows';
  if (nulls === rows) return 'all null';
  const many = `${isExact ? formatCount(distinct) : formatRough(distinct)} distinct`;
  return nulls === 0 ? many : `${shareText(nulls / rows)} null`;
}

/** A share in percent: never 0 for what there is. */
export function shareText(share: number): string {
  if (share > 0 && share < 0.01) return '<1%';
  if (share > 0.99 && share < 1) return '>99%';
  return `${Math.round(share * 100)}%`;
}

/** The same in words. */
export function summaryWords({ rows, nulls, distinct, isExact, least, most, top }: ColumnSummary): string {
  const words = [
    `${isExact ? formatCount(distinct) : `about ${formatRough(distinct).slice(1)}`} distinct values`,
    `${rows === 0 ? '0%' : shareText(nulls / rows)} null`,
  ];
  if (least !== undefined && most !== undefined) words.push(`from ${least} to ${most}`);
  if (top.length > 0) words.push(`most often ${top.map(({ text }) => text).join(', ')}`);
  return words.join(', ');
}

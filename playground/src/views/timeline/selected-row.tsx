import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import type { TimelineRow } from '../../state/timeline-rows.ts';
import { spanInWords } from './span-words.ts';
import styles from './timeline.module.css';

/** What the bars of the selected step say, in words. */
export function SelectedRow({
  rows,
  now,
}: {
  readonly rows: readonly TimelineRow[];
  readonly now: number;
}): ReactElement | null {
  const step = useReadable(useSession().selected);
  const row = rows.find((one) => one.step === step);
  if (row === undefined) return null;
  const spans = row.bars.map((bar) => spanInWords(bar, now));
  return (
    <p className={styles.detail} data-testid="timeline-detail">
      <strong>{row.step}</strong>
      {[...spans, row.reason, row.error?.message.split('\n')[0]]
        .filter((part, index, all) => part !== undefined && all.indexOf(part) === index)
        .map((part) => ` · ${part}`)}
    </p>
  );
}

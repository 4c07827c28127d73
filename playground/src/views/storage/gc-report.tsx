import type { GcReport } from '@cairn/core';
import type { ReactElement } from 'react';
import {
  freedBytes,
  ownersOf,
  protectionWords,
  reasonInWords,
  removedInWords,
} from '../../state/gc-words.ts';
import { formatAmount, formatBytes } from '../../ui/formats.ts';
import { numberCell, PlainTable } from '../../ui/plain-table.tsx';
import { formatTime } from '../../ui/time.ts';
import styles from './storage.module.css';

/** So many of the things that go have a line of their own. */
const most = 20;

/** What went, or would go, and what stays. */
export function GcReportView({ report }: { readonly report: GcReport }): ReactElement {
  const { dryRun, removed, kept, after, spared } = report;
  // Parts that nobody names come by the hundred, and have nothing to say one by one.
  const named = removed.filter(({ kind }) => kind !== 'orphan');
  const freed = formatBytes(freedBytes(report));
  const verb = dryRun ? 'Would free' : 'Freed';
  return (
    <div className={styles.report} data-testid="gc-report">
      <p role="status">
        <strong>
          {removed.length === 0
            ? dryRun
              ? 'Nothing would go.'
              : 'There was nothing to remove.'
            : `${verb} ${freed}: ${removedInWords(report)}.`}
        </strong>{' '}
        {formatBytes(after.bytes)} {dryRun ? 'would stay' : 'stay'}, packed.
      </p>
      {named.length === 0 ? null : (
        <PlainTable
          caption={dryRun ? 'What would go' : 'What went'}
          columns={[
            { name: 'of', label: 'Table of' },
            { name: 'bytes', label: 'Size', isNumber: true },
            { name: 'why', label: 'Why' },
          ]}
        >
          {named.slice(0, most).map((item) => (
            <tr key={item.keys[0]}>
              <td>{ownersOf(item)}</td>
              <td className={numberCell}>{formatBytes(item.bytes)}</td>
              <td>{reasonInWords(item, (at) => formatTime(Date.parse(at)))}</td>
            </tr>
          ))}
        </PlainTable>
      )}
      {named.length > most ? <p className={styles.quiet}>and {named.length - most} more</p> : null}
      <ul className={styles.stays}>
        {kept.map(({ because, tables, bytes }) => (
          <li key={because}>
            {formatAmount(tables, 'table')}, {formatBytes(bytes)}: {protectionWords[because]}
          </li>
        ))}
        {spared.length === 0 ? null : <li>{formatAmount(spared.length, 'part')} turned out to be in use</li>}
      </ul>
    </div>
  );
}

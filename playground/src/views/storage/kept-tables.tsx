import type { StoredCheckpoint } from '@cairn/core';
import { Fragment, useMemo, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import type { Asked } from '../../state/asked.ts';
import { protectionWords } from '../../state/gc-words.ts';
import { groupBy } from '../../state/group-by.ts';
import { Empty, Loading } from '../../ui/empty.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatAmount, formatBytes, formatCount } from '../../ui/formats.ts';
import { numberCell, PlainTable } from '../../ui/plain-table.tsx';
import { formatTime } from '../../ui/time.ts';
import styles from './storage.module.css';

const most = 300;

/** The tables that are stored, of all projects, and why. */
export function KeptTables({ kept }: { readonly kept: Asked<readonly StoredCheckpoint[]> }): ReactElement {
  const own = useSession().project.getSnapshot().id;
  const { value, error } = kept;
  const groups = useMemo(() => {
    const isOwn = ({ correlationIds }: StoredCheckpoint): boolean => correlationIds.includes(own);
    // This project first.
    const all = [...(value ?? [])].toSorted((one, other) => Number(isOwn(other)) - Number(isOwn(one)));
    return [...groupBy(all.slice(0, most), ({ pipeline }) => pipeline)];
  }, [value, own]);
  if (error !== undefined)
    return (
      <div className={styles.fault}>
        <ErrorBox error={error} title="What is stored could not be read" />
      </div>
    );
  if (value === undefined) return <Loading what="Looking at what is stored ..." />;
  if (value.length === 0)
    return <Empty title="No table is stored">A run keeps the table of each step, until you tidy up.</Empty>;
  return (
    <section className={styles.tables} aria-label="What is stored" tabIndex={0}>
      <PlainTable
        caption="Stored tables"
        columns={[
          { name: 'step', label: 'Table' },
          { name: 'rows', label: 'Rows', isNumber: true },
          { name: 'bytes', label: 'Arrow', isNumber: true },
          { name: 'used', label: 'Last used' },
          { name: 'why', label: 'Why it is kept' },
        ]}
      >
        {groups.map(([pipeline, tables]) => (
          <Fragment key={pipeline}>
            <tr className={styles.group}>
              <th colSpan={5} scope="rowgroup">
                {pipeline}{' '}
                <span className={styles.quiet}>
                  {formatAmount(tables.length, 'table')}, {formatBytes(sum(tables))}
                </span>
              </th>
            </tr>
            {tables.map((table) => (
              <TableRow key={`${table.step} ${table.fingerprint} ${table.scope}`} table={table} />
            ))}
          </Fragment>
        ))}
      </PlainTable>
      {value.length > most ? <p className={styles.quiet}>and {value.length - most} more</p> : null}
    </section>
  );
}

function TableRow({ table }: { readonly table: StoredCheckpoint }): ReactElement {
  const { step, rows, bytes, lastUsedAt, state, correlationIds } = table;
  return (
    <tr data-step={step} data-state={state}>
      <td>
        {step}
        {correlationIds.length > 1 ? (
          <span className={styles.quiet}> {formatAmount(correlationIds.length, 'project')}</span>
        ) : null}
      </td>
      <td className={numberCell}>{formatCount(rows)}</td>
      <td className={numberCell}>{state === 'evicted' ? '' : formatBytes(bytes)}</td>
      <td className={styles.when}>{formatTime(Date.parse(lastUsedAt))}</td>
      <td className={state === 'damaged' ? styles.damaged : styles.quiet}>{whyOf(table)}</td>
    </tr>
  );
}

function whyOf({ state, kept, correlationIds }: StoredCheckpoint): string {
  if (state === 'damaged') return 'damaged: the next run makes it again';
  if (state === 'evicted') return 'its rows were removed; what it was is known';
  if (kept.length > 0) return kept.map((one) => protectionWords[one]).join(', ');
  return correlationIds.length === 0
    ? 'of earlier runs, until it is too old or too much'
    : 'until it is too old or too much';
}

function sum(tables: readonly StoredCheckpoint[]): number {
  return tables.reduce((total, { bytes, state }) => total + (state === 'evicted' ? 0 : bytes), 0);
}

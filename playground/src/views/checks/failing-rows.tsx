import type { OpenedTask } from '@cairn/core';
import { useCallback, type ReactElement } from 'react';
import { useAsked } from '../../hooks/use-asked.ts';
import type { CheckRow } from '../../state/check-rows.ts';
import { Empty, Loading } from '../../ui/empty.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatAmount } from '../../ui/formats.ts';
import { RowsTable } from '../../ui/rows-table.tsx';
import { formatTime } from '../../ui/time.ts';
import { lookOf } from './check-look.ts';
import styles from './checks.module.css';

const most = 100;

/** The rows that failed a check when it came out last, as far as they are kept. */
export function FailingRows({
  row,
  task,
}: {
  readonly row: CheckRow;
  readonly task: OpenedTask | undefined;
}): ReactElement {
  const { step, name, kept, failing, at } = row;
  const read = useCallback(
    async () => (task as OpenedTask).failingRows(step, name, { limit: most }),
    [task, step, name],
  );
  const { value, error } = useAsked(task !== undefined && kept > 0 ? read : undefined);
  const when = at === undefined ? '' : `, ${formatTime(at)}`;
  return (
    <section className={styles.rows} aria-label={`Rows that fail ${name}`} tabIndex={0}>
      {kept === 0 ? (
        <Empty title={`${name}: ${lookOf(row).label.toLowerCase()}${when}`}>
          {failing === null || failing === 0
            ? (row.message ?? 'Where rows fail, the first of them are kept, and stand here.')
            : 'Of these rows none is kept.'}
        </Empty>
      ) : error !== undefined ? (
        <div className={styles.fault}>
          <ErrorBox error={error} title="The rows could not be read" />
        </div>
      ) : value === undefined ? (
        <Loading what="Reading the rows ..." />
      ) : (
        <>
          <p className={styles.sum}>
            <strong>{name}</strong>: {kept === failing ? '' : `the first ${kept} of `}
            {formatAmount(failing ?? kept, 'row')}
            {when}
          </p>
          <RowsTable caption={`Rows that fail ${name}`} table={value} most={most} />
        </>
      )}
    </section>
  );
}

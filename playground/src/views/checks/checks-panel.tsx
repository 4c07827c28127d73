import { useMemo, useState, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { useStored } from '../../hooks/use-stored.ts';
import { checkRows, type CheckRow as Row } from '../../state/check-rows.ts';
import { lastDefined } from '../../state/definition.ts';
import { Empty, Loading } from '../../ui/empty.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { CheckRow } from './check-row.tsx';
import { lookOf } from './check-look.ts';
import styles from './checks.module.css';
import { FailingRows } from './failing-rows.tsx';

const keyOf = ({ step, name }: Row): string => `${step} ${name}`;

/** The checks of all steps, how they came out last, and the rows that fail. */
export function ChecksPanel(): ReactElement {
  const { definition, view } = useSession();
  const plan = lastDefined(useReadable(definition))?.plan;
  const { run } = useReadable(view);
  const { value: stored, error } = useStored();
  const [chosen, choose] = useState<string>();
  const underWay = run?.status === 'running' ? run : undefined;
  const rows = useMemo(
    () => (plan === undefined ? undefined : checkRows(plan, stored?.task?.checks, underWay)),
    [plan, stored, underWay],
  );
  if (rows === undefined) return <Loading what="Reading the pipeline ..." />;
  if (rows.length === 0)
    return (
      <Empty title="No step has a check" action={<pre className={styles.snippet}>{snippet}</pre>}>
        A check says what a table must be. What fails it is not stored, and not handed on; with severity warn
        it is told. Write some under a step:
      </Empty>
    );
  // What fails is looked at first.
  const shown = rows.find((row) => keyOf(row) === chosen) ?? rows.find(({ kept }) => kept > 0);
  return (
    <div className={styles.panel} data-testid="checks">
      <div className={styles.list}>
        {error === undefined ? null : (
          <div className={styles.fault}>
            <ErrorBox error={error} title="What is stored of the checks could not be read" />
          </div>
        )}
        <p className={styles.sum} role="status">
          {sumInWords(rows)}
        </p>
        <PlainTable
          caption="Checks"
          columns={[
            { name: 'check', label: 'Check' },
            { name: 'step', label: 'Step' },
            { name: 'severity', label: 'Severity' },
            { name: 'failing', label: 'Failing rows', isNumber: true },
          ]}
        >
          {rows.map((row) => (
            <CheckRow key={keyOf(row)} row={row} isShown={row === shown} onShow={() => choose(keyOf(row))} />
          ))}
        </PlainTable>
      </div>
      {shown === undefined ? null : <FailingRows row={shown} task={stored?.task} />}
    </div>
  );
}

function sumInWords(rows: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const word = lookOf(row).label.toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

const snippet = `checks:
  - { type: notNull, column: id }
  - { type: unique, columns: id }
  - { type: inRange, column: price, min: 0, severity: warn }`;

import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { compareRuns } from '../../state/compare-runs.ts';
import type { PastRun } from '../../state/past-runs.ts';
import { requestInWords } from '../../state/run-accounts.ts';
import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/formats.ts';
import { numberCell, PlainTable } from '../../ui/plain-table.tsx';
import { StepLink } from '../../ui/step-link.tsx';
import { formatTime } from '../../ui/time.ts';
import styles from './history.module.css';

/** Two runs, step by step. */
export function ComparedRuns({
  before,
  after,
  onClose,
}: {
  readonly before: PastRun;
  readonly after: PastRun;
  readonly onClose: () => void;
}): ReactElement {
  const { select } = useSession();
  const steps = compareRuns(before, after);
  return (
    <section className={styles.compared} aria-label="Two runs compared">
      <header className={styles.head}>
        <span className={styles.words}>
          {nameOf(before)} and {nameOf(after)}
        </span>
        <Button look="quiet" icon="cross" aria-label="End the comparison" onPress={onClose} />
      </header>
      {steps.length === 0 ? (
        <p className={styles.hint}>No step was computed in either of them.</p>
      ) : (
        <PlainTable
          caption="How long steps took in two runs"
          columns={[
            { name: 'step', label: 'Step' },
            { name: 'before', label: formatTime(before.startedAt), isNumber: true },
            { name: 'after', label: formatTime(after.startedAt), isNumber: true },
            { name: 'more', label: 'Difference', isNumber: true },
          ]}
        >
          {steps.map((one) => (
            <tr key={one.step}>
              <th scope="row">
                <StepLink step={one.step} onPress={select} />
              </th>
              <td className={numberCell}>{timeOf(one.before)}</td>
              <td className={numberCell}>{timeOf(one.after)}</td>
              <td className={numberCell}>{differenceOf(one.more)}</td>
            </tr>
          ))}
        </PlainTable>
      )}
    </section>
  );
}

function nameOf({ startedAt, account }: PastRun): string {
  const request = account === undefined ? '' : requestInWords(account);
  return `${formatTime(startedAt)}${request === '' ? '' : ` (${request})`}`;
}

function timeOf(ms: number | undefined): string {
  return ms === undefined ? 'not computed' : formatDuration(ms);
}

function differenceOf(ms: number | undefined): string {
  if (ms === undefined) return '';
  if (ms === 0) return 'none';
  return `${ms > 0 ? '+' : '−'}${formatDuration(Math.abs(ms))}`;
}

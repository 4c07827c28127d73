import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { usePanel } from '../../hooks/use-panel.ts';
import { stepsInWords } from '../../state/compare-runs.ts';
import { pastRunsOf, type PastRun } from '../../state/past-runs.ts';
import { requestInWords } from '../../state/run-accounts.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { formatDuration } from '../../ui/formats.ts';
import { numberCell } from '../../ui/plain-table.tsx';
import { formatTime } from '../../ui/time.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
import styles from './history.module.css';

const endings: Readonly<Record<PastRun['status'], { readonly tone: Tone; readonly word: string }>> = {
  success: { tone: 'done', word: 'Done' },
  failed: { tone: 'failed', word: 'Failed' },
  canceled: { tone: 'idle', word: 'Canceled' },
  interrupted: { tone: 'warned', word: 'Interrupted' },
};

/** A run in a line. */
export function RunRow({
  run,
  isChosen,
  onChoose,
}: {
  readonly run: PastRun;
  readonly isChosen: boolean;
  readonly onChoose: (isChosen: boolean) => void;
}): ReactElement {
  const { shown } = pastRunsOf(useSession());
  const [, show] = usePanel();
  const { runId, status, startedAt, durationMs, failedStep, error, account } = run;
  const { tone, word } = endings[status];
  const when = formatTime(startedAt);
  const request = account === undefined ? '' : requestInWords(account);
  return (
    <tr data-run={runId} data-status={status}>
      <td className={styles.check}>
        <Checkbox label={`Compare the run of ${when}`} isChecked={isChosen} onChange={onChoose} />
      </td>
      <td>
        <span className={styles.run}>
          <Badge tone={tone}>{word}</Badge>
          <span className={styles.when}>{when}</span>
        </span>
      </td>
      <td className={numberCell}>{formatDuration(durationMs)}</td>
      <td>
        {stepsInWords(run) || 'nothing computed'}
        {status === 'failed' && error !== undefined ? (
          <span className={styles.error}>
            {failedStep === undefined ? '' : `${failedStep}: `}
            {error.replace(/^Step '[^']*' of pipeline '[^']*': /, '').split('\n')[0]}
          </span>
        ) : null}
      </td>
      <td className={styles.request}>{request}</td>
      <td className={styles.action}>
        <Tooltip text="Show its timeline">
          <Button
            look="quiet"
            icon="time"
            aria-label={`Timeline of the run of ${when}`}
            onPress={() => {
              shown.set(runId);
              show('timeline');
            }}
          />
        </Tooltip>
      </td>
    </tr>
  );
}

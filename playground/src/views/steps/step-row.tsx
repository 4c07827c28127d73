import { describeReason, type ErrorFacts } from '@cairn/core';
import { memo, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import type { StepFacts } from '../../state/step-facts.ts';
import { Badge } from '../../ui/badge.tsx';
import { formatBytes, formatCount, formatDuration } from '../../ui/formats.ts';
import { Progress } from '../../ui/progress.tsx';
import { statusLook, StepMark } from '../../ui/step-mark.tsx';
import { StepMenu } from '../parts/step-menu.tsx';
import styles from './steps-panel.module.css';

/** A step in a line. What is not told again is not drawn again. */
export const StepRow = memo(function StepRow({
  step,
  isSelected,
}: {
  readonly step: StepFacts;
  readonly isSelected: boolean;
}): ReactElement {
  const { select } = useSession();
  const { name, status, rows, bytes, durationMs, done, total, error } = step;
  const why = whyOf(step);
  return (
    <tr data-step={name} data-status={status} aria-selected={isSelected}>
      <th scope="row" className={styles.name}>
        <button type="button" className={styles.pick} onClick={() => select(name)}>
          <StepMark status={status} />
          <span className={styles.words}>
            <span>{name}</span>
            <span className={styles.kind}>{step.description ?? kindWords[step.kind] ?? step.kind}</span>
          </span>
        </button>
      </th>
      <td className={styles.status}>
        <span className={styles.line}>
          <span className={styles.label} data-tone={statusLook(status).tone}>
            {statusLook(status).label}
          </span>
          {step.next !== undefined && status !== 'new' ? (
            <Badge tone={step.next.decision === 'blocked' ? 'failed' : 'warned'}>
              {nextWords[step.next.decision]}
            </Badge>
          ) : null}
        </span>
        {status === 'running' && total !== undefined ? (
          <Progress label={`Progress of ${name}`} value={(done ?? 0) / total} />
        ) : null}
        {error === undefined ? (
          why === undefined ? null : (
            <span className={styles.why}>{why}</span>
          )
        ) : (
          <span className={styles.error}>{messageOf(error)}</span>
        )}
      </td>
      <td className={styles.number}>{rows === undefined ? '' : formatCount(rows)}</td>
      <td className={styles.number}>{bytes === undefined ? '' : formatBytes(bytes)}</td>
      <td className={styles.number}>{durationMs === undefined ? '' : formatDuration(durationMs)}</td>
      <td className={styles.menu}>
        <StepMenu step={name} />
      </td>
    </tr>
  );
});

const kindWords: Readonly<Record<string, string>> = {
  source: 'Source',
  sql: 'SQL',
  transform: 'Transform',
  fanIn: 'Union of its inputs',
  sink: 'Sink',
  effect: 'Effect',
};

const nextWords = { run: 'would run', unknown: 'may run', blocked: 'blocked' } as const;

/** What the next run would do counts for more than why the last one did what it did; that there was nothing yet goes without saying. */
function whyOf({ next, reason, status }: StepFacts): string | undefined {
  if (next !== undefined) return status === 'new' && next.decision === 'run' ? undefined : next.reason;
  return reason === describeReason({ code: 'first_run' }) ? undefined : reason?.replace(/^reused /, '');
}

/** The first line, without the step and the pipeline, which the row names. */
function messageOf({ message }: ErrorFacts): string {
  return message.replace(/^Step '[^']*' of pipeline '[^']*': /, '').split('\n')[0] ?? '';
}

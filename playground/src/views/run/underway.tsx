import type { ViewedRun } from '@cairn/web';
import type { ReactElement } from 'react';
import { endedSteps, stepsAtWork } from '../../state/run-summary.ts';
import { Badge } from '../../ui/badge.tsx';
import { formatBytes, formatDuration } from '../../ui/formats.ts';
import { Progress } from '../../ui/progress.tsx';
import styles from './run-status.module.css';

/** A run that is under way; undefined before its first event. */
export function Underway({
  run,
  words,
  note,
}: {
  readonly run: ViewedRun | undefined;
  readonly words: string;
  /** What else there is to know. */
  readonly note?: string;
}): ReactElement {
  const isBegun = run?.status === 'running';
  const loading = isBegun ? run.engineLoading : undefined;
  if (loading !== undefined) return <EngineLoading {...loading} />;
  const names = isBegun ? stepsAtWork(run) : [];
  return (
    <div className={styles.status} data-testid="run-status">
      <Badge tone="running">{words}</Badge>
      <span className={styles.meter}>
        <Progress
          label="Steps"
          value={isBegun ? endedSteps(run) / Math.max(run.counts.total, 1) : undefined}
        />
      </span>
      <span className={styles.words}>
        {isBegun ? (
          <>
            {endedSteps(run)} of {run.counts.total} steps, {formatDuration(run.elapsedMs)}
            {names.length === 0 ? null : <span className={styles.quiet}>: {names.join(', ')}</span>}
          </>
        ) : (
          <span className={styles.quiet}>Getting ready</span>
        )}
      </span>
      {note === undefined ? null : <span className={styles.note}>{note}</span>}
    </div>
  );
}

/** What a first-time visitor waits for, and why. */
function EngineLoading({
  bytes,
  total,
}: {
  readonly bytes: number;
  readonly total?: number | undefined;
}): ReactElement {
  const all = total ?? Math.max(__ENGINE_BYTES__, bytes);
  return (
    <div className={styles.status} data-testid="run-status">
      <Badge tone="running">Loading DuckDB</Badge>
      <span className={styles.meter}>
        <Progress label="Loading DuckDB" value={bytes / all} />
      </span>
      <span className={styles.words}>
        {formatBytes(bytes)} of {formatBytes(all)}
        <span className={styles.quiet}>: the database that computes the steps, once for this browser</span>
      </span>
    </div>
  );
}

import type { RunSnapshot } from '@cairn/core';
import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { Badge } from '../../ui/badge.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatBytes, formatDuration } from '../../ui/formats.ts';
import { Progress } from '../../ui/progress.tsx';
import styles from './run-status.module.css';

/** How the run stands, in a line under the bar; nothing before the first one. */
export function RunStatus(): ReactElement | null {
  const { run, view } = useSession();
  const state = useReadable(run);
  const snapshot = useReadable(view);
  switch (state.status) {
    case 'idle':
      return null;
    case 'running':
    case 'canceling':
      return <Underway snapshot={snapshot} isCanceling={state.status === 'canceling'} />;
    case 'ended':
      return (
        <div className={styles.status} role="status" data-testid="run-status">
          <Badge tone="done">Done</Badge>
          <span>{snapshot === undefined ? '' : summary(snapshot)}</span>
        </div>
      );
    case 'failed':
      return state.error.code === 'canceled' ? (
        <div className={styles.status} role="status" data-testid="run-status">
          <Badge tone="idle">Canceled</Badge>
          <span>{snapshot === undefined ? '' : summary(snapshot)}. The next run goes on from there.</span>
        </div>
      ) : (
        <div className={styles.fault}>
          <ErrorBox error={state.error} />
        </div>
      );
  }
}

function Underway({
  snapshot,
  isCanceling,
}: {
  readonly snapshot: RunSnapshot | undefined;
  readonly isCanceling: boolean;
}): ReactElement {
  const loading = snapshot?.engineLoading;
  if (loading !== undefined) {
    const total = loading.total ?? Math.max(__ENGINE_BYTES__, loading.bytes);
    return (
      <div className={styles.status} role="status" data-testid="run-status">
        <Badge tone="running">Loading DuckDB</Badge>
        <span className={styles.meter}>
          <Progress label="Loading DuckDB" value={loading.bytes / total} />
        </span>
        <span className={styles.quiet}>
          {formatBytes(loading.bytes)} of {formatBytes(total)}, once: the browser keeps it
        </span>
      </div>
    );
  }
  const { counts } = snapshot ?? {};
  const ended = counts === undefined ? 0 : counts.complete + counts.reused + counts.skipped + counts.failed;
  return (
    <div className={styles.status} role="status" data-testid="run-status">
      <Badge tone="running">{isCanceling ? 'Canceling' : 'Running'}</Badge>
      <span className={styles.meter}>
        <Progress
          label="Steps"
          value={counts === undefined ? undefined : ended / Math.max(counts.total, 1)}
        />
      </span>
      <span className={styles.quiet}>
        {counts === undefined ? 'Getting ready' : `${ended} of ${counts.total} steps`}
      </span>
    </div>
  );
}

/** "6 steps in 1.9 s: 4 computed, 2 reused". */
function summary({ counts, durationMs }: RunSnapshot): string {
  const parts = [
    [counts.complete, 'computed'],
    [counts.reused, 'reused'],
    [counts.failed, 'failed'],
    [counts.skipped, 'skipped'],
    [counts.canceled, 'canceled'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return `${counts.total} steps in ${formatDuration(durationMs)}: ${told.join(', ')}`;
}

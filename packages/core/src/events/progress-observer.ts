import type { Clock } from './clock.ts';
import type { CairnEvent } from './event.ts';
import { foldSnapshot, type SnapshotFold } from './fold-snapshot.ts';
import type { Observer } from './observer.ts';
import type { RunSnapshot } from './run-snapshot.ts';
import { throttle, type Throttle } from './throttle.ts';

/** Options of {@link progressObserver}. */
export interface ProgressObserverOptions {
  /** Is given how a run stands: at its start, at its end, and in between when something has changed. */
  readonly onProgress: (snapshot: RunSnapshot) => void;
  /** The least time between two calls in between, in milliseconds. @default 100 */
  readonly intervalMs?: number;
  /** Tells the time and, when it has `sleep`, waits. @default the system's, and a timer */
  readonly clock?: Clock;
}

/**
 * Folds the events of each run into snapshots: plain, immutable data for whatever shows progress. A snapshot is made only when it
 * is handed out, and shares with the one before what has not changed, so that ten thousand steps cost no more than their
 * events.
 *
 * @example
 * const observer = progressObserver({ onProgress: ({ counts }) => bar.update(counts.complete / counts.total) });
 */
export function progressObserver({
  onProgress,
  intervalMs = 100,
  clock = Date,
}: ProgressObserverOptions): Observer {
  const runs = new Map<string, { readonly fold: SnapshotFold; readonly show: Throttle }>();

  const begin = (runId: string): { readonly fold: SnapshotFold; readonly show: Throttle } => {
    const fold = foldSnapshot();
    const show = throttle(
      intervalMs,
      () => {
        const snapshot = fold.snapshot();
        if (snapshot !== undefined) onProgress(snapshot);
      },
      clock,
    );
    const run = { fold, show };
    runs.set(runId, run);
    return run;
  };

  return Object.freeze({
    name: 'progress',
    onEvent(event: CairnEvent) {
      const run = event.type === 'pipeline_start' ? begin(event.runId) : runs.get(event.runId);
      if (run === undefined || !run.fold.push(event)) return;
      if (event.type === 'pipeline_end') runs.delete(event.runId);
      if (event.type === 'pipeline_start' || event.type === 'pipeline_end') run.show.now();
      else run.show.soon();
    },
    flush() {
      for (const { show } of runs.values()) show.end();
    },
  });
}

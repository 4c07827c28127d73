import type { CairnEvent, Clock, Observer } from '@cairn/core';
import { checkKeys } from '@cairn/core/plugin';
import { viewOptions, viewRuns } from './view-runs.ts';
import type { ViewedRun } from './viewed-run.ts';

/** Options of {@link runView}. */
export interface RunViewOptions {
  /** The least time between two calls of listeners, in milliseconds; the start and the end of a run do not wait. @default 50 */
  readonly intervalMs?: number;
  /** How often `elapsedMs` goes on while nothing happens, in milliseconds; 0 for not at all. @default 1000 */
  readonly tickMs?: number;
  /** Says whether a run that begins is shown. @default all are */
  readonly follow?: (start: Extract<CairnEvent, { readonly type: 'pipeline_start' }>) => boolean;
  /** Tells the time and, when it has `sleep`, waits between two calls. @default the system's, and a timer */
  readonly clock?: Clock;
}

/** What a page shows of runs: plain, frozen data. */
export interface RunViewSnapshot {
  /** How `run` stands; `idle` before the first. */
  readonly status: ViewedRun['status'] | 'idle';
  /** Where a run is under way: in this page, or in another one, of whose runs `shareRuns` knows. */
  readonly running: 'here' | 'elsewhere' | 'nowhere';
  /** The run that is under way, of several the one that began last, in this page before others; otherwise the one that ended last. */
  readonly run?: ViewedRun | undefined;
  /** The run that ended before it, to compare with. */
  readonly previous?: ViewedRun | undefined;
}

/** A model of runs for whoever draws them, of any framework or none. */
export interface RunView {
  /** For `observers` of a runner, or `onEvent` of one run: `onEvent: view.observer.onEvent`. */
  readonly observer: Observer;
  /**
   * Calls back when there is a new snapshot: at once for the start and the end of a run, in between no more often than
   * asked. Returns a function that ends it. Fits React's `useSyncExternalStore`.
   */
  subscribe(listener: () => void): () => void;
  /** The same object until something has changed. Made at most once for each call of listeners. */
  getSnapshot(): RunViewSnapshot;
  /** Forgets all runs; of one that is under way nothing more is shown. */
  reset(): void;
}

/**
 * Folds the events of a runner's runs into one snapshot of the current run and the one before: steps, processes, counts, checks, a
 * timeline with a bar for each attempt, warnings, how far the engine is loaded, and the time that goes by. A snapshot is made only when it is
 * handed out, and shares with the one before what has not changed.
 *
 * @throws CairnError `invalid_argument`
 * @example
 * const view = runView();
 * const runner = createWebRunner({ assets: duckDbAssets, observers: [view.observer] });
 * view.subscribe(() => draw(view.getSnapshot()));
 */
export function runView(options: RunViewOptions = {}): RunView {
  checkKeys('runView', options, viewOptions, 'option');
  const { push, subscribe, getSnapshot, reset } = viewRuns('runView', options);
  const observer: Observer = { name: 'view', onEvent: (event) => push(event) };
  return Object.freeze({ observer: Object.freeze(observer), subscribe, getSnapshot, reset });
}

import type { CairnEvent } from '@cairn/core';
import { invalidArgument } from '@cairn/core/plugin';
import { notifier } from './notifier.ts';
import type { RunView, RunViewOptions, RunViewSnapshot } from './run-view.ts';
import { viewedRunFold, type ViewedRunFold } from './viewed-run.ts';

/** A view whose events are pushed, of runs in this page and in others. */
export interface RunsView extends Omit<RunView, 'observer'> {
  push(event: CairnEvent, from?: 'here' | 'elsewhere'): void;
  /** Ends a run whose page is gone. */
  interrupt(runId: string): void;
  /** Where a run is under way, as of now. */
  readonly running: RunViewSnapshot['running'];
}

export const viewOptions: readonly string[] = ['intervalMs', 'tickMs', 'follow', 'clock'];

const idle: RunViewSnapshot = Object.freeze({ status: 'idle', running: 'nowhere' });

/** @throws CairnError `invalid_argument` */
export function viewRuns(where: string, options: RunViewOptions): RunsView {
  const { intervalMs = 50, tickMs = 1000, follow, clock = Date } = options;
  for (const [name, value] of Object.entries({ intervalMs, tickMs }))
    if (typeof value !== 'number' || !(value >= 0))
      throw invalidArgument(where, `option '${name}' must be a number from 0 on`);

  const underWay = { here: new Map<string, ViewedRunFold>(), elsewhere: new Map<string, ViewedRunFold>() };
  // The last two, the later one first.
  let ended: readonly ViewedRunFold[] = [];
  let snapshot = idle;
  let isStale = false;
  let ticking: ReturnType<typeof setInterval> | undefined;

  const running = (): RunViewSnapshot['running'] => {
    if (underWay.here.size > 0) return 'here';
    return underWay.elsewhere.size > 0 ? 'elsewhere' : 'nowhere';
  };
  const look = (): void => {
    isStale = false;
    const now = clock.now();
    const working = [...underWay.here.values()].at(-1) ?? [...underWay.elsewhere.values()].at(-1);
    const [run, previous] = (working === undefined ? ended : [working, ...ended]).map((one) => one.view(now));
    if (run === undefined) snapshot = idle;
    else if (run !== snapshot.run || previous !== snapshot.previous || running() !== snapshot.running)
      snapshot = Object.freeze({
        status: run.status,
        running: running(),
        run,
        ...(previous === undefined ? {} : { previous }),
      });
  };
  const listeners = notifier(intervalMs, look, clock);

  /** Time goes by also where nothing happens; for nobody it need not be told. */
  const tick = (): void => {
    const isNeeded = tickMs > 0 && tickMs < Infinity && listeners.isHeard && running() !== 'nowhere';
    if (isNeeded === (ticking !== undefined)) return;
    clearInterval(ticking);
    ticking = isNeeded ? setInterval(listeners.soon, tickMs) : undefined;
  };
  const changed = (atOnce: boolean): void => {
    isStale = true;
    tick();
    if (atOnce) listeners.now();
    else listeners.soon();
  };
  const end = (fold: ViewedRunFold): void => {
    for (const runs of [underWay.here, underWay.elsewhere]) runs.delete(fold.runId);
    ended = [fold, ...ended].slice(0, 2);
    changed(true);
  };
  const foldOf = (runId: string): ViewedRunFold | undefined =>
    underWay.here.get(runId) ?? underWay.elsewhere.get(runId);

  return {
    push(event, from = 'here') {
      const { runId } = event;
      if (event.type === 'pipeline_start') {
        if (follow?.(event) === false) return;
        underWay[from].set(runId, viewedRunFold(event));
        changed(true);
        return;
      }
      const fold = foldOf(runId);
      if (fold?.push(event) !== true) return;
      if (event.type === 'pipeline_end') end(fold);
      else changed(false);
    },
    interrupt(runId) {
      const fold = foldOf(runId);
      if (fold === undefined) return;
      fold.interrupt(clock.now());
      end(fold);
    },
    get running() {
      return running();
    },
    subscribe(listener) {
      if (isStale) look();
      const stop = listeners.subscribe(listener);
      tick();
      return () => {
        stop();
        tick();
      };
    },
    getSnapshot() {
      // Whoever listens sees what the others see; for whoever does not it is made when it is asked for.
      if (isStale && !listeners.isHeard) look();
      return snapshot;
    },
    reset() {
      underWay.here.clear();
      underWay.elsewhere.clear();
      ended = [];
      changed(true);
    },
  };
}

import type { CairnEvent, CheckSnapshot, RunSnapshot, StepSnapshot } from '@cairn/core';
import { foldSnapshot } from '@cairn/core/plugin';
import { stepOf, timeline, type TimelineBar } from './timeline.ts';
import { warningOf, type RunWarning } from './warnings.ts';

/** A check of a step, as a {@link ViewedRun} lists it. */
export interface ViewedCheck extends CheckSnapshot {
  readonly step: string;
}

/** How a run stands, for a page: plain, frozen data. What has not changed is the same object as in the one before. */
export interface ViewedRun extends Omit<RunSnapshot, 'status'> {
  /** `interrupted`: whoever ran it is gone, and did not say how it ended. */
  readonly status: RunSnapshot['status'] | 'interrupted';
  /** Milliseconds that it has taken until now, or took in all. Goes on while nothing happens. */
  readonly elapsedMs: number;
  /** Every step that the run is about, by name, in the order of the processes. */
  readonly steps: ReadonlyMap<string, StepSnapshot>;
  /** How the checks of all steps came out so far. */
  readonly checks: readonly ViewedCheck[];
  /** Every attempt and every reuse so far, in the order in which they began. */
  readonly timeline: readonly TimelineBar[];
  /** The last 100. */
  readonly warnings: readonly RunWarning[];
}

/** Makes {@link ViewedRun}s out of a run's events. */
export interface ViewedRunFold {
  readonly runId: string;
  /** Says whether there is something new to see. */
  push(event: CairnEvent): boolean;
  /** Ends it without its own word. */
  interrupt(at: number): void;
  /** @param now Milliseconds since the epoch. */
  view(now: number): ViewedRun;
}

const maxWarnings = 100;

/** Folds a run from its `pipeline_start` on. */
export function viewedRunFold(
  start: Extract<CairnEvent, { readonly type: 'pipeline_start' }>,
): ViewedRunFold {
  const fold = foldSnapshot();
  const bars = timeline(start.processes);
  const notes: RunWarning[] = [];
  let isInterrupted = false;
  let warnings: readonly RunWarning[] = Object.freeze([]);
  let steps: ReadonlyMap<string, StepSnapshot> = new Map();
  let stepsFrom: RunSnapshot['processes'] | undefined;
  let checks: readonly ViewedCheck[] | undefined;
  let seen: ViewedRun | undefined;
  fold.push(start);

  const stepsIn = ({ processes }: RunSnapshot): ReadonlyMap<string, StepSnapshot> =>
    new Map(processes.flatMap((process) => process.steps.map((step) => [step.name, step])));

  return {
    runId: start.runId,
    push(event) {
      const warning = warningOf(event);
      if (warning !== undefined) {
        notes.push(warning);
        warnings = Object.freeze(notes.slice(-maxWarnings));
        seen = undefined;
      }
      const name = stepOf(event);
      const before = name === undefined ? undefined : fold.step(name);
      if (!fold.push(event)) return warning !== undefined;
      const after = name === undefined ? undefined : fold.step(name);
      bars.note(event.at, before, after);
      if (event.type === 'pipeline_end') bars.end(event.at);
      if (before?.checks !== after?.checks) checks = undefined;
      seen = undefined;
      return true;
    },
    interrupt(at) {
      const { runId, correlationId, attempt, lastAttempt, pipeline } = start;
      const durationMs = at - start.at;
      const whose = { runId, correlationId, attempt, lastAttempt, pipeline, processRunId: null };
      fold.push({ type: 'pipeline_end', status: 'canceled', durationMs, at, ...whose });
      bars.end(at);
      isInterrupted = true;
      seen = undefined;
    },
    view(now) {
      const snapshot = fold.snapshot() as RunSnapshot;
      const isRunning = snapshot.status === 'running';
      const elapsedMs = isRunning ? Math.max(now - snapshot.startedAt, 0) : snapshot.durationMs;
      if (seen?.elapsedMs === elapsedMs) return seen;
      if (stepsFrom !== snapshot.processes) steps = stepsIn(snapshot);
      stepsFrom = snapshot.processes;
      checks ??= Object.freeze(
        [...steps.values()].flatMap(({ name, checks: own = [] }) =>
          own.map((check) => Object.freeze({ step: name, ...check })),
        ),
      );
      seen = Object.freeze({
        ...snapshot,
        ...(isInterrupted ? { status: 'interrupted' as const } : {}),
        elapsedMs,
        steps,
        checks,
        timeline: bars.bars(),
        warnings,
      });
      return seen;
    },
  };
}

import type { ErrorFacts } from './error-facts.ts';

/** How a step stands in a run. `skipped` is also what was not included and what nobody needed. */
export type StepSnapshotStatus =
  | 'waiting'
  | 'running'
  | 'retrying'
  | 'complete'
  | 'reused'
  | 'skipped'
  | 'failed'
  | 'canceled';

/** How a process stands in a run; `skipped` when none of its steps had a part in it. */
export type ProcessSnapshotStatus = 'waiting' | 'running' | 'success' | 'failed' | 'canceled' | 'skipped';

/** One step of a {@link RunSnapshot}. */
export interface StepSnapshot {
  readonly name: string;
  /** `source`, `sql`, `transform`, `fanIn`, `sink` or `effect`. */
  readonly kind: string;
  readonly status: StepSnapshotStatus;
  readonly rows?: number | undefined;
  /** Bytes of Arrow IPC in its checkpoint. */
  readonly bytes?: number | undefined;
  /** What the step said of its progress: how much of `total`, in its own unit. */
  readonly done?: number | undefined;
  readonly total?: number | undefined;
  /** Milliseconds since the epoch; undefined when its code has not begun. */
  readonly startedAt?: number | undefined;
  /** Milliseconds, once it has ended. */
  readonly durationMs?: number | undefined;
  /** How often its code was begun in this run. */
  readonly attempts: number;
  /** Why it runs, was reused or was skipped, in words. */
  readonly reason?: string | undefined;
  /** What it failed of, or is tried again for. */
  readonly error?: ErrorFacts | undefined;
  /** How the checks of its table came out; undefined while none did. */
  readonly checks?: readonly CheckSnapshot[] | undefined;
}

/** A check of a {@link StepSnapshot}. */
export interface CheckSnapshot {
  readonly name: string;
  readonly severity: 'error' | 'warn';
  /** `errored`: it could not be evaluated. */
  readonly status: 'passed' | 'failed' | 'errored';
  /** How many rows fail; null where the check does not count rows. */
  readonly failing: number | null;
  readonly message: string;
}

/** One process of a {@link RunSnapshot}. */
export interface ProcessSnapshot {
  readonly name: string;
  readonly status: ProcessSnapshotStatus;
  /** In listing order. */
  readonly steps: readonly StepSnapshot[];
}

/** How many steps stand how, and how many there are. */
export type StepCounts = Readonly<Record<StepSnapshotStatus | 'total', number>>;

/** How a run stands at one moment: plain, frozen data. What has not changed is the same object as in the one before. */
export interface RunSnapshot {
  readonly pipeline: string;
  readonly runId: string;
  readonly correlationId: string | null;
  readonly attempt: number;
  readonly status: 'running' | 'success' | 'failed' | 'canceled';
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds from the start to the last event. */
  readonly durationMs: number;
  readonly processes: readonly ProcessSnapshot[];
  readonly counts: StepCounts;
  /** While the engine is being fetched, which a browser does at its first use: bytes so far, and in all where that is known. */
  readonly engineLoading?: { readonly bytes: number; readonly total?: number | undefined } | undefined;
  /** Why it failed. */
  readonly error?: ErrorFacts | undefined;
}

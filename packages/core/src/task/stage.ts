import type { Json } from '../pipeline/json.ts';

/** How a stage stands. */
export type StageStatus = 'unbound' | 'created' | 'running' | 'retry' | 'error' | 'complete' | 'canceled';

/** One change of a stage, for people. Times are ISO 8601, in the stage's time zone. */
export interface StageHistoryEntry {
  readonly message: string;
  readonly status: StageStatus;
  readonly begin: string;
  /** Null while it goes on. */
  readonly end: string | null;
  readonly runId: string;
  /** The attempt at the task. */
  readonly attempt: number;
  /** The code of the error that it failed with. */
  readonly code?: string | undefined;
}

/** What is known of a stage, over all runs of its task. A change makes a new one. */
export interface StageState {
  readonly stage: string;
  readonly status: StageStatus;
  /** How often its code was begun, in all runs. */
  readonly attempts: number;
  /** The last 100 changes, the oldest first. */
  readonly history: readonly StageHistoryEntry[];
  /** What an effect returned, or what `ctx.setResult` was given; null until it is complete. */
  readonly result: Json;
  /** Of what it last completed; undefined until then. */
  readonly fingerprint?: string | undefined;
  /** The key of the journal that holds the manifest of what it last completed. */
  readonly manifest?: string | undefined;
  /** When its status became what it is, in milliseconds since the epoch; 0 before anything happened. */
  readonly since: number;
}

/** How many entries a history keeps. */
export const maxHistory = 100;

/** A stage that nothing has happened to. */
export function newStage(stage: string, status: 'unbound' | 'created' = 'created'): StageState {
  return Object.freeze({
    stage,
    status,
    attempts: 0,
    history: Object.freeze([]),
    result: null,
    since: 0,
  });
}

/** A status for each stage of a set, counted. */
export type StatusCounts = Readonly<Record<StageStatus, number>>;

/** The status that a set of stages adds up to, by the order of SEMANTICS: all complete, else the first that any has. */
export function deriveStatus(counts: StatusCounts): StageStatus {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (all > 0 && counts.complete === all) return 'complete';
  for (const status of ['running', 'retry', 'error', 'canceled', 'unbound'] as const) {
    if (counts[status] > 0) return status;
  }
  return 'created';
}

/** No stage at all. */
export function noStages(): Record<StageStatus, number> {
  return { unbound: 0, created: 0, running: 0, retry: 0, error: 0, complete: 0, canceled: 0 };
}

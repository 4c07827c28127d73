import { isCairnError } from '../errors/cairn-error.ts';
import { unsupportedFormat } from '../errors/run-errors.ts';
import { journalDamaged } from '../errors/store-errors.ts';
import type { Receipt } from '../pipeline/connector.ts';
import type { Json } from '../pipeline/json.ts';
import type { CheckedRecord } from './check-result.ts';
import type { CheckpointChoice } from './checkpoint-choice.ts';
import { asManifest, type Components, type Manifest } from './manifest.ts';

/** The version of the journal's records that this code writes, and the newest that it reads. */
export const journalVersion = 1;

/** How a run ended, as the journal keeps it. */
export type RunEnd = 'success' | 'failed' | 'canceled';

/** The run of a task that was begun last. */
export interface LastRun {
  readonly runId: string;
  readonly attempt: number;
  /** Of its pipeline, as it was then; absent in journals of versions that did not keep it. */
  readonly pipelineFingerprint?: string | undefined;
  /** ISO 8601, UTC. */
  readonly begunAt: string;
  /** ISO 8601, UTC; absent while it goes on, and for good when it was killed. */
  readonly endedAt?: string | undefined;
  readonly status?: RunEnd | undefined;
  /** True when it succeeded, but was about a part of the task whose rest is not done. */
  readonly partial?: boolean | undefined;
  /** Why it did not succeed. */
  readonly error?: RunError | undefined;
}

/** The first error of a run. */
export interface RunError {
  /** A CairnError's. */
  readonly code: string;
  readonly message: string;
}

/** What a task is: the first record of its log, and again whenever it is bound with another description. */
export interface TaskRecord {
  readonly type: 'task';
  readonly formatVersion: number;
  readonly pipeline: string;
  readonly correlationId: string | null;
  readonly params: Json;
  readonly queue: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly at: string;
}

/** A step's stage has changed, other than by being completed. */
export interface StageRecord {
  readonly type: 'stage';
  readonly step: string;
  /** What happened: a `StageEventType` of core's task area. */
  readonly event: string;
  readonly message: string;
  /** Of the CairnError that it failed with. */
  readonly code?: string | undefined;
  readonly runId: string;
  readonly attempt: number;
  readonly at: string;
}

/** What a step made is committed. */
export interface CompleteRecord {
  readonly type: 'complete';
  readonly step: string;
  readonly message: string;
  readonly runId: string;
  readonly attempt: number;
  /** Absent where the manifest stands in the log of the run, and for a step that keeps no checkpoint. */
  readonly manifest?: Manifest | undefined;
  /** Who wrote it, where several writers make one table (`CheckpointStore.put` with `append`). */
  readonly writer?: string | undefined;
  /** True when the writer adds to what others wrote. */
  readonly append?: boolean | undefined;
  /** True when it was put by hand and is no stage of the pipeline. */
  readonly put?: boolean | undefined;
  /** What is complete, where the manifest does not say it. */
  readonly fingerprint?: string | undefined;
  /** With `checkpoint: 'auto'`, when the step has run: whether its table was kept, and why. */
  readonly choice?: CheckpointChoice | undefined;
  /** With `choice`: what the fingerprint is made of, where no manifest says it. */
  readonly components?: Components | undefined;
  readonly at: string;
}

/** What was chosen for a step when it last ran. */
export interface LastChoice {
  readonly choice: CheckpointChoice;
  /** What its fingerprint was made of, where no manifest says it. */
  readonly components: Components | undefined;
}

/** All that the records before it came to: the first and only record of a log that was written anew. */
export interface SnapshotRecord {
  readonly type: 'snapshot';
  readonly formatVersion: number;
  readonly task: TaskRecord;
  readonly runsSinceSuccess: number;
  readonly successes: number;
  readonly committed: readonly {
    readonly step: string;
    readonly append: boolean;
    readonly settled: boolean;
    readonly writers: readonly { readonly writer: string; readonly manifest: Manifest }[];
  }[];
  readonly prepared: Readonly<Record<string, Receipt>>;
  /** How each step's checks came out last; absent where no step has any. */
  readonly checks?: readonly StepChecks[] | undefined;
  /** Those of the last run. */
  readonly lastChecks?: readonly CheckedRecord[] | undefined;
  /** What was chosen last, by step; absent where no step has `checkpoint: 'auto'`. */
  readonly choices?: readonly (readonly [step: string, last: LastChoice])[] | undefined;
  /** The states of the stages. */
  readonly stages: Json;
  readonly lastRun?: LastRun | undefined;
  /** When the first and the last of the records before were written. */
  readonly createdAt?: string | undefined;
  readonly updatedAt?: string | undefined;
  readonly at: string;
}

/** How a step's checks came out. */
export interface StepChecks {
  readonly last: CheckedRecord;
  /** When they last let the table pass. */
  readonly passed?: CheckedRecord | undefined;
}

/** A run has begun. */
export interface RunBegunRecord {
  readonly type: 'run_begun';
  readonly runId: string;
  readonly attempt: number;
  readonly pipelineFingerprint?: string | undefined;
  readonly at: string;
}

/** A run has ended; one that was killed has no such record. */
export interface RunEndedRecord {
  readonly type: 'run_ended';
  readonly runId: string;
  readonly status: RunEnd;
  /** True when the run succeeded, but was about a part of the task whose rest is not done. */
  readonly partial?: boolean | undefined;
  readonly error?: RunError | undefined;
  readonly at: string;
}

/** One record of a task's log: canonical JSON, told apart by `type`. `at` is ISO 8601, UTC. */
export type JournalRecord =
  | TaskRecord
  | RunBegunRecord
  | RunEndedRecord
  | StageRecord
  | CompleteRecord
  | CheckedRecord
  | {
      /** A sink has written aside; the next run of the step removes it when no `complete` follows. */
      readonly type: 'prepared';
      readonly step: string;
      readonly runId: string;
      readonly prepared: Receipt;
      readonly at: string;
    }
  | { readonly type: 'forgotten'; readonly scope: 'correlation' | 'run' | 'all'; readonly at: string }
  | SnapshotRecord;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a record.
 *
 * @param position Of the record in its log, for messages.
 * @throws CairnError `journal_damaged`, `unsupported_format`
 */
export function decodeRecord(bytes: Uint8Array, key: string, position: number): JournalRecord {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw journalDamaged(key, `record ${position} is not JSON`, error);
  }
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof record['type'] !== 'string') throw journalDamaged(key, `record ${position} has no type`);
  const version = record['formatVersion'];
  if (typeof version === 'number' && version > journalVersion)
    throw unsupportedFormat(`The journal ${key}`, version);
  try {
    for (const [manifest, step] of manifestsIn(record)) asManifest(manifest, step);
  } catch (error) {
    if (isCairnError(error, 'unsupported_format')) throw error;
    throw journalDamaged(key, `record ${position} holds no manifest`, error);
  }
  return value as JournalRecord;
}

function manifestsIn(record: Readonly<Record<string, unknown>>): [manifest: unknown, step: string][] {
  if (record['type'] === 'complete')
    return record['manifest'] === undefined ? [] : [[record['manifest'], String(record['step'])]];
  if (record['type'] !== 'snapshot') return [];
  const committed = record['committed'] as SnapshotRecord['committed'];
  return committed.flatMap(({ step, writers }) =>
    writers.map(({ manifest }): [unknown, string] => [manifest, step]),
  );
}

import { isCairnError } from '../errors/cairn-error.ts';
import { journalDamaged } from '../errors/store-errors.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { Receipt } from '../pipeline/connector.ts';
import type { Json } from '../pipeline/json.ts';
import type { Lease, ObjectStore } from '../store/object-store.ts';
import { unsupportedFormat } from '../errors/run-errors.ts';
import { asManifest, type Manifest } from './manifest.ts';

/** The version of the journal's records that this code writes, and the newest that it reads. */
export const journalVersion = 1;

/** How a run ended, as the journal keeps it. */
export type RunEnd = 'success' | 'failed' | 'canceled';

/** One record of a task's log: canonical JSON, told apart by `type`. `at` is ISO 8601, UTC. */
export type JournalRecord =
  | {
      readonly type: 'task';
      readonly formatVersion: number;
      readonly pipeline: string;
      readonly correlationId: string | null;
      readonly params: Json;
      readonly at: string;
    }
  | { readonly type: 'run_begun'; readonly runId: string; readonly attempt: number; readonly at: string }
  | { readonly type: 'run_ended'; readonly runId: string; readonly status: RunEnd; readonly at: string }
  | {
      readonly type: 'complete';
      readonly step: string;
      readonly runId: string;
      readonly attempt: number;
      /** Absent for a step that keeps no checkpoint. */
      readonly manifest?: Manifest | undefined;
      /** Who wrote it, where several writers make one table (`CheckpointStore.put` with `append`). */
      readonly writer?: string | undefined;
      /** True when the writer adds to what others wrote. */
      readonly append?: boolean | undefined;
      readonly at: string;
    }
  | {
      /** A sink has written aside; the next run of the step removes it when no `complete` follows. */
      readonly type: 'prepared';
      readonly step: string;
      readonly runId: string;
      readonly prepared: Receipt;
      readonly at: string;
    }
  | {
      readonly type: 'error';
      readonly step: string;
      readonly runId: string;
      readonly attempt: number;
      readonly code: string;
      readonly message: string;
      readonly at: string;
    }
  | { readonly type: 'forgotten'; readonly scope: 'correlation' | 'run' | 'all'; readonly at: string };

/** The committed checkpoint of a step, and by which writers; a step of a pipeline has the one writer `''`. */
export interface Committed {
  readonly writers: ReadonlyMap<string, Manifest>;
  readonly append: boolean;
  /** True when a run of the task succeeded after the commit. */
  readonly settled: boolean;
}

/** A task's log, read once and kept in step with what is appended. */
export interface Journal {
  readonly key: string;
  /** True when nothing was ever written. */
  readonly isNew: boolean;
  /** 1 + the task's runs since it last succeeded. */
  readonly nextAttempt: number;
  /** How many runs of the task have succeeded. */
  readonly successes: number;
  readonly committed: ReadonlyMap<string, Committed>;
  /** What sinks have written aside without committing it since. */
  readonly prepared: ReadonlyMap<string, Receipt>;
  /** Appends a record durably; memory changes only after the store took it. */
  append(record: JournalRecord): Promise<void>;
}

/**
 * Reads the journal at a key: one read of one log is all that resuming a task needs.
 *
 * @throws CairnError `journal_damaged`, `unsupported_format`
 */
export async function openJournal(store: ObjectStore, key: string, lease?: Lease): Promise<Journal> {
  const committed = new Map<string, { writers: Map<string, Manifest>; append: boolean; settled: boolean }>();
  const prepared = new Map<string, Receipt>();
  const state = { isNew: true, runsSinceSuccess: 0, successes: 0 };

  const apply = (record: JournalRecord): void => {
    state.isNew = false;
    switch (record.type) {
      case 'run_begun':
        state.runsSinceSuccess += 1;
        break;
      case 'run_ended':
        if (record.status !== 'success') break;
        state.runsSinceSuccess = 0;
        state.successes += 1;
        for (const entry of committed.values()) entry.settled = true;
        break;
      case 'prepared':
        prepared.set(record.step, record.prepared);
        break;
      case 'complete': {
        prepared.delete(record.step);
        if (record.manifest === undefined) break;
        const append = record.append === true;
        const writers = append
          ? (committed.get(record.step)?.writers ?? new Map<string, Manifest>())
          : new Map<string, Manifest>();
        writers.set(record.writer ?? '', record.manifest);
        committed.set(record.step, { writers, append, settled: false });
        break;
      }
      case 'forgotten':
        for (const [step, { writers }] of committed) {
          for (const [writer, manifest] of writers) {
            if (record.scope === 'all' || manifest.scope === record.scope) writers.delete(writer);
          }
          if (writers.size === 0) committed.delete(step);
        }
        break;
    }
  };

  const decoder = new TextDecoder();
  let position = 0;
  for await (const bytes of store.log(key)) {
    apply(asRecord(decoder.decode(bytes), key, position));
    position += 1;
  }

  const encoder = new TextEncoder();
  return {
    key,
    get isNew() {
      return state.isNew;
    },
    get nextAttempt() {
      return state.runsSinceSuccess + 1;
    },
    get successes() {
      return state.successes;
    },
    committed,
    prepared,
    async append(record) {
      const options = lease === undefined ? { sync: true } : { sync: true, lease };
      await store.append(key, encoder.encode(canonicalJson(record as unknown as Json)), options);
      apply(record);
    },
  };
}

function asRecord(text: string, key: string, position: number): JournalRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw journalDamaged(key, `record ${position} is not JSON`, error);
  }
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof record['type'] !== 'string') throw journalDamaged(key, `record ${position} has no type`);
  const version = record['formatVersion'];
  if (typeof version === 'number' && version > journalVersion)
    throw unsupportedFormat(`The journal ${key}`, version);
  if (record['type'] === 'complete' && record['manifest'] !== undefined) {
    try {
      asManifest(record['manifest'], String(record['step']));
    } catch (error) {
      if (isCairnError(error, 'unsupported_format')) throw error;
      throw journalDamaged(key, `record ${position} holds no manifest`, error);
    }
  }
  return value as JournalRecord;
}

import { journalDamaged } from '../errors/store-errors.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { Receipt } from '../pipeline/connector.ts';
import type { Json } from '../pipeline/json.ts';
import type { Lease, ObjectStore } from '../store/object-store.ts';
import { letsPass, type CheckedRecord } from './check-result.ts';
import {
  decodeRecord,
  journalVersion,
  type JournalRecord,
  type LastChoice,
  type LastRun,
  type RunBegunRecord,
  type RunEndedRecord,
  type SnapshotRecord,
  type StepChecks,
  type TaskRecord,
} from './journal-record.ts';
import type { Manifest } from './manifest.ts';

/** The committed checkpoint of a step, and by which writers; a step of a pipeline has the one writer `''`. */
export interface Committed {
  readonly writers: ReadonlyMap<string, Manifest>;
  readonly append: boolean;
  /** True when a run of the task succeeded after the commit. */
  readonly settled: boolean;
}

/** What somebody else makes of a journal's records, and keeps in its snapshots. */
export interface JournalPart {
  /** Takes note of a record. @throws when it contradicts what came before */
  apply(record: JournalRecord): void;
  /** What `restore` needs to be as it is now. */
  snapshot(): Json;
  restore(snapshot: Json): void;
}

/** A task's log, read once and kept in step with what is appended. */
export interface Journal {
  readonly key: string;
  /** What the task is; undefined when nothing was ever written. */
  readonly task: TaskRecord | undefined;
  /** 1 + the task's runs since it last succeeded. */
  readonly nextAttempt: number;
  /** How many runs of the task have succeeded. */
  readonly successes: number;
  /** The run that was begun last; undefined when none was. */
  readonly lastRun: LastRun | undefined;
  /** When its first record was written, ISO 8601, UTC; undefined when nothing was ever written. */
  readonly createdAt: string | undefined;
  /** When its last record was written, ISO 8601, UTC. */
  readonly updatedAt: string | undefined;
  readonly committed: ReadonlyMap<string, Committed>;
  /** What sinks have written aside without committing it since. */
  readonly prepared: ReadonlyMap<string, Receipt>;
  /** How each step's checks came out last. */
  readonly checks: ReadonlyMap<string, StepChecks>;
  /** What was chosen for each step with `checkpoint: 'auto'` when it last ran. */
  readonly choices: ReadonlyMap<string, LastChoice>;
  /** How checks came out in the last run, in order of time. */
  readonly lastChecks: readonly CheckedRecord[];
  /**
   * Appends a record; memory changes only after the store took it.
   *
   * @param options `sync: false`: it need not survive a loss of power before the next one that is synced. @default true
   */
  append(record: JournalRecord, options?: { readonly sync?: boolean }): Promise<void>;
  /** Writes the log anew as one record, when most of what it says is superseded. @param at ISO 8601, UTC */
  compact(at: string): Promise<void>;
}

/** How {@link openJournal} opens. */
export interface JournalOptions {
  /** Under which to append. */
  readonly lease?: Lease | undefined;
  readonly part?: JournalPart | undefined;
  /** Says, while the log is read, whether a record counts; asked for each, in order. @default all do */
  readonly counts?: ((record: JournalRecord) => boolean) | undefined;
  /** Called while the log is read, at the end of each run that succeeded. */
  readonly succeeded?: ((at: string, committed: ReadonlyMap<string, Committed>) => void) | undefined;
}

/** A log of fewer records is not worth writing anew. */
const leastRecords = 256;

/**
 * Reads the journal at a key: one read of one log is all that resuming a task needs.
 *
 * @throws CairnError `journal_damaged`, `unsupported_format`
 */
export async function openJournal(
  store: ObjectStore,
  key: string,
  { lease, part, succeeded, counts }: JournalOptions = {},
): Promise<Journal> {
  const committed = new Map<string, { writers: Map<string, Manifest>; append: boolean; settled: boolean }>();
  const prepared = new Map<string, Receipt>();
  const checks = new Map<string, StepChecks>();
  const choices = new Map<string, LastChoice>();
  let lastChecks: CheckedRecord[] = [];
  const steps = new Set<string>();
  const state = {
    task: undefined as TaskRecord | undefined,
    runsSinceSuccess: 0,
    successes: 0,
    records: 0,
    lastRun: undefined as LastRun | undefined,
    createdAt: undefined as string | undefined,
    updatedAt: undefined as string | undefined,
  };

  const restore = (snapshot: SnapshotRecord): void => {
    state.task = snapshot.task;
    state.runsSinceSuccess = snapshot.runsSinceSuccess;
    state.successes = snapshot.successes;
    state.lastRun = snapshot.lastRun;
    state.createdAt = snapshot.createdAt ?? snapshot.task.at;
    state.updatedAt = snapshot.updatedAt ?? snapshot.at;
    for (const { step, append, settled, writers } of snapshot.committed) {
      committed.set(step, {
        append,
        settled,
        writers: new Map(writers.map(({ writer, manifest }) => [writer, manifest])),
      });
      steps.add(step);
    }
    for (const [step, receipt] of Object.entries(snapshot.prepared)) prepared.set(step, receipt);
    for (const one of snapshot.checks ?? []) checks.set(one.last.step, one);
    for (const [step, last] of snapshot.choices ?? []) choices.set(step, last);
    lastChecks = [...(snapshot.lastChecks ?? [])];
    part?.restore(snapshot.stages);
  };

  const apply = (record: JournalRecord): void => {
    state.records += 1;
    state.createdAt ??= record.at;
    state.updatedAt = record.at;
    switch (record.type) {
      case 'task':
        state.task = record;
        break;
      case 'run_begun':
        state.runsSinceSuccess += 1;
        state.lastRun = begun(record);
        lastChecks = [];
        break;
      case 'run_ended':
        state.lastRun = ended(state.lastRun, record);
        if (record.status !== 'success' || record.partial === true) break;
        state.runsSinceSuccess = 0;
        state.successes += 1;
        for (const entry of committed.values()) entry.settled = true;
        succeeded?.(record.at, committed);
        break;
      case 'prepared':
        prepared.set(record.step, record.prepared);
        break;
      case 'stage':
        steps.add(record.step);
        break;
      case 'checked': {
        const passed = letsPass(record.results) ? record : checks.get(record.step)?.passed;
        checks.set(record.step, { last: record, passed });
        lastChecks.push(record);
        break;
      }
      case 'complete': {
        steps.add(record.step);
        prepared.delete(record.step);
        const { choice, components } = record;
        if (choice !== undefined) choices.set(record.step, { choice, components });
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
        if (record.scope !== 'all') break;
        checks.clear();
        choices.clear();
        break;
      case 'snapshot':
        restore(record);
        return;
    }
    part?.apply(record);
  };

  let position = 0;
  for await (const bytes of store.log(key)) {
    const record = decodeRecord(bytes, key, position);
    try {
      if (counts?.(record) !== false) apply(record);
    } catch (error) {
      throw journalDamaged(key, `record ${position} contradicts those before it`, error);
    }
    position += 1;
  }

  const encoder = new TextEncoder();
  const write = (record: JournalRecord, sync: boolean, replace: boolean): Promise<void> =>
    store.append(key, encoder.encode(canonicalJson(record as unknown as Json)), {
      sync,
      replace,
      ...(lease === undefined ? {} : { lease }),
    });

  return {
    key,
    get task() {
      return state.task;
    },
    get nextAttempt() {
      return state.runsSinceSuccess + 1;
    },
    get successes() {
      return state.successes;
    },
    get lastRun() {
      return state.lastRun;
    },
    get createdAt() {
      return state.createdAt;
    },
    get updatedAt() {
      return state.updatedAt;
    },
    committed,
    prepared,
    checks,
    choices,
    get lastChecks() {
      return lastChecks;
    },
    async append(record, { sync = true } = {}) {
      await write(record, sync, false);
      apply(record);
    },
    async compact(at) {
      // What a log of the same meaning needs: three records of its own, and some three for each step.
      if (state.task === undefined || state.records < leastRecords + 6 * steps.size) return;
      const snapshot: SnapshotRecord = {
        type: 'snapshot',
        formatVersion: journalVersion,
        task: state.task,
        runsSinceSuccess: state.runsSinceSuccess,
        successes: state.successes,
        committed: [...committed].map(([step, { append, settled, writers }]) => ({
          step,
          append,
          settled,
          writers: [...writers].map(([writer, manifest]) => ({ writer, manifest })),
        })),
        prepared: Object.fromEntries(prepared),
        ...(checks.size === 0 ? {} : { checks: [...checks.values()], lastChecks }),
        ...(choices.size === 0 ? {} : { choices: [...choices] }),
        stages: part?.snapshot() ?? null,
        lastRun: state.lastRun,
        createdAt: state.createdAt,
        updatedAt: state.updatedAt,
        at,
      };
      await write(snapshot, true, true);
      state.records = 1;
    },
  };
}

function begun({ runId, attempt, pipelineFingerprint, at }: RunBegunRecord): LastRun {
  return Object.freeze({ runId, attempt, pipelineFingerprint, begunAt: at });
}

function ended(last: LastRun | undefined, record: RunEndedRecord): LastRun | undefined {
  const { runId, status, partial, error, at } = record;
  return last?.runId === runId ? Object.freeze({ ...last, endedAt: at, status, partial, error }) : last;
}

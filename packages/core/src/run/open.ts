import type { Table } from 'apache-arrow';
import type { CheckedRecord, CheckResult } from '../checkpoint/check-result.ts';
import { openJournal } from '../checkpoint/journal.ts';
import type { Components, Manifest } from '../checkpoint/manifest.ts';
import { readFailingRows } from '../checkpoint/failing-rows.ts';
import { readParts } from '../checkpoint/parts.ts';
import { readRows } from '../checkpoint/read-rows.ts';
import type { JournalRecord, LastRun } from '../checkpoint/journal-record.ts';
import type { BoundSql, EngineCallOptions, TableRef } from '../engine/engine.ts';
import { querySpace } from '../engine/query-space.ts';
import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import { checkpointNotFound } from '../errors/run-errors.ts';
import { unknownTask } from '../errors/task-errors.ts';
import { checkKeys } from '../pipeline/check.ts';
import type { Receipt, SinkConnector } from '../pipeline/connector.ts';
import { lex } from '../pipeline/lexer.ts';
import { isSql, type Sql } from '../pipeline/sql.ts';
import type { Column, ReadOptions } from '../pipeline/table.ts';
import { correlationPrefix, taskJournalKey } from '../store/keys.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { bindChunks } from './bind.ts';
import type { RunnerParts } from './session.ts';
import { writeAnswer, type WriteParts } from './write-answer.ts';

/** How `runner.open` opens. */
export interface OpenOptions {
  /** Whose task it is; needed only where several pipelines have one of the correlation id. */
  readonly pipeline?: string | undefined;
  /** The tables as this run of the task left them, as far as its log and the store still have them. @default as they are now */
  readonly runId?: string | undefined;
}

/** A run of a task, as its log tells of it. */
export interface OpenedRun {
  readonly runId: string;
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly begunAt: string;
  /** ISO 8601, UTC; undefined while it goes on, and for good when it was killed. */
  readonly endedAt: string | undefined;
  readonly status: 'success' | 'failed' | 'canceled' | undefined;
}

/** How a query of an opened task is asked. */
export interface AskOptions {
  /** Stops it within a second; it rejects with `canceled`. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer that stays in the engine. */
export interface KeptAnswer {
  /** What later queries call it. */
  readonly name: string;
  readonly rows: number;
  /** With the engine's own types. */
  readonly columns: readonly Column[];
  /** Lets go of it; also done when the task is closed. Idempotent. */
  drop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How an answer is written. */
export interface WriteOptions extends AskOptions {
  /** Told how far it is, in units of the connector's choice: rows, for files. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined;
}

/** What is stored of a step's table. */
export interface StoredTable {
  readonly step: string;
  readonly rows: number;
  /** Of Arrow IPC. */
  readonly bytes: number;
  readonly columns: readonly Column[];
  readonly contentHash: string;
  readonly fingerprint: string;
  /** What the fingerprint is made of. */
  readonly components: Components;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly runId: string;
}

/** How a check of a step came out last. */
export interface StoredCheck extends Pick<
  CheckResult,
  'check' | 'checkType' | 'severity' | 'status' | 'rows' | 'failing' | 'message' | 'metrics' | 'startedAt'
> {
  /** How many of the rows that fail are kept, and in which columns. */
  readonly kept: { readonly rows: number; readonly columns: readonly Column[] } | null;
  readonly runId: string;
}

/** The tables of a task as they were stored when it was opened, or as one of its runs left them, whatever became of the process that made them. */
export interface OpenedTask {
  readonly pipeline: string;
  readonly correlationId: string;
  /** The task's runs that its log tells of, the oldest first. A long log is written anew now and then, and names the last one only. */
  readonly runs: readonly OpenedRun[];
  /** By step, in the order in which they were committed. Sinks, effects and steps without checkpoints have no table. */
  readonly steps: ReadonlyMap<string, StoredTable>;
  /** By step, how its checks came out last, whether it was committed or not; steps without checks are not in it. */
  readonly checks: ReadonlyMap<string, readonly StoredCheck[]>;
  /**
   * The first of the rows that failed a check when it came out last; needs no engine.
   *
   * @param check Its name.
   * @throws CairnError `checkpoint_not_found` when there are none, `checkpoint_damaged`, `invalid_argument`
   */
  failingRows(step: string, check: string, options?: ReadOptions): Promise<Table>;
  /**
   * A step's table, or a part of it, verified; needs no engine. Types that Arrow lacks (HUGEINT, UUID, ENUM, BIT,
   * TIMETZ) come as text.
   *
   * @throws CairnError `checkpoint_not_found`, `checkpoint_damaged`, `invalid_argument`
   */
  table(step: string, options?: ReadOptions): Promise<Table>;
  /**
   * Answers SQL over the steps' tables, which go by the steps' names. Those that it names are loaded into the engine and
   * stay there until `close`.
   *
   * @param query Text, or a fragment with values.
   * @throws CairnError `sql_failed`, `checkpoint_damaged`, `invalid_argument`, `already_closed`, `canceled`
   */
  query(query: string | Sql, options?: AskOptions): Promise<Table>;
  /**
   * Answers SQL as `query` does, and keeps the answer in the engine, where later queries know it by a name: for answers that are too large to
   * be handed over whole, or that are asked again and again. A row's `rowid` is its place, from 0, so that any page of it is found at once.
   *
   * @param name None of a step, nor of an answer that is kept already; without regard to case.
   * @throws CairnError as `query` does
   * @example
   * await using late = await opened.keep('late', 'select * from flights where delay > 60 order by delay desc');
   * const page = await opened.query(`from late where rowid >= ${late.rows - 100}`);
   */
  keep(name: string, query: string | Sql, options?: AskOptions): Promise<KeptAnswer>;
  /**
   * Answers SQL as `query` does, and writes the answer with a sink's connector, slice by slice. It is no run: nothing is
   * recorded, and nothing keeps the receipt that it resolves to.
   *
   * @throws CairnError as `query` does, and as the connector does; `secret_not_found`
   * @example
   * await opened.write('from flights order by delay', toCsv({ handle }), { signal });
   */
  write(query: string | Sql, sink: SinkConnector<never>, options?: WriteOptions): Promise<Receipt>;
  /** Drops what `query` and `keep` have put into the engine. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What opening a task needs of its runner. */
export type OpenParts = WriteParts & Pick<RunnerParts, 'uuid'>;

/** @throws CairnError `unknown_task`, `invalid_id`, `invalid_argument`, `journal_damaged`, `unsupported_format` */
export async function openTask(
  parts: OpenParts,
  correlationId: string,
  options: OpenOptions = {},
): Promise<OpenedTask> {
  checkKeys('open', options, ['pipeline', 'runId'], 'option');
  const { store, engine, uuid } = parts;
  const pipeline = await pipelineOf(store, correlationId, options.pipeline);
  const runs = runsUntil(options.runId);
  const journalKey = taskJournalKey(correlationId, pipeline);
  const { committed, checks } = await openJournal(store, journalKey, { counts: runs.take });
  if (options.runId !== undefined) runs.checkIsThere(`the task '${correlationId}' of pipeline '${pipeline}'`);
  const manifests = new Map<string, Manifest>();
  for (const [step, { writers }] of committed) {
    const manifest = writers.get('');
    if (manifest?.contentHash !== undefined) manifests.set(step, manifest);
  }
  const manifestOf = (step: string): Manifest => {
    const manifest = manifests.get(step);
    if (manifest !== undefined) return manifest;
    const where = `stands in the task '${correlationId}' of pipeline '${pipeline}'`;
    throw checkpointNotFound(step, where, [...manifests.keys()]);
  };

  const what = `The task '${correlationId}' that was opened`;
  const space = querySpace(engine, `open_${uuid().replaceAll('-', '')}`, what, (step, table) => {
    const manifest = manifestOf(step);
    return engine.importParts(table, manifest.columns, readParts(store, manifest), { own: true });
  });
  /** Names of answers, by what they are without regard to case. */
  const kept = new Map<string, string>();
  const bound = (query: string | Sql): { readonly query: BoundSql; readonly tables: readonly string[] } => {
    const found = bindQuery(query, (step) => {
      manifestOf(step);
      return space.ref(step);
    });
    const asked = new Set(namesOf(found).map((name) => name.toLowerCase()));
    const tables = [...manifests.keys(), ...kept.values()].filter((name) => asked.has(name.toLowerCase()));
    return { query: found, tables };
  };
  const keep = async (
    name: string,
    query: string | Sql,
    { signal }: AskOptions = {},
  ): Promise<KeptAnswer> => {
    const { query: asked, tables } = bound(query);
    const key = name.toLowerCase();
    kept.set(key, name);
    const forget = (): void => void kept.delete(key);
    try {
      const { rows, columns } = await space.keep(name, asked, tables, given(signal));
      const drop = async (): Promise<void> => {
        if (kept.get(key) !== name) return;
        forget();
        await space.drop(name);
      };
      return Object.freeze({ name, rows, columns, drop, [Symbol.asyncDispose]: drop });
    } catch (error) {
      forget();
      throw error;
    }
  };

  return Object.freeze({
    pipeline,
    correlationId,
    runs: runs.list,
    steps: new Map([...manifests].map(([step, manifest]) => [step, storedTable(step, manifest)])),
    checks: new Map([...checks].map(([step, { last }]) => [step, storedChecks(last)])),
    async failingRows(step: string, check: string, read?: ReadOptions) {
      const last = checks.get(step)?.last;
      const known = last?.results.map((one) => one.check);
      const result = last?.results.find((one) => one.check === check);
      const found = last && result?.failingRows && { kept: result.failingRows, at: last.at };
      return readFailingRows(store, { step, check, known }, found, read);
    },
    async table(step: string, read?: ReadOptions) {
      const manifest = manifestOf(step);
      return readRows(step, manifest.columns, readParts(store, manifest), read);
    },
    async query(query: string | Sql, { signal }: AskOptions = {}) {
      const { query: asked, tables } = bound(query);
      return space.query(asked, tables, given(signal));
    },
    async keep(name: string, query: string | Sql, options?: AskOptions) {
      const taken = [...manifests.keys(), ...kept.values()];
      if (typeof name !== 'string' || name === '')
        throw invalidArgument('keep', `the name is ${describe(name)}`);
      if (taken.some((one) => one.toLowerCase() === name.toLowerCase()))
        throw invalidArgument('keep', `there is a table '${name}' already`);
      return keep(name, query, options);
    },
    async write(query: string | Sql, sink: SinkConnector, { signal, onProgress }: WriteOptions = {}) {
      await using answer = await keep(`cairn write ${uuid()}`, query, { signal });
      const table = space.ref(answer.name);
      return await writeAnswer(parts, { ...answer, table }, sink, { pipeline, signal, onProgress });
    },
    close: () => space.close(),
    [Symbol.asyncDispose]: () => space.close(),
  });
}

const given = (signal: AbortSignal | undefined): EngineCallOptions =>
  signal === undefined ? {} : { signal };

/** The runs of a task, and of which records its state after one of them is made. */
function runsUntil(wanted: string | undefined): {
  readonly list: readonly OpenedRun[];
  take(record: JournalRecord): boolean;
  checkIsThere(where: string): void;
} {
  const list: OpenedRun[] = [];
  let [isThere, isOver] = [false, false];
  const begin = ({ runId, attempt, begunAt, endedAt, status }: LastRun): void => {
    list.push({ runId, attempt, begunAt, endedAt, status });
    // What is done between two runs, such as forgetting, counts for the one before.
    isOver ||= isThere;
    isThere ||= runId === wanted;
  };
  return {
    list,
    take(record) {
      if (record.type === 'run_begun') begin({ ...record, begunAt: record.at });
      if (record.type === 'snapshot' && record.lastRun !== undefined) begin(record.lastRun);
      const last = list.at(-1);
      if (record.type === 'run_ended' && last?.runId === record.runId)
        list[list.length - 1] = { ...last, endedAt: record.at, status: record.status };
      return !isOver;
    },
    checkIsThere(where) {
      if (isThere) return;
      const known = list.map(({ runId }) => runId);
      throw invalidArgument('open', `the log of ${where} does not tell of a run '${wanted}'`, wanted, known);
    },
  };
}

function bindQuery(query: string | Sql, ref: (step: string) => TableRef): BoundSql {
  if (typeof query === 'string') return { parts: [{ kind: 'text', text: query }] };
  if (!isSql(query)) throw invalidArgument('query', 'takes SQL as text, or sql`...`');
  return { parts: bindChunks(query.chunks, ref) };
}

/** Whatever in a query may be the name of a table. */
function namesOf({ parts }: BoundSql): readonly string[] {
  return parts.flatMap((part) =>
    part.kind === 'text' ? namesIn(part.text) : part.kind === 'table' ? [part.table.name] : [],
  );
}

function storedChecks({ results, runId }: CheckedRecord): readonly StoredCheck[] {
  return Object.freeze(
    results.map(({ digest: _digest, durationMs: _durationMs, failingRows, ...facts }) => {
      const kept = failingRows && { rows: failingRows.rows, columns: failingRows.columns };
      return Object.freeze({ ...facts, kept, runId });
    }),
  );
}

/** The pipeline whose task has this correlation id. */
async function pipelineOf(
  store: ObjectStore,
  correlationId: string,
  given: string | undefined,
): Promise<string> {
  const prefix = correlationPrefix(correlationId);
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) {
    const [pipeline = '', file] = key.slice(prefix.length).split('/');
    if (file === 'journal') found.push(pipeline);
  }
  if (given !== undefined) {
    if (!found.includes(given)) throw unknownTask(correlationId, given, found);
    return given;
  }
  const [only, ...others] = found;
  if (only === undefined) throw unknownTask(correlationId, undefined, await correlationIds(store));
  if (others.length === 0) return only;
  throw invalidArgument(
    'open',
    `'${correlationId}' has tasks of the pipelines ${found.map((name) => `'${name}'`).join(', ')}: say which, with the option 'pipeline'`,
  );
}

async function correlationIds(store: ObjectStore): Promise<string[]> {
  const ids = new Set<string>();
  for await (const { key } of store.list('correlations/')) ids.add(key.split('/')[1] ?? '');
  return [...ids];
}

function namesIn(text: string): string[] {
  return lex(text).tokens.flatMap(({ kind, text: written }) => {
    if (kind === 'word') return [written];
    return kind === 'quoted' ? [written.slice(1, -1).replaceAll('""', '"')] : [];
  });
}

function storedTable(step: string, manifest: Manifest): StoredTable {
  const { rows, bytes, columns, contentHash = '', fingerprint, components, createdAt, runId } = manifest;
  return Object.freeze({
    step,
    rows,
    bytes,
    columns,
    contentHash,
    fingerprint,
    components,
    createdAt,
    runId,
  });
}

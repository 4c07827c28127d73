import type { Table } from 'apache-arrow';
import type { CheckedRecord, CheckResult } from '../checkpoint/check-result.ts';
import { openJournal } from '../checkpoint/journal.ts';
import type { Components, Manifest } from '../checkpoint/manifest.ts';
import { readFailingRows } from '../checkpoint/failing-rows.ts';
import { readParts } from '../checkpoint/parts.ts';
import { readRows } from '../checkpoint/read-rows.ts';
import type { BoundSql, Engine } from '../engine/engine.ts';
import { querySpace } from '../engine/query-space.ts';
import { invalidArgument } from '../errors/pipeline-errors.ts';
import { checkpointNotFound } from '../errors/run-errors.ts';
import { unknownTask } from '../errors/task-errors.ts';
import { checkKeys } from '../pipeline/check.ts';
import { lex } from '../pipeline/lexer.ts';
import { isSql, type Sql } from '../pipeline/sql.ts';
import type { Column, ReadOptions } from '../pipeline/table.ts';
import { correlationPrefix, taskJournalKey } from '../store/keys.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { bindChunks } from './bind.ts';

/** How `runner.open` opens. */
export interface OpenOptions {
  /** Whose task it is; needed only where several pipelines have one of the correlation id. */
  readonly pipeline?: string | undefined;
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

/** The tables of a task as they were stored when it was opened, whatever became of the process that made them. */
export interface OpenedTask {
  readonly pipeline: string;
  readonly correlationId: string;
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
   * @throws CairnError `sql_failed`, `checkpoint_damaged`, `invalid_argument`, `already_closed`
   */
  query(query: string | Sql): Promise<Table>;
  /** Drops what `query` has loaded. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What opening a task needs of its runner. */
export interface OpenParts {
  readonly store: ObjectStore;
  readonly engine: Engine;
  readonly uuid: () => string;
}

/** @throws CairnError `unknown_task`, `invalid_id`, `invalid_argument`, `journal_damaged`, `unsupported_format` */
export async function openTask(
  { store, engine, uuid }: OpenParts,
  correlationId: string,
  options: OpenOptions = {},
): Promise<OpenedTask> {
  checkKeys('open', options, ['pipeline'], 'option');
  const pipeline = await pipelineOf(store, correlationId, options.pipeline);
  const { committed, checks } = await openJournal(store, taskJournalKey(correlationId, pipeline));
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
  const bound = (query: string | Sql): BoundSql => {
    if (typeof query === 'string') return { parts: [{ kind: 'text', text: query }] };
    if (!isSql(query)) throw invalidArgument('query', 'takes SQL as text, or sql`...`');
    return {
      parts: bindChunks(query.chunks, (step) => {
        manifestOf(step);
        return space.ref(step);
      }),
    };
  };

  return Object.freeze({
    pipeline,
    correlationId,
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
    async query(query: string | Sql) {
      const { parts } = bound(query);
      const named = parts.flatMap((part) =>
        part.kind === 'text' ? namesIn(part.text) : part.kind === 'table' ? [part.table.name] : [],
      );
      const asked = new Set(named.map((name) => name.toLowerCase()));
      return space.query(
        { parts },
        [...manifests.keys()].filter((step) => asked.has(step.toLowerCase())),
      );
    },
    close: () => space.close(),
    [Symbol.asyncDispose]: () => space.close(),
  });
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

/** Whatever in a text of SQL may be the name of a table. */
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

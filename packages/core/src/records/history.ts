import type { Table } from 'apache-arrow';
import type { KeptRows } from '../checkpoint/check-result.ts';
import { readFailingRows } from '../checkpoint/failing-rows.ts';
import { tableOfStreams } from '../checkpoint/arrow-tables.ts';
import { streamOfColumns } from '../checkpoint/row-tables.ts';
import type { BoundSqlPart, Engine } from '../engine/engine.ts';
import { querySpace } from '../engine/query-space.ts';
import { invalidArgument } from '../errors/pipeline-errors.ts';
import { alreadyClosed } from '../errors/store-errors.ts';
import type { Logger } from '../events/logger.ts';
import { isSql, type Sql } from '../pipeline/sql.ts';
import type { ReadOptions } from '../pipeline/table.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { RecordKind } from './record.ts';
import { decodeRecords, type StoredRow } from './record-file.ts';
import { recordKinds, recordSchema, recordTableName } from './schema.ts';

/** All runs that were recorded when it was opened, to be asked in SQL. */
export interface History {
  /** Keys of files of records that cannot be read; what is in them is missing. */
  readonly damaged: readonly string[];
  /**
   * Answers a query over the tables `pipeline_runs`, `process_runs`, `step_runs` and `check_runs`, whose columns `recordSchema` gives.
   * The first one starts the engine.
   *
   * @param query DuckDB's SQL; a fragment of `sql` where there are values to bind.
   * @throws CairnError `sql_failed`, `invalid_argument`, and `already_closed` after `close` of this or of its runner
   * @example
   * const slow = await history.query('select step, max(duration_ms) from step_runs group by step order by 2 desc');
   */
  query(query: string | Sql): Promise<Table>;
  /**
   * A whole table of records, those that began last first; needs no engine. Its name and columns are those of `recordTableName` and
   * `recordSchema`.
   *
   * @throws CairnError `unknown_record`
   * @example
   * const runs = await history.table('pipeline');
   */
  table(kind: RecordKind): Promise<Table>;
  /**
   * The first of the rows that failed a check in a run, the last time that it was evaluated there. They are there for as
   * long as the task's log names them, and until they are collected.
   *
   * @param stepRunId `step_run_id` of `check_runs`.
   * @param check `check_name`.
   * @throws CairnError `checkpoint_not_found`, `checkpoint_damaged`, `invalid_argument`
   */
  failingRows(stepRunId: string, check: string, options?: ReadOptions): Promise<Table>;
  /** Drops the tables. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a history is made of. */
export interface HistoryParts {
  readonly store: ObjectStore;
  readonly engine: Engine;
  readonly logger: Logger;
  /** For its tables in the engine: letters, digits and underscores. */
  readonly namespace: string;
  /** Aborted when the runner is closed. */
  readonly closing: AbortSignal;
}

/** How many files are read at a time. */
const readsAtOnce = 16;

/** Reads all records. @throws CairnError `unsupported_format` */
export async function openHistory({
  store,
  engine,
  logger,
  namespace,
  closing,
}: HistoryParts): Promise<History> {
  const damaged: string[] = [];
  const streams = new Map<RecordKind, Uint8Array>();
  let runs: ReadonlySet<string> | undefined;
  const kept = new Map<string, StoredRow>();
  // The pipelines' come first: their files are written last, so of the runs that are there now the others are, too.
  for (const kind of recordKinds) {
    const rows: StoredRow[] = [];
    const files = await readTable(store, kind, runs);
    runs ??= new Set([...files.keys()].map(fileName));
    for (const [key, found] of files) {
      if (found === undefined) {
        damaged.push(key);
        logger.warn({ key }, 'a file of records is damaged, and what is in it is missing');
      } else for (const row of found) rows.push(row);
    }
    if (kind === 'check')
      for (const row of rows) if (row['failing_rows'] !== null) kept.set(keptKey(row), row);
    streams.set(kind, await streamOfRows(kind, rows));
  }

  const space = querySpace(engine, namespace, 'The history', (name, table) => {
    const kind = recordKinds.find((one) => recordTableName(one) === name) as RecordKind;
    const parts = [streams.get(kind) as Uint8Array];
    return engine.importParts(table, recordSchema(kind), parts, { signal: anew(closing) });
  });
  // What an engine that is closed holds is gone.
  const close = async (): Promise<void> => (closing.aborted ? undefined : space.close());
  return Object.freeze({
    damaged,
    async table(kind: RecordKind) {
      recordSchema(kind);
      return tableOfStreams([streams.get(kind) as Uint8Array]);
    },
    async failingRows(stepRunId: string, check: string, options?: ReadOptions) {
      const row = kept.get(keptKey({ step_run_id: stepRunId, check_name: check }));
      const found = row && {
        kept: JSON.parse(String(row['failing_rows'])) as KeptRows,
        at: String(row['started_at']),
      };
      const step = String(row?.['step'] ?? stepRunId);
      return readFailingRows(store, { step, check }, found, options);
    },
    async query(query: string | Sql) {
      const parts = partsOf(query);
      if (closing.aborted) throw alreadyClosed('The runner');
      return space.query({ parts }, recordKinds.map(recordTableName), { signal: anew(closing) });
    },
    close,
    [Symbol.asyncDispose]: close,
  });
}

const keptKey = (row: StoredRow): string => JSON.stringify([row['step_run_id'], row['check_name']]);

/** A signal to be listened to: Node warns of more than ten listeners on one. */
function anew(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal]);
}

const fileName = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/**
 * What stands in the files of a table, in the order of their keys; undefined for a damaged one.
 *
 * @param runs Names of the files to read. @default all
 */
async function readTable(
  store: ObjectStore,
  kind: RecordKind,
  runs?: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly StoredRow[] | undefined>> {
  const keys: string[] = [];
  for await (const { key } of store.list(`records/${recordTableName(kind)}/`))
    if (runs === undefined || runs.has(fileName(key))) keys.push(key);
  const found = new Map<string, readonly StoredRow[] | undefined>(keys.map((key) => [key, undefined]));
  const left = keys.values();
  const read = async (): Promise<void> => {
    for (const key of left) {
      const bytes = await store.get(key);
      // What was removed meanwhile was never there.
      if (bytes === undefined) found.delete(key);
      else found.set(key, decodeRecords(kind, bytes));
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, read));
  return found;
}

/** The last first. */
function streamOfRows(kind: RecordKind, rows: readonly StoredRow[]): Promise<Uint8Array> {
  return streamOfColumns(
    recordSchema(kind),
    rows
      .map((row) => ({ ...row, started_at: Date.parse(String(row['started_at'])) }))
      .toSorted((one, other) => other.started_at - one.started_at),
  );
}

function partsOf(query: string | Sql): readonly BoundSqlPart[] {
  if (typeof query === 'string') return [{ kind: 'text', text: query }];
  if (!isSql(query)) throw invalidArgument('history.query', 'takes SQL as text, or sql`...`');
  return query.chunks.map((chunk): BoundSqlPart => {
    if (chunk.kind === 'text' || chunk.kind === 'identifier' || chunk.kind === 'value') return chunk;
    throw invalidArgument('history.query', `its SQL can hold values, but no ${chunk.kind}`);
  });
}

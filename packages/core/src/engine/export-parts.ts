import { engineFailed } from '../errors/engine-errors.ts';
import { encode, storedType } from './column-codec.ts';
import { isExact, parseType } from './column-type.ts';
import type { Connection } from './connection.ts';
import type { StartRequest } from './duckdb-like.ts';
import type { Part, TableRef } from './engine.ts';
import { summarizeStream } from './ipc-stream.ts';
import { quoteName } from './literal.ts';
import type { MadeTable } from './made-tables.ts';
import { tableName } from './table-info.ts';
import { vectorKinds } from './vector-kinds.ts';

/*
 * Format v1: a part is the schema message, record batches, the end marker. A batch is one vector of DuckDB's scan,
 * 2,048 rows (fewer at the end of a table), and a part ends with the first batch that brings its batches to 16 MiB.
 * So where a table is cut follows from its rows and their order alone.
 */
const partBytes = 16 * 2 ** 20;

/** To read vectors takes a few statements more, and the first batch twice, which is worth it from so many rows on. */
const vectorsFrom = 30_000;

/** Reads a table's parts, one after the other; undefined after the last. */
interface PartReader {
  next(): Promise<Part | undefined>;
}

interface StoredForm {
  readonly query: string;
  /** See `StartRequest.vectors`. */
  readonly vectors: StartRequest['vectors'];
}

/**
 * The query that gives a table in its stored form. A nested or composed column is first kept in a temporary table:
 * an expression leaves freed memory in the slots of nulls, and a table does not.
 */
async function storedForm(connection: Connection, table: TableRef, made: MadeTable): Promise<StoredForm> {
  const kinds = made.rows >= vectorsFrom ? vectorKinds(made.columns.map(({ type }) => type)) : undefined;
  const vectors = kinds && { kinds, rows: made.rows };
  const columns = made.columns.map(({ name, type }) => ({ name, type: parseType(type) }));
  if (columns.every((column) => isExact(column.type))) return { query: `from ${tableName(table)}`, vectors };
  const selected = columns.map(({ name, type }) => `${encode(quoteName(name), type)} as ${quoteName(name)}`);
  const query = `select ${selected.join(', ')} from ${tableName(table)}`;
  if (columns.every(({ type }) => isExact(type) || storedType(type) === 'VARCHAR')) return { query, vectors };
  connection.spoil();
  await connection.run(`create temp table cairn_stored as ${query}`);
  return { query: 'from temp.cairn_stored', vectors: undefined };
}

/**
 * Starts to read a table of which this is known. The connection is the reader's until it is closed. `lend` is for whoever
 * releases each part.
 */
export async function readParts(
  connection: Connection,
  table: TableRef,
  made: MadeTable,
  lend: boolean,
): Promise<PartReader> {
  const expected = made.rows;
  const { query, vectors } = await storedForm(connection, table, made);
  const streams = connection.streams(query, partBytes, { lend, ...(vectors && { vectors }) });
  let [exported, parts] = [0, 0];
  return {
    async next() {
      const { value: bytes } = await streams.next();
      const { rows } = bytes ? summarizeStream(bytes) : { rows: 0 };
      exported += rows;
      if (!bytes && exported !== expected) {
        throw engineFailed(`table '${table.name}' has ${expected} rows, but ${exported} were exported`);
      }
      parts++;
      // A table may end where a part does.
      if (!bytes || (rows === 0 && parts > 1)) return undefined;
      // An instance that has ended has no use for it.
      const release = (memory = bytes): void => void connection.db.recycle?.(memory).catch(() => undefined);
      return { bytes, rows, release };
    },
  };
}

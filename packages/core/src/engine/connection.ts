import type { Table } from 'apache-arrow';
import type { DuckDbLike } from './duckdb-like.ts';
import { fetchStreams } from './fetch-streams.ts';

/** A row of a small answer, by column name. */
type Row = Readonly<Record<string, unknown>>;

/** The rows of a small table. */
export function toRows(table: Table): Row[] {
  return table.toArray().map((row: { toJSON(): Row }) => row.toJSON());
}

/** One connection, used for one call and then closed, with whatever ends a statement early. */
export interface Connection {
  readonly db: DuckDbLike;
  readonly number: number;
  /** Runs a small statement that cannot be cancelled. */
  execute(text: string): Promise<void>;
  /** Runs a small query that cannot be cancelled, for its rows. */
  rows(text: string): Promise<Row[]>;
  /** Runs a statement to its end. */
  run(text: string): Promise<void>;
  /**
   * Runs a query; gives its answer as IPC streams, at least one. Each has whole batches, the last of which brings them to
   * `enough` bytes; only the last stream may have less, and may have none.
   */
  streams(text: string, enough: number): AsyncGenerator<Uint8Array, void, undefined>;
  /** Runs a query for its whole answer. */
  table(text: string): Promise<Table>;
  /** Throws the signal's reason once it is aborted. */
  check(): void;
  close(): Promise<void>;
}

/** Opens a connection whose statements end when the signal is aborted. */
export async function connect(db: DuckDbLike, signal: AbortSignal | undefined): Promise<Connection> {
  const number = await db.connectInternal();
  const check = (): void => signal?.throwIfAborted();

  const start = async (text: string): Promise<Uint8Array> => {
    check();
    let schema = await db.startPendingQuery(number, text, true);
    while (schema === null) {
      if (signal?.aborted === true) await db.cancelPendingQuery(number);
      check();
      schema = await db.pollPendingQuery(number);
    }
    return schema;
  };

  async function* streams(text: string, enough: number): AsyncGenerator<Uint8Array, void, undefined> {
    yield* fetchStreams(db, number, { schema: await start(text), enough, check });
  }

  return {
    db,
    number,
    check,
    async execute(text) {
      await db.runQuery(number, text);
    },
    async rows(text) {
      const { tableFromIPC } = await import('apache-arrow');
      return toRows(tableFromIPC(await db.runQuery(number, text)));
    },
    async run(text) {
      for await (const stream of streams(text, Infinity)) void stream;
    },
    streams,
    async table(text) {
      const { tableFromIPC } = await import('apache-arrow');
      const { value } = await streams(text, Infinity).next();
      return tableFromIPC(value);
    },
    // A connection to an instance that has gone is closed already.
    close: () => db.disconnect(number).catch(() => undefined),
  };
}

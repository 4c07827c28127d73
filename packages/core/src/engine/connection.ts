import type { Table } from 'apache-arrow';
import type { DuckDbLike } from './duckdb-like.ts';
import { fetchStreams } from './fetch-streams.ts';

/** A row of a small answer, by column name. */
type Row = Readonly<Record<string, unknown>>;

/** The rows of a small table. */
export function toRows(table: Table): Row[] {
  return table.toArray().map((row: { toJSON(): Row }) => row.toJSON());
}

/** One connection, used for one call, with whatever ends a statement early. */
export interface Connection {
  readonly db: DuckDbLike;
  readonly number: number;
  /** Runs a small statement that cannot be cancelled. */
  execute(text: string): Promise<void>;
  /** Runs a small query that cannot be cancelled, for its rows. */
  rows(text: string): Promise<Row[]>;
  /** Runs a statement to its end. */
  run(text: string): Promise<void>;
  /** Runs a statement that makes a table, or adds to it, to its end; resolves to how many rows it has written. */
  write(text: string): Promise<number>;
  /**
   * Runs a query; gives its answer as IPC streams, at least one. Each has whole batches, the last of which brings them to
   * `enough` bytes; only the last stream may have less, and may have none.
   */
  streams(text: string, enough: number): AsyncGenerator<Uint8Array, void, undefined>;
  /** Runs a query for its whole answer. */
  table(text: string): Promise<Table>;
  /** Throws the signal's reason once it is aborted. */
  check(): void;
  /** Says that something is left on it which no other call may find: a variable, a temporary table, a transaction. */
  spoil(): void;
  /** Ends its use. */
  close(): Promise<void>;
}

/**
 * An open connection, for one call, whose statements end when the signal is aborted.
 *
 * @param closed Called when its use ends. It is clean when every statement on it was run to its end, none failed and none
 *   was cancelled, and nothing is left on it: where that is not certain, it is not.
 */
export function createConnection(
  db: DuckDbLike,
  number: number,
  signal: AbortSignal | undefined,
  closed: (isClean: boolean) => Promise<void>,
): Connection {
  const check = (): void => signal?.throwIfAborted();
  // What fails is never counted as ended.
  let unended = 0;
  let isSpoilt = false;
  let isClosed = false;

  const whole = async <Result>(work: Promise<Result>): Promise<Result> => {
    unended += 1;
    const result = await work;
    unended -= 1;
    return result;
  };

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
    unended += 1;
    yield* fetchStreams(db, number, { schema: await start(text), enough, check });
    unended -= 1;
  }

  const table = async (text: string): Promise<Table> => {
    const { tableFromIPC } = await import('apache-arrow');
    const pieces = streams(text, Infinity);
    const { value } = await pieces.next();
    // There is no other one, and only then the answer is known to have ended.
    await pieces.next();
    return tableFromIPC(value);
  };

  return {
    db,
    number,
    check,
    async execute(text) {
      await whole(db.runQuery(number, text));
    },
    async rows(text) {
      const { tableFromIPC } = await import('apache-arrow');
      return toRows(tableFromIPC(await whole(db.runQuery(number, text))));
    },
    async run(text) {
      for await (const stream of streams(text, Infinity)) void stream;
    },
    async write(text) {
      return Number(toRows(await table(text))[0]?.['Count']);
    },
    streams,
    table,
    spoil() {
      isSpoilt = true;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await closed(unended === 0 && !isSpoilt && signal?.aborted !== true);
    },
  };
}

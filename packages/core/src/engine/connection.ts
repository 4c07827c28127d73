import type { Table } from 'apache-arrow';
import type { DuckDbLike } from './duckdb-like.ts';
import { concat, endOfStream } from './ipc-stream.ts';

/** How many batches are asked for at a time, so that the engine works while this side copies. */
const fetchesAhead = 8;

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
  /** Runs a query; gives its schema, then each batch of at most 2,048 rows, as IPC messages. */
  stream(text: string): AsyncGenerator<Uint8Array, void, undefined>;
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

  async function* batches(): AsyncGenerator<Uint8Array, void, undefined> {
    const fetches: Promise<Uint8Array | null>[] = [];
    try {
      for (;;) {
        while (fetches.length < fetchesAhead) fetches.push(db.fetchQueryResults(number));
        const batch = await fetches.shift();
        check();
        if (batch?.length === 0) return;
        if (batch) yield batch;
      }
    } finally {
      await Promise.allSettled(fetches);
    }
  }

  async function* stream(text: string): AsyncGenerator<Uint8Array, void, undefined> {
    yield await start(text);
    yield* batches();
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
      await start(text);
      for await (const batch of batches()) void batch;
    },
    stream,
    async table(text) {
      const messages: Uint8Array[] = [];
      for await (const message of stream(text)) messages.push(message);
      const { tableFromIPC } = await import('apache-arrow');
      return tableFromIPC(await concat([...messages, endOfStream]));
    },
    // A connection to an instance that has gone is closed already.
    close: () => db.disconnect(number).catch(() => undefined),
  };
}

import type { Table } from 'apache-arrow';
import type { DuckDbLike, StartedStatement, StartRequest } from './duckdb-like.ts';
import { fetchStreams, withinMs } from './fetch-streams.ts';
import { endOfStream } from './ipc-stream.ts';

/** A row of a small answer, by column name. */
type Row = Readonly<Record<string, unknown>>;

/** The rows of a small table. */
export function toRows(table: Table): Row[] {
  return table.toArray().map((row: { toJSON(): Row }) => row.toJSON());
}

/** A statement whose answer has begun. */
interface Begun extends StartedStatement {
  readonly schema: Uint8Array;
}

type Streams = AsyncGenerator<Uint8Array, void, undefined>;

/** How an answer is given. */
export interface StreamsOptions {
  /** For whoever gives each stream to `recycle`: see `BatchRequest.lend`. @default false */
  readonly lend?: boolean;
  /** See `StartRequest.vectors`. */
  readonly vectors?: StartRequest['vectors'];
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
  /**
   * Runs a statement that makes a table, or adds to it, to its end; resolves to how many rows it has written.
   *
   * @param behind A small query that is asked then, and cannot be cancelled; its rows come along. @default none
   */
  write(text: string, behind?: string): Promise<{ readonly rows: number; readonly behind: readonly Row[] }>;
  /**
   * Runs a query; gives its answer as IPC streams, at least one. Each has whole batches, the last of which brings them to
   * `enough` bytes; only the last stream may have less, and may have none.
   */
  streams(text: string, enough: number, options?: StreamsOptions): Streams;
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

  const start = async (
    text: string,
    enough: number,
    { behind, lend, vectors }: StreamsOptions & { readonly behind?: string | undefined } = {},
  ): Promise<Begun> => {
    check();
    unended += 1;
    const request: StartRequest = {
      tail: endOfStream,
      enough,
      withinMs,
      ...(behind !== undefined && { behind }),
      ...(lend === true && { lend }),
      ...(vectors !== undefined && { vectors }),
    };
    let canceling: Promise<unknown> | undefined;
    const cancel = (): void => {
      canceling = db.cancelPendingQuery(number).catch(() => undefined);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      let begun: StartedStatement = db.startAndFetch
        ? await db.startAndFetch(number, text, request)
        : { schema: await db.startPendingQuery(number, text, true) };
      while (begun.schema === null) {
        await canceling;
        check();
        begun =
          db.startAndFetch && db.pollAndFetch
            ? await db.pollAndFetch(number, request)
            : { schema: await db.pollPendingQuery(number) };
      }
      const { schema } = begun;
      return { ...begun, schema };
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  };

  async function* finish(
    { schema, fetched, readsVectors = false }: Begun,
    enough: number,
    lend = false,
  ): Streams {
    yield* fetchStreams(db, number, { schema, fetched, enough, lend, isWhole: readsVectors, check });
    unended -= 1;
  }

  async function* streams(text: string, enough: number, options: StreamsOptions = {}): Streams {
    yield* finish(await start(text, enough, options), enough, options.lend);
  }

  const tableOf = async (begun: Begun): Promise<Table> => {
    const pieces = finish(begun, Infinity);
    const { value } = await pieces.next();
    // There is no other one, and only then the answer is known to have ended.
    await pieces.next();
    const { tableFromIPC } = await import('apache-arrow');
    return tableFromIPC(value);
  };

  const rows = async (text: string): Promise<Row[]> => {
    const { tableFromIPC } = await import('apache-arrow');
    return toRows(tableFromIPC(await whole(db.runQuery(number, text))));
  };

  return {
    db,
    number,
    check,
    async execute(text) {
      await whole(db.runQuery(number, text));
    },
    rows,
    async run(text) {
      for await (const stream of streams(text, Infinity)) void stream;
    },
    async write(text, behind) {
      const begun = await start(text, Infinity, { behind });
      const [written] = toRows(await tableOf(begun));
      const { tableFromIPC } = await import('apache-arrow');
      const answer = begun.behind && toRows(tableFromIPC(begun.behind));
      return {
        rows: Number(written?.['Count']),
        behind: answer ?? (behind === undefined ? [] : await rows(behind)),
      };
    },
    streams,
    async table(text) {
      return tableOf(await start(text, Infinity));
    },
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

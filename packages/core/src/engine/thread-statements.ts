import type { BatchRequest, FetchedBatches, StartedStatement, StartRequest } from './duckdb-like.ts';
import type { PieceRoom } from './part-writer.ts';
import type { VectorStreams } from './vector-streams.ts';

/** DuckDB-WASM as its own thread sees it: each call does its work before it returns. */
export interface StatementSource {
  /** See `DuckDbLike.startPendingQuery`. */
  start(connection: number, text: string): Uint8Array | null;
  /** See `DuckDbLike.pollPendingQuery`. */
  poll(connection: number): Uint8Array | null;
  /** See `DuckDbLike.runQuery`. */
  run(connection: number, text: string): Uint8Array;
  /**
   * Gives the next batch of a started statement to whoever copies it, and says true; false when there is none now, undefined at the
   * end.
   */
  next(connection: number, take: (batch: Uint8Array) => void): boolean | undefined;
  /** Whether the thread is asked for something else meanwhile. @default nobody knows */
  isAsked?(): boolean;
}

/** What the thread does for `DuckDbLike`, by the same names. */
export interface ThreadStatements {
  fetchBatches(connection: number, request: BatchRequest): FetchedBatches;
  startAndFetch(connection: number, text: string, request: StartRequest): StartedStatement;
  pollAndFetch(connection: number, request: StartRequest): StartedStatement;
  endFetching(connection: number): void;
}

/** Most answers are small: more is taken only for those that need it. */
const smallBytes = 2 ** 18;
/**
 * So long a statement is worked on for one message, in milliseconds: others wait, and whoever cancels, where it is not known that they
 * ask. An engine that answers nothing for minutes is taken for lost.
 */
const [workForMs, workAloneForMs] = [60, 200];

/**
 * Makes what gathers the batches of statements: each is copied once, from DuckDB's memory to its place in a part.
 *
 * @param streams What reads plain tables, where that can be done.
 */
export function threadStatements(
  source: StatementSource,
  room: PieceRoom,
  streams: VectorStreams | undefined,
): ThreadStatements {
  const small = new Uint8Array(smallBytes);

  const fetchBatches = (
    connection: number,
    { head, tail, enough, withinMs }: BatchRequest,
  ): FetchedBatches => {
    if (streams?.isReading(connection) === true) return streams.next(connection, withinMs);
    const begun = performance.now();
    let piece: Uint8Array = small;
    let [at, largest, fetched] = [0, 0, 0];
    const giveBack = (): void => {
      if (piece !== small) room.giveBack(piece);
    };
    const add = (bytes: Uint8Array): void => {
      const needed = at + bytes.length + tail.length;
      if (needed > piece.length) {
        // Batches go beyond what is enough by less than one.
        const whole = head.length + enough + 2 * largest + tail.length;
        const larger = room.take(Math.max(needed, Number.isFinite(whole) ? whole : 2 * piece.length));
        larger.set(piece.subarray(0, at));
        giveBack();
        piece = larger;
      }
      piece.set(bytes, at);
      at += bytes.length;
    };
    const finish = (until: FetchedBatches['until']): FetchedBatches => {
      if (until !== 'time') add(tail);
      return { bytes: piece === small ? piece.slice(0, at) : room.give(piece, at), until };
    };
    const take = (batch: Uint8Array): void => {
      largest = Math.max(largest, batch.length);
      add(batch);
      fetched += batch.length;
    };

    add(head);
    try {
      while (fetched < enough) {
        if (source.next(connection, take) === undefined) return finish('end');
        if (fetched < enough && performance.now() - begun > withinMs) return finish('time');
      }
      return finish('enough');
    } catch (error) {
      giveBack();
      throw error;
    }
  };

  /** Begins to read a table's vectors; gives its schema. */
  const beginVectors = (
    connection: number,
    text: string,
    { vectors, tail, enough }: StartRequest,
  ): Uint8Array | undefined => {
    if (!streams || !vectors) return undefined;
    let head = source.start(connection, text);
    while (head === null) head = source.poll(connection);
    let first: Uint8Array | undefined;
    while (first === undefined) {
      if (source.next(connection, (batch) => (first = batch.slice())) === undefined) return undefined;
    }
    return streams.begin(connection, { ...vectors, text, first }, { head, tail, enough }) ? head : undefined;
  };

  /** Goes on with a statement that has no answer yet; with one that has, as far as was asked for. */
  const goOn = (
    connection: number,
    begun: Uint8Array | null,
    { behind, ...request }: StartRequest,
  ): StartedStatement => {
    let schema = begun;
    const until = performance.now() + (source.isAsked ? workAloneForMs : workForMs);
    while (schema === null) {
      if (source.isAsked?.() === true || performance.now() > until) return { schema };
      schema = source.poll(connection);
    }
    const fetched = fetchBatches(connection, { ...request, head: schema });
    if (behind === undefined || fetched.until !== 'end') return { schema, fetched };
    try {
      return { schema, fetched, behind: source.run(connection, behind) };
    } catch {
      // It is asked by itself then, and that fails for its own reason.
      return { schema, fetched };
    }
  };

  return {
    fetchBatches,
    startAndFetch(connection, text, request) {
      streams?.end(connection);
      const head = beginVectors(connection, text, request);
      if (head)
        return { schema: head, readsVectors: true, fetched: fetchBatches(connection, { ...request, head }) };
      return goOn(connection, source.start(connection, text), request);
    },
    pollAndFetch: (connection, request) => goOn(connection, source.poll(connection), request),
    endFetching: (connection) => streams?.end(connection),
  };
}

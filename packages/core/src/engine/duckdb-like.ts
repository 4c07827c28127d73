/** What {@link DuckDbLike.fetchBatches} is asked for. */
export interface BatchRequest {
  /** What stands before the batches. */
  readonly head: Uint8Array;
  /** What stands behind them, unless there was no time for all. */
  readonly tail: Uint8Array;
  /** Batches are fetched until they have so many bytes. */
  readonly enough: number;
  /** No further batch is fetched after so many milliseconds, for other calls wait meanwhile. */
  readonly withinMs: number;
  /** The bytes may be memory that threads share, which is used again once they are given to `recycle`. @default false */
  readonly lend?: boolean;
}

/** Batches in one piece. */
export interface FetchedBatches {
  readonly bytes: Uint8Array;
  /** Why there are no more in it: they were enough, the answer has ended, or the time was over; then there may be none. */
  readonly until: 'enough' | 'end' | 'time';
}

/** What {@link DuckDbLike.startAndFetch} is asked for; before the batches stands the answer's schema. */
export interface StartRequest extends Omit<BatchRequest, 'head'> {
  /** A small statement that is run behind, when the answer has ended. @default none */
  readonly behind?: string;
  /**
   * That the statement does nothing but read a table of so many rows, and how its columns lie in vectors: see `vectorKinds`. Where
   * the engine's side can, it reads these itself, to the same bytes. @default it is any statement
   */
  readonly vectors?: { readonly kinds: Uint8Array; readonly rows: number };
}

/** How far a statement has come in one message. */
export interface StartedStatement {
  /** The answer's schema as an IPC message; null as long as there is none: the statement is to be polled. */
  readonly schema: Uint8Array | null;
  /** Whether vectors are read: see `StartRequest.vectors`. @default false */
  readonly readsVectors?: boolean;
  /** The answer's first batches, where there is an answer. */
  readonly fetched?: FetchedBatches;
  /** The answer to the statement behind, an Arrow IPC file. Left out where it did not come to that, or failed: then it is to be asked. */
  readonly behind?: Uint8Array;
}

/**
 * The few methods of DuckDB-WASM's `AsyncDuckDB` that the engine uses, so that it takes whatever has them: the class
 * itself in a browser, a worker thread's stand-in in Node. Every buffer given away is taken over by the callee.
 */
export interface DuckDbLike {
  /** Opens a connection and gives its number. */
  connectInternal(): Promise<number>;
  /** Closes a connection; what it had not committed is undone. */
  disconnect(connection: number): Promise<void>;
  /** Runs a small statement to its end; the answer is an Arrow IPC file. */
  runQuery(connection: number, text: string): Promise<Uint8Array>;
  /** Starts a statement; null as long as there is no answer, then the schema as an IPC message. */
  startPendingQuery(
    connection: number,
    text: string,
    allowStreamResult?: boolean,
  ): Promise<Uint8Array | null>;
  /** Works on the started statement for a short while. */
  pollPendingQuery(connection: number): Promise<Uint8Array | null>;
  /** Ends the started statement. */
  cancelPendingQuery(connection: number): Promise<boolean>;
  /** The next record batch as an IPC message; empty at the end, null to ask again. */
  fetchQueryResults(connection: number): Promise<Uint8Array | null>;
  /**
   * The next record batches in one message, which spares a message for each. Left out where there is nothing that could
   * gather them on the other side; they are then asked for one by one.
   */
  fetchBatches?(connection: number, request: BatchRequest): Promise<FetchedBatches>;
  /**
   * Starts a statement as `startPendingQuery` does, and goes on as `fetchBatches` would where it has an answer at once: for a
   * small statement a message costs as much as its work. Left out where there is nothing on the other side that could.
   */
  startAndFetch?(connection: number, text: string, request: StartRequest): Promise<StartedStatement>;
  /**
   * Works on the started statement as `pollPendingQuery` does, as long as nobody asks for anything else or some time has passed, and
   * goes on as `startAndFetch` would. There where that is.
   */
  pollAndFetch?(connection: number, request: StartRequest): Promise<StartedStatement>;
  /** Ends a statement whose batches nobody wants any more. Left out where it ends with its connection. */
  endFetching?(connection: number): Promise<void>;
  /**
   * Takes back bytes that `fetchBatches` gave, to give others in their memory: to touch fresh memory takes longer than to
   * copy, and what is not used again must be collected. Left out where nothing is kept.
   */
  recycle?(bytes: Uint8Array): Promise<void>;
  /** Appends one whole IPC stream to a table. */
  insertArrowFromIPCStream(
    connection: number,
    buffer: Uint8Array,
    options: { readonly name: string; readonly schema: string; readonly create: boolean },
  ): Promise<void>;
  /** Makes bytes readable as a file of this name. */
  registerFileBuffer(name: string, buffer: Uint8Array): Promise<void>;
  /** Forgets a registered file. */
  dropFile(name: string): Promise<unknown>;
  /** Where each token starts, in UTF-8 bytes. */
  tokenize(text: string): Promise<{ readonly offsets: readonly number[] }>;
}

/** A started DuckDB-WASM. */
export interface DuckDbInstance {
  readonly db: DuckDbLike;
  /** Ends it at once, whatever it is doing. */
  terminate(): Promise<void> | void;
  /**
   * Resolves, with the error where there is one, when it ended without being asked to; before the calls that it leaves
   * unanswered are rejected, if they are. @default never
   */
  readonly died?: Promise<unknown>;
}

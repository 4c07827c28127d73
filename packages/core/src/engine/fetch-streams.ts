import type { DuckDbLike, FetchedBatches } from './duckdb-like.ts';
import { concat, endOfStream } from './ipc-stream.ts';

/** How long one message may go on, in milliseconds: so long do other statements wait, and whoever cancels. */
export const withinMs = 200;

/** How many batches are asked for at a time where each is a message, so that the engine works while this side copies. */
const fetchesAhead = 8;

/** What {@link fetchStreams} needs to know. */
export interface FetchStreamsOptions {
  /** The answer's schema, as an IPC message. */
  readonly schema: Uint8Array;
  /** What came with it, where the engine's side gathers batches: the schema and the first of them. */
  readonly fetched?: FetchedBatches | undefined;
  /** Bytes of batches that a stream must reach. */
  readonly enough: number;
  /** See `BatchRequest.lend`. @default false */
  readonly lend?: boolean;
  /** Whether each message brings a whole stream: see `StartedStatement.readsVectors`. @default false */
  readonly isWhole?: boolean;
  /** Throws once no more is wanted. */
  readonly check: () => void;
}

/** Gives the batches of a started statement, one message for each. */
async function* singly(
  db: DuckDbLike,
  connection: number,
  check: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fetches: Promise<Uint8Array | null>[] = [];
  try {
    for (;;) {
      while (fetches.length < fetchesAhead) fetches.push(db.fetchQueryResults(connection));
      const batch = await fetches.shift();
      check();
      if (batch?.length === 0) return;
      if (batch) yield batch;
    }
  } finally {
    await Promise.allSettled(fetches);
  }
}

async function* gatherHere(
  db: DuckDbLike,
  connection: number,
  { schema, enough, check }: FetchStreamsOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let [messages, bytes] = [[schema], 0];
  for await (const batch of singly(db, connection, check)) {
    messages.push(batch);
    bytes += batch.length;
    if (bytes < enough) continue;
    yield await concat([...messages, endOfStream]);
    [messages, bytes] = [[schema], 0];
  }
  yield await concat([...messages, endOfStream]);
}

/** Gives streams that come whole, asking for one ahead, so that the engine has nothing to wait for. */
async function* wholeStreams(
  db: DuckDbLike,
  connection: number,
  fetch: (enough: number, head: Uint8Array) => Promise<FetchedBatches>,
  { fetched, enough, check }: FetchStreamsOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const asked: Promise<FetchedBatches>[] = fetched ? [Promise.resolve(fetched)] : [];
  try {
    for (let ended = false; !ended;) {
      while (asked.length < 2) {
        asked.push(fetch(enough, new Uint8Array()));
        asked.at(-1)?.catch(() => undefined);
      }
      const { bytes, until } = (await asked.shift()) as FetchedBatches;
      ended = until === 'end';
      check();
      if (bytes.length > 0) yield bytes;
    }
  } finally {
    const end = db.endFetching?.(connection);
    for (const one of asked) one.then(({ bytes }) => db.recycle?.(bytes)).catch(() => undefined);
    await end?.catch(() => undefined);
  }
}

async function* gatherThere(
  db: DuckDbLike,
  fetch: (enough: number, head: Uint8Array) => Promise<FetchedBatches>,
  { schema, fetched: begun, enough, check }: FetchStreamsOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let first = begun;
  for (let ended = false; !ended;) {
    const pieces: Uint8Array[] = [];
    let [left, until] = [enough, 'time'];
    while (until === 'time') {
      const head = pieces.length === 0 ? schema.slice() : new Uint8Array();
      const fetched = first ?? (await fetch(left, head));
      first = undefined;
      check();
      pieces.push(fetched.bytes);
      left -= fetched.bytes.length - head.length;
      until = fetched.until;
    }
    ended = until === 'end';
    const [only] = pieces;
    if (only !== undefined && pieces.length === 1) {
      yield only;
      continue;
    }
    const whole = await concat(pieces);
    for (const piece of pieces) void db.recycle?.(piece).catch(() => undefined);
    yield whole;
  }
}

/**
 * Fetches the answer of a started statement as IPC streams, at least one: see `Connection.streams`. Where the engine's side
 * can gather batches, a stream is one message, and nothing is copied here.
 */
export function fetchStreams(
  db: DuckDbLike,
  connection: number,
  options: FetchStreamsOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fetchBatches = db.fetchBatches;
  if (fetchBatches === undefined) return gatherHere(db, connection, options);
  const { lend = false } = options;
  const fetch = (much: number, head: Uint8Array): Promise<FetchedBatches> =>
    fetchBatches(connection, { head, tail: endOfStream.slice(), enough: much, withinMs, lend });
  return options.isWhole === true
    ? wholeStreams(db, connection, fetch, options)
    : gatherThere(db, fetch, options);
}

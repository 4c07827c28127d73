import type { BatchRequest, FetchedBatches, StartedStatement, StartRequest } from '@cairn/core/duckdb';
import { giveBack, isShared, sharedPieces } from './shared-pieces.ts';

type DuckDb = typeof import('@duckdb/duckdb-wasm/blocking');
type Bindings = import('@duckdb/duckdb-wasm/blocking').DuckDBBindingsBase;

/** What Emscripten gives a module, and DuckDB's types leave out; another one when the memory has grown. */
interface WasmMemory {
  readonly HEAPU8: Uint8Array;
}

/** Most answers are small: more is taken only for those that need it. */
const smallBytes = 2 ** 18;

/**
 * Makes what gathers the batches of a started statement. Each is copied once, from DuckDB's memory to its place in the
 * piece; `fetchQueryResults` would first give each a buffer of its own.
 */
export function batchFetcher(
  { callSRet, dropResponseBuffers, readString, IsDuckDBWasmRetry: isRetry }: DuckDb,
  { mod }: Bindings,
): (connection: number, request: BatchRequest) => FetchedBatches {
  const memory = mod as unknown as WasmMemory;
  const small = new Uint8Array(smallBytes);
  const pieces = sharedPieces();
  return (connection, { head, tail, enough, withinMs }) => {
    const begun = performance.now();
    let piece: Uint8Array = small;
    let [at, largest, fetched] = [0, 0, 0];
    const add = (bytes: Uint8Array): void => {
      const needed = at + bytes.length + tail.length;
      if (needed > piece.length) {
        // Batches go beyond what is enough by less than one.
        const whole = head.length + enough + 2 * largest + tail.length;
        const size = Math.max(needed, Number.isFinite(whole) ? whole : 2 * piece.length);
        const larger = (piece === small && pieces.take(size)) || new Uint8Array(size);
        larger.set(piece.subarray(0, at));
        if (isShared(piece)) giveBack(piece);
        piece = larger;
      }
      piece.set(bytes, at);
      at += bytes.length;
    };
    const finish = (until: FetchedBatches['until']): FetchedBatches => {
      if (until !== 'time') add(tail);
      // What is given away holds all of its memory for as long as it is used.
      const isFull = isShared(piece) || (piece !== small && at > piece.length / 2);
      return { bytes: isFull ? piece.subarray(0, at) : piece.slice(0, at), until };
    };

    add(head);
    while (fetched < enough) {
      const [status, pointer, length] = callSRet(
        mod,
        'duckdb_web_query_fetch_results',
        ['number'],
        [connection],
      );
      if (status !== 0 && !isRetry(status)) {
        if (isShared(piece)) giveBack(piece);
        throw new Error(readString(mod, pointer, length));
      }
      if (status === 0 && length === 0) return finish('end');
      if (status === 0) {
        largest = Math.max(largest, length);
        add(memory.HEAPU8.subarray(pointer, pointer + length));
        fetched += length;
      }
      dropResponseBuffers(mod);
      if (fetched < enough && performance.now() - begun > withinMs) return finish('time');
    }
    return finish('enough');
  };
}

/** Makes what starts a statement and goes on with it where it has an answer at once. */
export function statementStarter(
  duckdb: Pick<Bindings, 'startPendingQuery' | 'runQuery'>,
  fetchBatches: (connection: number, request: BatchRequest) => FetchedBatches,
): (connection: number, text: string, request: StartRequest) => StartedStatement {
  return (connection, text, { behind, ...request }) => {
    const schema = duckdb.startPendingQuery(connection, text, true);
    if (schema === null) return { schema };
    const fetched = fetchBatches(connection, { ...request, head: schema });
    if (behind === undefined || fetched.until !== 'end') return { schema, fetched };
    try {
      return { schema, fetched, behind: duckdb.runQuery(connection, behind) };
    } catch {
      // It is asked by itself then, and that fails for its own reason.
      return { schema, fetched };
    }
  };
}

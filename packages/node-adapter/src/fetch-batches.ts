import type { BatchRequest, FetchedBatches } from '@cairn/core/duckdb';

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
  duckdb: Bindings,
): (connection: number, request: BatchRequest) => FetchedBatches {
  return (connection, { head, tail, enough, withinMs }) => {
    const { mod } = duckdb;
    const begun = performance.now();
    let piece = new Uint8Array(smallBytes);
    let [at, largest] = [0, 0];
    const add = (bytes: Uint8Array): void => {
      const needed = at + bytes.length + tail.length;
      if (needed > piece.length) {
        // A part mostly goes beyond what is enough by less than a batch.
        const whole = head.length + enough + 2 * largest;
        const larger = new Uint8Array(
          Math.max(needed, whole > piece.length && Number.isFinite(whole) ? whole : 2 * piece.length),
        );
        larger.set(piece.subarray(0, at));
        piece = larger;
      }
      piece.set(bytes, at);
      at += bytes.length;
    };
    const finish = (until: FetchedBatches['until']): FetchedBatches => {
      if (until !== 'time') add(tail);
      // What is given away holds all its memory for as long as it is used.
      return { bytes: at < piece.length / 2 ? piece.slice(0, at) : piece.subarray(0, at), until };
    };

    add(head);
    let fetched = 0;
    while (fetched < enough) {
      const [status, pointer, length] = callSRet(
        mod,
        'duckdb_web_query_fetch_results',
        ['number'],
        [connection],
      );
      if (isRetry(status)) {
        dropResponseBuffers(mod);
        return finish('time');
      }
      if (status !== 0) throw new Error(readString(mod, pointer, length));
      if (length === 0) return finish('end');
      largest = Math.max(largest, length);
      add((mod as unknown as WasmMemory).HEAPU8.subarray(pointer, pointer + length));
      dropResponseBuffers(mod);
      fetched += length;
      if (fetched < enough && performance.now() - begun > withinMs) return finish('time');
    }
    return finish('enough');
  };
}

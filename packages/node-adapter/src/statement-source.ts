import type { StatementSource } from '@cairn/core/duckdb-thread';

type DuckDb = typeof import('@duckdb/duckdb-wasm/blocking');
type Bindings = import('@duckdb/duckdb-wasm/blocking').DuckDBBindingsBase;

/** What Emscripten gives a module, and DuckDB's types leave out; another one when the memory has grown. */
interface WasmMemory {
  readonly HEAPU8: Uint8Array;
}

/** The blocking DuckDB. A batch is shown where it lies; `fetchQueryResults` would give each a buffer of its own. */
export function statementSource(
  { callSRet, dropResponseBuffers, readString, IsDuckDBWasmRetry: isRetry }: DuckDb,
  duckdb: Bindings,
): StatementSource {
  const { mod } = duckdb;
  const memory = mod as unknown as WasmMemory;
  return {
    start: (connection, text) => duckdb.startPendingQuery(connection, text, true),
    poll: (connection) => duckdb.pollPendingQuery(connection),
    run: (connection, text) => duckdb.runQuery(connection, text),
    next(connection, take) {
      const [status, pointer, length] = callSRet(
        mod,
        'duckdb_web_query_fetch_results',
        ['number'],
        [connection],
      );
      if (isRetry(status)) {
        dropResponseBuffers(mod);
        return false;
      }
      if (status !== 0) throw new Error(readString(mod, pointer, length));
      if (length === 0) return undefined;
      take(memory.HEAPU8.subarray(pointer, pointer + length));
      dropResponseBuffers(mod);
      return true;
    },
  };
}

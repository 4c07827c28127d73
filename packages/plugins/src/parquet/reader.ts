/** What is used of parquet-wasm: synchronous calls that copy their input and free what they return. */
export interface ParquetReader {
  /** Rows of a Parquet file as a complete Arrow IPC stream. */
  rows(file: Uint8Array, options: { readonly offset: number; readonly limit: number }): Uint8Array;
  /** The file's Arrow schema as a complete Arrow IPC stream without rows. */
  schema(file: Uint8Array): Uint8Array;
}

/** Rows of a record batch: few enough to be small, enough to be fast. */
const batchRows = 65_536;

/**
 * Starts the Parquet reader, the first time in a process, of 5 MB of WebAssembly.
 *
 * Its asynchronous interface is not used: a damaged file can make it trap, which from there is an uncaught exception of
 * the process and a promise that never settles, and here an error like any other.
 */
export async function loadParquetReader(): Promise<ParquetReader> {
  const library: typeof import('parquet-wasm') & { readonly default?: unknown } =
    await import('parquet-wasm');
  // The build for browsers has to be started; the one for Node starts on import.
  if (typeof library.default === 'function') await (library.default as () => Promise<unknown>)();
  return {
    rows: (file, options) => library.readParquet(file, { batchSize: batchRows, ...options }).intoIPCStream(),
    schema: (file) => library.readSchema(file).intoIPCStream(),
  };
}

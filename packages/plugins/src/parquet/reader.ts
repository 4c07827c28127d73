import { fileNotReadable } from '@cairn/core/plugin';
import type { ParquetWasm } from './wasm.ts';

/** What is used of parquet-wasm: synchronous calls that copy their input and free what they return. */
export interface ParquetReader {
  /** Rows of a Parquet file as a complete Arrow IPC stream. */
  rows(file: Uint8Array, options: { readonly offset: number; readonly limit: number }): Uint8Array;
  /** The file's Arrow schema as a complete Arrow IPC stream without rows. */
  schema(file: Uint8Array): Uint8Array;
}

/** Rows of a record batch: few enough to be small, enough to be fast. */
const batchRows = 65_536;

/** The library is one for all who import it, and two that start it at once would start it twice. */
let starting: Promise<ParquetWasm> | undefined;

async function start(): Promise<ParquetWasm> {
  try {
    const { startParquetWasm } = await import('#parquet-wasm');
    return await startParquetWasm();
  } catch (error) {
    starting = undefined;
    throw fileNotReadable('parquet_wasm_bg.wasm', error);
  }
}

/**
 * Starts the Parquet reader, the first time in a process or page, of 5 MB of WebAssembly.
 *
 * Its asynchronous interface is not used: a damaged file can make it trap, which from there is an uncaught exception of
 * the process and a promise that never settles, and here an error like any other.
 *
 * @throws CairnError `file_not_readable` when the WebAssembly cannot be fetched or is not allowed to run
 */
export async function loadParquetReader(): Promise<ParquetReader> {
  const library = await (starting ??= start());
  return {
    rows: (file, options) => library.readParquet(file, { batchSize: batchRows, ...options }).intoIPCStream(),
    schema: (file) => library.readSchema(file).intoIPCStream(),
  };
}

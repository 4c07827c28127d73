import type { ParquetWasm } from './wasm.ts';

/** Which rows of a file, counted from its first. */
export interface RowRange {
  readonly offset: number;
  readonly limit: number;
}

/**
 * What is used of parquet-wasm: calls that copy their input and free what they return. Its asynchronous interface is not
 * used: a damaged file can make it trap, which from there is an uncaught exception and a promise that never settles, and
 * here an error like any other.
 */
export interface ParquetDecoder {
  /** Rows of a Parquet file as a complete Arrow IPC stream. */
  rows(file: Uint8Array, range: RowRange): Uint8Array;
  /** The file's Arrow schema as a complete Arrow IPC stream without rows. */
  schema(file: Uint8Array): Uint8Array;
}

/** Rows of a record batch: few enough to be small, enough to be fast. */
const batchRows = 65_536;

export function createDecoder({ readParquet, readSchema }: ParquetWasm): ParquetDecoder {
  return {
    rows: (file, range) => readParquet(file, { batchSize: batchRows, ...range }).intoIPCStream(),
    schema: (file) => readSchema(file).intoIPCStream(),
  };
}

/** True for an error by which the WebAssembly broke down. */
export function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}

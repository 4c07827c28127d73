import type * as Library from 'parquet-wasm';

/** What is used of parquet-wasm. */
export type ParquetWasm = Pick<typeof Library, 'readParquet' | 'readSchema'>;

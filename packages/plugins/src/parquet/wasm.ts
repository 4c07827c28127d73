import type * as Library from 'parquet-wasm';

/** What is used of parquet-wasm. */
export type ParquetWasm = Pick<
  typeof Library,
  'Compression' | 'readParquet' | 'readSchema' | 'Table' | 'WriterPropertiesBuilder' | 'writeParquet'
>;

/** The library, ready. */
export interface StartedWasm {
  readonly library: ParquetWasm;
  /** Whether it is an instance of its own, of which nobody else knows. */
  readonly isFresh: boolean;
}

import type { ParquetWasm } from './wasm.ts';

/** The library as Node loads it: it is ready once imported. */
export function startParquetWasm(): Promise<ParquetWasm> {
  return import('parquet-wasm/node');
}

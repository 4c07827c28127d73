import type { StartedWasm } from './wasm.ts';

/**
 * The library as browsers load it. It looks for its WebAssembly beside itself with `new URL(..., import.meta.url)`, which
 * bundlers follow; a URL given from here would have to name another package, and not all of them follow that. It can be
 * started once in a page, and in each worker.
 */
export async function startParquetWasm(): Promise<StartedWasm> {
  const library = await import('parquet-wasm/esm');
  await library.default();
  return { library, isFresh: false };
}

type Bindings = import('@duckdb/duckdb-wasm/blocking').DuckDBBindingsBase;

/** What Emscripten gives a module, and DuckDB's types leave out. */
interface WasmHeap {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** Address space, which takes no memory before it is used. */
const firstBytes = 2 ** 29;

/**
 * Makes the heap as large at once as work on some million rows makes it. It grows by a fifth at a time otherwise, and each time
 * V8 counts the whole of it as allocated anew, and looks for garbage in all that DuckDB's scripts hold: that took as long
 * as the statements of a small run.
 */
export function growHeap({ mod }: Bindings): void {
  const heap = mod as unknown as WasmHeap;
  // None where there is no such room: then it grows by and by.
  const pointer = heap._malloc(firstBytes);
  if (pointer !== 0) heap._free(pointer);
}

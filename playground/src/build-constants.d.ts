/** Bytes of DuckDB's WebAssembly, uncompressed. */
declare const __ENGINE_BYTES__: number;

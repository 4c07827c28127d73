/* What runs where DuckDB-WASM runs, in its thread: loaded there alone, it is small and needs nothing else of core. */

export { threadStatements } from './thread-statements.ts';
export type { StatementSource, ThreadStatements } from './thread-statements.ts';
export { vectorImports, vectorStreams } from './vector-streams.ts';
export type { DuckDbModule, VectorStreams } from './vector-streams.ts';
export type { PieceRoom } from './part-writer.ts';

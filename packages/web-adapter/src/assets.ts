import wasm from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url';
import worker from '@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js?url';
import type { EngineAssets } from './engine.ts';

/**
 * The engine's files as Vite serves and builds them: from the page's own origin, never from a CDN. Other bundlers that
 * know `?url` take it too.
 */
export const duckDbAssets: EngineAssets = Object.freeze({ wasm, worker });

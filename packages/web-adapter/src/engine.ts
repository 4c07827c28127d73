import type { Engine } from '@cairn/core';
import { duckDbEngine, type DuckDbEngineOptions } from '@cairn/core/duckdb';
import { invalidArgument } from '@cairn/core/plugin';
import { startEngineThread } from './engine-thread.ts';

/** Where the two files of DuckDB-WASM are served, relative to the page or absolute; of the page's own origin. */
export interface EngineAssets {
  /** `@duckdb/duckdb-wasm/dist/duckdb-eh.wasm`, 34 MB, 7.7 MB compressed. */
  readonly wasm: string;
  /** `@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js`. */
  readonly worker: string;
}

/** Options of {@link createWebEngine}. */
export interface WebEngineOptions extends Pick<
  DuckDbEngineOptions,
  'settings' | 'extensions' | 'answerTimeoutMs' | 'sandbox'
> {
  /** Under Vite: `duckDbAssets` of `@cairn/web/assets`. */
  readonly assets: EngineAssets;
}

/** The version of DuckDB-WASM that this package depends on, exactly. */
const duckDbVersion = '1.32.0';

/**
 * The engine of the browser: DuckDB-WASM in a Web Worker, loaded and started at the first use. Nothing is fetched but
 * the two assets; a run tells how far that is as `engine_loading`.
 *
 * @throws CairnError `invalid_argument` for a setting that is fixed, and without assets
 */
export function createWebEngine({ assets, ...options }: WebEngineOptions): Engine {
  if (typeof assets?.wasm !== 'string' || typeof assets.worker !== 'string') {
    throw invalidArgument(
      'assets',
      "the engine needs the URLs of DuckDB-WASM's files, { wasm, worker }: under Vite import duckDbAssets from '@cairn/web/assets'",
    );
  }
  const repository = options.extensions?.repository;
  const compiled = {};
  return duckDbEngine({
    ...options,
    version: duckDbVersion,
    connect: (onLoading) => startEngineThread({ assets, repository, onLoading, compiled }),
  });
}

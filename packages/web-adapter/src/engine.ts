import type { Engine } from '@cairn/core';
import { duckDbEngine, type DuckDbEngineOptions } from '@cairn/core/duckdb';
import { invalidArgument } from '@cairn/core/plugin';

/** Where the two files of DuckDB-WASM are served, relative to the page or absolute; of the page's own origin. */
export interface EngineAssets {
  /** `@duckdb/duckdb-wasm/dist/duckdb-eh.wasm`, 34 MB, 7.7 MB compressed. */
  readonly wasm: string;
  /** `@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js`. */
  readonly worker: string;
}

/** How far the engine's download is. */
export interface EngineDownload {
  /** Bytes so far. */
  readonly bytes: number;
  /** Bytes in all; undefined where the server does not say. */
  readonly total: number | undefined;
}

/** Options of {@link createWebEngine}. */
export interface WebEngineOptions extends Pick<DuckDbEngineOptions, 'settings' | 'extensions'> {
  /** Under Vite: `duckDbAssets` of `@cairn/web/assets`. */
  readonly assets: EngineAssets;
  /** Told while the engine is loaded, at its first use. @default nobody */
  readonly onDownload?: (download: EngineDownload) => void;
}

/** The version of DuckDB-WASM that this package depends on, exactly. */
const duckDbVersion = '1.32.0';

/**
 * The engine of the browser: DuckDB-WASM in a Web Worker, loaded and started at the first use. Nothing is fetched but
 * the two assets.
 *
 * @throws CairnError `invalid_argument` for a setting that is fixed, and without assets
 */
export function createWebEngine({ assets, onDownload, ...options }: WebEngineOptions): Engine {
  if (typeof assets?.wasm !== 'string' || typeof assets.worker !== 'string') {
    throw invalidArgument(
      'assets',
      "the engine needs the URLs of DuckDB-WASM's files, { wasm, worker }: under Vite import duckDbAssets from '@cairn/web/assets'",
    );
  }
  const repository = options.extensions?.repository;
  return duckDbEngine({
    ...options,
    version: duckDbVersion,
    connect: async () => {
      const { startEngineThread } = await import('./engine-thread.ts');
      return startEngineThread({
        assets,
        repository,
        onProgress: (bytes, total) => onDownload?.({ bytes, total }),
      });
    },
  });
}

import type { ConfigRegistry, EngineTypes, StorageTypes } from '@cairn/core/config';
import { createWebEngine, type EngineAssets } from './engine.ts';
import { consoleLogger } from './logger.ts';
import { indexedDbStore } from './store.ts';

/** What {@link webRegistry} must be told. */
export interface WebRegistryOptions {
  /** Where DuckDB-WASM is served; under Vite `duckDbAssets` of `@cairn/web/assets`. */
  readonly assets: EngineAssets;
}

/**
 * What a configuration may name in a browser: the stores `indexeddb` and (of core) `memory`, the engine `duckdb`. What is
 * logged goes to the console, unless there is another logger.
 */
export function webRegistry({ assets }: WebRegistryOptions): ConfigRegistry {
  return {
    stores: {
      indexeddb: {
        create: ({ database }: StorageTypes['indexeddb']) =>
          indexedDbStore(database === undefined ? {} : { database }),
      },
    },
    engines: {
      duckdb: {
        create: ({ settings = {}, extensions, answerTimeoutMs, sandbox }: EngineTypes['duckdb']) =>
          createWebEngine({
            assets,
            settings: Object.fromEntries(
              Object.entries(settings).map(([name, value]) => [name, String(value)]),
            ),
            ...(extensions === undefined ? {} : { extensions }),
            ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }),
            ...(sandbox === undefined ? {} : { sandbox }),
          }),
      },
    },
    logger: consoleLogger(),
  };
}

import { createRunner, type Runner, type RunnerOptions } from '@cairn/core';
import { invalidArgument } from '@cairn/core/plugin';
import { createWebEngine, type EngineAssets } from './engine.ts';
import { indexedDbStore } from './store.ts';

/** Options of {@link createWebRunner}: where to keep things, and whatever `createRunner` takes besides. */
export interface WebRunnerOptions extends Partial<RunnerOptions> {
  /** The name of the IndexedDB database; tabs of one origin share it. @default 'cairn' */
  readonly database?: string;
  /** Where DuckDB-WASM is served; under Vite `duckDbAssets` of `@cairn/web/assets`. Needed unless `engine` is given. */
  readonly assets?: EngineAssets;
  /** Whether SQL is kept from files, the network, extensions and settings. With `engine` it is an option of that. @default false */
  readonly sandbox?: boolean;
}

/**
 * A runner with an IndexedDB store and DuckDB-WASM in a Web Worker. The engine is loaded with the first step that has
 * something to compute; the browser is asked once to keep the storage.
 *
 * @throws CairnError `invalid_argument`, `insecure_context`
 */
export function createWebRunner({ database, assets, sandbox, ...options }: WebRunnerOptions = {}): Runner {
  if (sandbox !== undefined && options.engine !== undefined) {
    throw invalidArgument('createWebRunner', "'sandbox' goes with its own engine: give it to yours instead");
  }
  return createRunner({
    ...options,
    store: options.store ?? indexedDbStore(database === undefined ? {} : { database }),
    engine:
      options.engine ??
      createWebEngine({
        assets: assets as EngineAssets,
        ...(sandbox === undefined ? {} : { sandbox }),
      }),
  });
}

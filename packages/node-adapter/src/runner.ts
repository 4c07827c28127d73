import { createRunner, type Runner, type RunnerOptions } from '@cairn/core';
import { createNodeEngine } from './engine.ts';
import { nodeFiles } from './files.ts';
import { fsStore } from './store.ts';

/** Options of {@link createNodeRunner}: where to keep things, and whatever `createRunner` takes besides. */
export interface NodeRunnerOptions extends Partial<RunnerOptions> {
  /** The folder of the store; made when it is missing. @default '.cairn' */
  readonly root?: string;
}

/**
 * A runner with a file-system store, DuckDB-WASM in a worker thread and the local files. The engine starts with the
 * first step that has something to compute.
 *
 * @throws CairnError `invalid_argument`
 */
export function createNodeRunner({ root = '.cairn', ...options }: NodeRunnerOptions = {}): Runner {
  return createRunner({
    ...options,
    store: options.store ?? fsStore({ root }),
    engine: options.engine ?? createNodeEngine(),
    files: options.files ?? nodeFiles(),
  });
}

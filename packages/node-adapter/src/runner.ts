import { createRunner, type FileSystem, type Runner, type RunnerOptions } from '@cairn/core';
import { invalidArgument } from '@cairn/core/plugin';
import { createNodeEngine } from './engine.ts';
import { nodeFiles, type NodeFilesOptions } from './files.ts';
import { fsStore } from './store.ts';

/** Options of {@link createNodeRunner}: where to keep things, and whatever `createRunner` takes besides. */
export interface NodeRunnerOptions extends Partial<Omit<RunnerOptions, 'files'>> {
  /** The folder of the store; made when it is missing. @default '.cairn' */
  readonly root?: string;
  /** The local files, or what `nodeFiles` takes: `{ root: 'data' }` confines the paths of connectors to a folder. @default all of them */
  readonly files?: FileSystem | NodeFilesOptions;
  /** Whether SQL is kept from files, the network, extensions and settings. With `engine` it is an option of that. @default false */
  readonly sandbox?: boolean;
}

/**
 * A runner with a file-system store, DuckDB-WASM in a worker thread and the local files. The engine starts with the
 * first step that has something to compute.
 *
 * @throws CairnError `invalid_argument`
 */
export function createNodeRunner({ root = '.cairn', sandbox, ...options }: NodeRunnerOptions = {}): Runner {
  if (sandbox !== undefined && options.engine !== undefined) {
    throw invalidArgument('createNodeRunner', "'sandbox' goes with its own engine: give it to yours instead");
  }
  const { files = {} } = options;
  return createRunner({
    ...options,
    store: options.store ?? fsStore({ root }),
    engine: options.engine ?? createNodeEngine(sandbox === undefined ? {} : { sandbox }),
    files: 'stat' in files ? files : nodeFiles(files),
  });
}

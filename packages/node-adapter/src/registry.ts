import { resolve } from 'node:path';
import type { ConfigRegistry, EngineTypes, StorageTypes } from '@cairn/core/config';
import { createNodeEngine } from './engine.ts';
import { nodeFiles } from './files.ts';
import { stderrLogger } from './logger.ts';
import { fsStore } from './store.ts';

/**
 * What a configuration may name in Node: the stores `fs` and (of core) `memory`, the engine `duckdb`. Connectors have the
 * local files, and what is logged goes to standard error as lines of JSON, unless there is another logger.
 */
export function nodeRegistry(): ConfigRegistry {
  return {
    stores: {
      fs: {
        create: ({ root }: StorageTypes['fs'], { folder }) =>
          fsStore({ root: folder === undefined ? root : resolve(folder, root) }),
      },
    },
    engines: {
      duckdb: {
        create: ({ settings = {}, extensions, answerTimeoutMs, sandbox }: EngineTypes['duckdb']) =>
          createNodeEngine({
            settings: Object.fromEntries(
              Object.entries(settings).map(([name, value]) => [name, String(value)]),
            ),
            ...(extensions === undefined ? {} : { extensions }),
            ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }),
            ...(sandbox === undefined ? {} : { sandbox }),
          }),
      },
    },
    files: nodeFiles(),
    confineFiles: ({ root, allow = [] }, { folder = '.' }) =>
      nodeFiles({ root: resolve(folder, root), allow: allow.map((one) => resolve(folder, one)) }),
    logger: stderrLogger(),
  };
}

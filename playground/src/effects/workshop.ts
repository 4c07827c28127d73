import { createRunner, memoryStore } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { standardPlugins } from '@cairn/plugins';
import { createWebEngine, indexedDbStore, shareRuns } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { exampleTransforms } from '../examples/transforms.ts';
import type { Faults } from '../state/faults.ts';
import type { Bench, Workshop } from '../state/ports.ts';
import { breakableStore } from './breakable-store.ts';
import { breakableTransforms } from './breakable-transforms.ts';
import { breaking } from './breaking-plugin.ts';
import { corrupt } from './corrupt.ts';
import { projectFiles } from './project-files.ts';

/** Reads pipelines and runs them in this tab: one store and one engine for all projects, a runner for each. */
export function createWorkshop(
  database: string,
  faults: Faults,
  { isKept }: { /** Whether the browser gives the page storage. */ readonly isKept: boolean },
): Workshop {
  const engine = createWebEngine({ assets: duckDbAssets, sandbox: true });
  const { plugin, isFull, isThrowing } = breaking(faults, engine, () => location.reload());
  const store = breakableStore(isKept ? indexedDbStore({ database }) : memoryStore(), isFull);
  const registry = breakableTransforms(contributions([...standardPlugins(), exampleTransforms]), isThrowing);
  const types = {
    source: registry.names('source'),
    sink: registry.names('sink'),
    transform: registry.names('transform'),
    check: registry.names('check'),
  };
  const benches = new Map<string, Bench>();
  return {
    read: (yaml) => pipelineFromYaml(yaml, { registry, file: 'pipeline.yaml' }),
    bench(project) {
      const known = benches.get(project);
      if (known !== undefined) return known;
      const runs = shareRuns({ channel: `${database}/${project}` });
      const runner = createRunner({
        store,
        engine,
        files: projectFiles(database, project),
        observers: [runs.observer],
        plugins: [plugin],
      });
      const bench: Bench = {
        runner,
        runs,
        types,
        corrupt: (step) => corrupt(store, runner, project, step),
      };
      benches.set(project, bench);
      return bench;
    },
  };
}

import { createRunner } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { standardPlugins } from '@cairn/plugins';
import { createWebEngine, indexedDbStore, shareRuns } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import type { Bench, Workshop } from '../state/ports.ts';
import { projectFiles } from './project-files.ts';

/** Reads pipelines and runs them in this tab: one store and one engine for all projects, a runner for each. */
export function createWorkshop(database: string): Workshop {
  const registry = contributions(standardPlugins());
  const store = indexedDbStore({ database });
  const engine = createWebEngine({ assets: duckDbAssets, sandbox: true });
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
      });
      const bench: Bench = { runner, runs };
      benches.set(project, bench);
      return bench;
    },
  };
}

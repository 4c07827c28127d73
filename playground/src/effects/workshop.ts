import { createRunner, type Runner } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { standardPlugins } from '@cairn/plugins';
import { createWebEngine, indexedDbStore } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import type { Workshop } from '../state/ports.ts';
import { projectFiles } from './project-files.ts';

/** Reads pipelines and runs them in this tab: one store and one engine for all projects, a runner for each. */
export function createWorkshop(database: string): Workshop {
  const registry = contributions(standardPlugins());
  const store = indexedDbStore({ database });
  const engine = createWebEngine({ assets: duckDbAssets, sandbox: true });
  const runners = new Map<string, Runner>();
  return {
    read: (yaml) => pipelineFromYaml(yaml, { registry, file: 'pipeline.yaml' }),
    runner(project) {
      const known = runners.get(project);
      if (known !== undefined) return known;
      const runner = createRunner({ store, engine, files: projectFiles(project) });
      runners.set(project, runner);
      return runner;
    },
  };
}

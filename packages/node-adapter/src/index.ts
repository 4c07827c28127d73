export { loadConfig, type LoadConfigOptions, type LoadedConfig } from './config/load-config.ts';
export { runnerFromYaml, type RunnerFromYamlOptions } from './config/runner-from-yaml.ts';
export { createNodeEngine, type NodeEngineOptions } from './engine.ts';
export { nodeFiles } from './files.ts';
export { nodeRegistry } from './registry.ts';
export { createNodeRunner, type NodeRunnerOptions } from './runner.ts';
export { fsStore, type FsStoreOptions } from './store.ts';
export { loadYamlPipeline, type LoadYamlPipelineOptions } from './yaml/load-yaml-pipeline.ts';

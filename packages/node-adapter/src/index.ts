export { createNodeEngine, type NodeEngineOptions } from './engine.ts';
export { nodeFiles } from './files.ts';
export { createNodeRunner, type NodeRunnerOptions } from './runner.ts';
export { fsStore, type FsStoreOptions } from './store.ts';

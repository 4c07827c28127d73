export { createWebEngine, type EngineAssets, type WebEngineOptions } from './engine.ts';
export {
  askPermission,
  droppedHandles,
  fileHandles,
  type FileHandles,
  type FileHandlesOptions,
  type HandleMode,
  type KeptHandle,
} from './file-handles.ts';
export type { FoundFile } from './files/found-file.ts';
export { webFiles, type WebFilesOptions } from './files/web-files.ts';
export { webRegistry, type WebRegistryOptions } from './registry.ts';
export { createWebRunner, type WebRunnerOptions } from './runner.ts';
export {
  indexedDbStore,
  type IndexedDbStore,
  type IndexedDbStoreOptions,
  type StorageReport,
} from './store.ts';
export { shareRuns, type SharedRuns, type ShareRunsOptions, type Vacancy } from './share/share-runs.ts';
export { runView, type RunView, type RunViewOptions, type RunViewSnapshot } from './view/run-view.ts';
export type { TimelineBar } from './view/timeline.ts';
export type { ViewedCheck, ViewedRun } from './view/viewed-run.ts';
export type { RunWarning } from './view/warnings.ts';

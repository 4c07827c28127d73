export { describeChoice } from './checkpoint-choice.ts';
export { CheckpointStore } from './checkpoint-store.ts';
export type { CheckpointIds, CheckpointPutOptions, CheckpointStoreOptions } from './checkpoint-store.ts';
export { storeCleaner, type Cleaner } from './cleaner.ts';
export type { Components, Manifest, ManifestPart } from './manifest.ts';

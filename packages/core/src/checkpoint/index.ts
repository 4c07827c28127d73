export { CheckpointStore } from './checkpoint-store.ts';
export type { CheckpointIds, CheckpointPutOptions, CheckpointStoreOptions } from './checkpoint-store.ts';
export type { Components, Manifest, ManifestPart } from './manifest.ts';

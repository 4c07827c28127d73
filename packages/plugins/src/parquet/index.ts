export { parquetPlugin } from './plugin.ts';
export { fromParquet, type FromParquetOptions } from './from-parquet.ts';
export { toParquet, type ToParquetOptions } from './to-parquet.ts';
export type { OnBlob, OutputBlob, OutputBlobInfo } from '../output/blob-target.ts';
export type { TargetOptions } from '../output/define-target.ts';
export type { Fetch, FetchResponse } from '../input/fetch.ts';
export type { FileHandleLike, HandleLike, HandleMode, KeptHandleLike } from '../input/file-handle.ts';
export type { HttpOptions } from '../input/http-options.ts';
export type { FileLike, IdentityOptions, PlaceOptions } from '../input/place.ts';

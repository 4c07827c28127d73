export { arrowPlugin } from './plugin.ts';
export { fromArrow, type FromArrowOptions } from './from-arrow.ts';
export { toArrow, type ToArrowOptions } from './to-arrow.ts';
export type { OnBlob, OutputBlob, OutputBlobInfo } from '../output/blob-target.ts';
export type { TargetOptions } from '../output/define-target.ts';
export type { Fetch, FetchResponse } from '../input/fetch.ts';
export type { FileHandleLike, HandleLike, HandleMode, KeptHandleLike } from '../input/file-handle.ts';
export type { HttpOptions } from '../input/http-options.ts';
export type { FileLike, IdentityOptions, PlaceOptions } from '../input/place.ts';

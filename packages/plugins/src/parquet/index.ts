export { parquetPlugin } from './plugin.ts';
export { fromParquet, type FromParquetOptions } from './from-parquet.ts';
export type { Fetch, FetchResponse } from '../input/fetch.ts';
export type { FileLike, IdentityOptions, PlaceOptions } from '../input/place.ts';

export { fromParquet, type FromParquetOptions } from './from-parquet.ts';
export type { Fetch, FetchResponse } from '../input/fetch.ts';
export type { IdentityOptions, PlaceOptions } from '../input/place.ts';

export { fromJson, type JsonSource } from './from-json.ts';
export type { FromJsonOptions } from './json-options.ts';
export type { CollectingSource } from '../csv/from-csv.ts';
export type { Fetch, FetchResponse } from '../input/fetch.ts';
export type { FileLike, IdentityOptions, PlaceOptions } from '../input/place.ts';
export type { TextFileOptions } from '../text/text-options.ts';

export { csvPlugin } from './plugin.ts';
export { fromCsv, type FromCsvOptions } from './from-csv.ts';
export { toCsv, type ToCsvOptions } from './to-csv.ts';
export type { CsvBlob, CsvBlobInfo, OnBlob } from './blob-target.ts';
export type { Fetch, FetchResponse } from '../input/fetch.ts';
export type { FileLike, IdentityOptions, PlaceOptions } from '../input/place.ts';

export { httpPlugin } from './plugin.ts';
export { fromHttp, type FromHttpOptions } from './from-http.ts';
export { toHttp, type ToHttpOptions } from './to-http.ts';
export type { SinkFormats, SourceFormats, UrlPlace } from './formats.ts';
export type { Fetch, FetchInit, FetchResponse } from '../input/fetch.ts';
export type { HttpOptions } from '../input/http-options.ts';
export type { IdentityOptions } from '../input/place.ts';

import {
  type ConnectorContext,
  createPace,
  fileNotFound,
  fileNotReadable,
  takeTurns,
} from '@cairn/core/plugin';
import type { Fetch, FetchResponse } from './fetch.ts';

/**
 * Asks a server.
 *
 * @param shown How messages name the URL.
 * @throws CairnError `file_not_found` (404, 410), `file_not_readable` with the status or what the network said
 */
async function request(
  method: 'GET' | 'HEAD',
  url: string,
  shown: string,
  fetch: Fetch,
  context: ConnectorContext,
): Promise<FetchResponse> {
  let response: FetchResponse;
  try {
    response = await fetch(url, { method, signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    throw fileNotReadable(shown, error);
  }
  if (response.ok) return response;
  const answer = new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
  throw response.status === 404 || response.status === 410
    ? fileNotFound(shown, answer)
    : fileNotReadable(shown, answer);
}

/** What a server calls a version of a file: its ETag, or else when it was last modified. */
export interface ServedVersion {
  readonly header: 'etag' | 'last-modified';
  readonly value: string;
}

// Last-Modified tells whole seconds.
const tickMs = 1000;

/**
 * Says whether the second in which a file was last modified was over when the server answered: until then it may be written
 * again and keep its Last-Modified. A server that does not say what time it is, is believed.
 */
function isOver(modified: string, answered: string | null): boolean {
  return answered === null || !(Date.parse(answered) - Date.parse(modified) <= tickMs);
}

function versionOf({ headers }: FetchResponse): ServedVersion | undefined {
  for (const header of ['etag', 'last-modified'] as const) {
    const value = headers.get(header);
    if (value === null || value === '') continue;
    if (header === 'etag' || isOver(value, headers.get('date'))) return { header, value };
  }
  return undefined;
}

/** The whole body, and what the server calls it. */
export async function download(
  url: string,
  shown: string,
  fetch: Fetch,
  context: ConnectorContext,
): Promise<{ readonly bytes: Uint8Array; readonly version: ServedVersion | undefined }> {
  const response = await request('GET', url, shown, fetch, context);
  try {
    const bytes = await bodyOf(response);
    context.progress(bytes.length, bytes.length);
    return { bytes, version: versionOf(response) };
  } catch (error) {
    context.signal.throwIfAborted();
    throw fileNotReadable(shown, error);
  }
}

/** The whole body, put together in turns: in one go, a page would stand still while 100 MB are copied. */
async function bodyOf(response: FetchResponse): Promise<Uint8Array> {
  if (response.body === undefined || response.body === null)
    return new Uint8Array(await response.arrayBuffer());
  const pace = createPace();
  const reader = response.body.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (value === undefined) continue;
    pieces.push(value);
    size += value.length;
    await pace();
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
    await pace();
  }
  await takeTurns();
  return whole;
}

/** What the server calls the file now; undefined when it says nothing. */
export async function currentVersion(
  url: string,
  shown: string,
  fetch: Fetch,
  context: ConnectorContext,
): Promise<ServedVersion | undefined> {
  return versionOf(await request('HEAD', url, shown, fetch, context));
}

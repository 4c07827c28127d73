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

/** The whole body, and the ETag that came with it. */
export async function download(
  url: string,
  shown: string,
  fetch: Fetch,
  context: ConnectorContext,
): Promise<{ readonly bytes: Uint8Array; readonly etag: string | undefined }> {
  const response = await request('GET', url, shown, fetch, context);
  try {
    const bytes = await bodyOf(response);
    context.progress(bytes.length, bytes.length);
    return { bytes, etag: response.headers.get('etag') ?? undefined };
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

/** The ETag that the server gives the file now; undefined when it gives none. */
export async function currentEtag(
  url: string,
  shown: string,
  fetch: Fetch,
  context: ConnectorContext,
): Promise<string | undefined> {
  const response = await request('HEAD', url, shown, fetch, context);
  return response.headers.get('etag') ?? undefined;
}

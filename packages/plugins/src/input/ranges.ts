import { type CairnError, type ConnectorContext, fileNotReadable } from '@cairn/core/plugin';
import { changed } from './changed.ts';
import type { FetchResponse } from './fetch.ts';
import { type Answer, bodyOf, endBody, type HttpClient } from './http-client.ts';
import { Transient } from './http-retries.ts';
import { strongTag } from './served-version.ts';

/** What a server says of the part that it sends (RFC 9110, 14.4). */
export interface ServedRange {
  readonly start: number;
  /** The byte after the last one. */
  readonly end: number;
  /** Bytes of the whole. */
  readonly total: number;
}

/** The part that an answer is; undefined when it is none, or does not say so in full. */
export function rangeOf({ status, headers }: FetchResponse): ServedRange | undefined {
  const said = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/u.exec(headers.get('content-range') ?? '');
  if (status !== 206 || said === null) return undefined;
  const [start, last, total] = said.slice(1).map(Number) as [number, number, number];
  return start <= last && last < total ? { start, end: last + 1, total } : undefined;
}

/** Says whether the body is not the file itself but a coding of it, which the platform undoes. */
export function isEncoded({ headers }: FetchResponse): boolean {
  const coding = headers.get('content-encoding');
  return coding !== null && coding !== '' && coding.toLowerCase() !== 'identity';
}

/** A file of a known version, of which a server sends any part. */
export interface RangedFile {
  /** The strong ETag that all parts must have. */
  readonly tag: string;
  readonly total: number;
  /** The first bytes, which came when it was asked whether there are ranges. */
  readonly head: Uint8Array;
}

/** Progress of a megabyte makes up for all failures before it. */
const progressBytes = 1024 * 1024;

/**
 * The bytes from one offset to another, in one request, or as many as it takes when connections break.
 *
 * @throws CairnError `invalid_data` when the file is another version by now, and what a request throws
 */
export async function* rangeBytes(
  client: HttpClient,
  file: RangedFile,
  start: number,
  end: number,
  context: ConnectorContext,
): AsyncGenerator<Uint8Array> {
  const retries = client.retries();
  let at = start;
  let lastReset = start;
  while (at < end) {
    try {
      const answer = await ask(client, file, at, end, retries);
      for await (const piece of bodyOf(answer, client.shown)) {
        context.signal.throwIfAborted();
        if (piece.length > end - at) throw unasked(client);
        at += piece.length;
        if (at - lastReset >= progressBytes) {
          lastReset = at;
          retries.reset();
        }
        yield piece;
      }
      if (at < end) throw new Transient(unasked(client));
    } catch (error) {
      await retries.again(error);
    }
  }
}

async function ask(
  client: HttpClient,
  file: RangedFile,
  start: number,
  end: number,
  retries: ReturnType<HttpClient['retries']>,
): Promise<Answer> {
  const answer = await client.send(
    {
      method: 'GET',
      headers: { range: `bytes=${start}-${end - 1}`, 'if-range': file.tag },
      expected: [412, 416],
    },
    retries,
  );
  const { response } = answer;
  const range = rangeOf(response);
  const tag = strongTag(response);
  if (tag === file.tag && range?.start === start && range.end === end && range.total === file.total)
    return answer;
  await endBody(response);
  answer.watch.close();
  const isSame = tag === file.tag && (range === undefined || range.total === file.total) && response.ok;
  throw isSame ? unasked(client) : changed(`The file '${client.shown}'`, client.shown);
}

function unasked({ shown }: HttpClient): CairnError {
  return fileNotReadable(shown, new Error('the server sent another part than the one that was asked for'));
}

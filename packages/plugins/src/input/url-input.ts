import type { ConnectorContext } from '@cairn/core/plugin';
import { download } from './download.ts';
import { type Answer, bodyOf, endBody, type HttpClient } from './http-client.ts';
import { type ChunkOptions, cutEvenly, type Input, usualChunk } from './input.ts';
import type { Identified } from './place.ts';
import { contentIdentity, servedIdentity } from './identities.ts';
import { readingOf } from './random-access.ts';
import { isEncoded, rangeBytes, type RangedFile, rangeOf } from './ranges.ts';
import { strongTag, versionOf } from './served-version.ts';

/** What one source remembers of URLs: the hash of the content by URL, with the strong ETag that it had. */
export type KnownHashes = Map<string, { readonly tag: string; readonly sha256: string }>;

/** As much is asked for to see whether there are ranges. */
const headBytes = 64 * 1024;

/**
 * Opens what is at a URL: in parts where that is allowed and possible, else all of it, kept while it is open.
 *
 * @param identity What `identity` goes by; with `probe` it is not asked for.
 */
export async function openUrl(
  client: HttpClient,
  identity: Identified,
  context: ConnectorContext,
): Promise<Input> {
  const { shown } = client;
  let first: Answer | undefined;
  if (identity !== 'content' && client.settings.ranges) {
    const opened = await openRanged(client, context);
    if ('read' in opened) return opened;
    first = opened.answer;
  }
  const got = await download(client, first, { bytes: true, hash: identity === 'content' }, context);
  const blob = got.blob as Blob;
  const reading = readingOf(
    {
      size: blob.size,
      read: async (at, length) => new Uint8Array(await blob.slice(at, at + length).arrayBuffer()),
    },
    context.signal,
    identity === 'etag' && got.version === undefined,
  );
  if (identity === 'etag' && got.version === undefined) {
    context.logger.warn(
      { step: context.step, url: shown },
      'the server gives no ETag and no Last-Modified of a second that is over, so the content is hashed instead',
    );
  }
  return {
    ...reading,
    name: shown,
    label: `The file '${shown}'`,
    identity: async () => {
      if (identity === 'content') return contentIdentity(got.sha256);
      return got.version === undefined
        ? contentIdentity(await reading.hash())
        : servedIdentity(client.url, got.version);
    },
    close: async () => undefined,
  };
}

/** The file in ranges, or the answer that has all of it, if there is one. */
async function openRanged(
  client: HttpClient,
  context: ConnectorContext,
): Promise<Input | { readonly answer: Answer | undefined }> {
  const answer = await client.send({
    method: 'GET',
    headers: { range: `bytes=0-${headBytes - 1}` },
    expected: [416],
  });
  const { response } = answer;
  if (response.status === 200) return { answer };
  const range = rangeOf(response);
  const tag = strongTag(response);
  const fits = range?.start === 0 && range.end === Math.min(headBytes, range.total);
  if (range === undefined || tag === undefined || !fits || isEncoded(response)) {
    await endBody(response);
    answer.watch.close();
    return { answer: undefined };
  }
  // Read again in the usual way should it break off, which tries more than once.
  const head = await collect(bodyOf(answer, client.shown), range.end).catch(() => new Uint8Array());
  return rangedInput(client, { tag, total: range.total, head }, context);
}

function rangedInput(client: HttpClient, file: RangedFile, context: ConnectorContext): Input {
  const { total, head } = file;
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const [start, end] = [Math.min(offset, total), Math.min(offset + length, total)];
    if (end <= head.length) return head.slice(start, end);
    return collect(rangeBytes(client, file, start, end, context), end - start);
  };
  /** What came with the first answer is not asked for again. */
  async function* piecesOf(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (start < head.length && start < end) yield head.slice(start, end);
    const rest = Math.max(start, head.length);
    if (rest < end) yield* rangeBytes(client, file, rest, end, context);
  }
  const name = client.shown;
  return {
    name,
    label: `The file '${name}'`,
    size: total,
    identity: () => servedIdentity(client.url, { header: 'etag', value: file.tag }),
    read,
    chunks: ({ start = 0, end = total, size = usualChunk }: ChunkOptions = {}) =>
      cutEvenly(piecesOf(start, Math.min(end, total)), size),
    bytes: () => read(0, total),
    close: async () => undefined,
  };
}

/** Pieces in one; more than was promised is not taken. */
async function collect(pieces: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const whole = new Uint8Array(size);
  let at = 0;
  for await (const piece of pieces) {
    if (at + piece.length > size) return new Uint8Array();
    whole.set(piece, at);
    at += piece.length;
  }
  return at < size ? new Uint8Array() : whole;
}

/**
 * Identifies what is at a URL now. The content of a version that was hashed before is not downloaded again, when its server
 * says that it still has it.
 */
export async function identifyUrl(
  client: HttpClient,
  identity: 'content' | 'etag',
  known: KnownHashes,
  context: ConnectorContext,
): Promise<string> {
  if (identity === 'etag') {
    const { response, watch } = await client.send({ method: 'HEAD', expected: [405, 501] });
    watch.close();
    const version = response.ok ? versionOf(response) : undefined;
    if (version !== undefined) return servedIdentity(client.url, version);
    const input = await openUrl(client, 'etag', context);
    return input.identity();
  }
  const before = known.get(client.url);
  const answer = await client.send({
    method: 'GET',
    headers: before === undefined ? {} : { 'if-none-match': before.tag },
    expected: [304],
  });
  if (answer.response.status === 304 && before !== undefined) {
    answer.watch.close();
    return contentIdentity(before.sha256);
  }
  const { sha256, tag } = await download(client, answer, { bytes: false, hash: true }, context);
  if (tag !== undefined) known.set(client.url, { tag, sha256 });
  return contentIdentity(sha256);
}

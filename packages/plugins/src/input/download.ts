import { type ConnectorContext, createPace, fileNotReadable, inputTooLarge } from '@cairn/core/plugin';
import type { FetchResponse } from './fetch.ts';
import { type Answer, bodyOf, endBody, type HttpClient } from './http-client.ts';
import { Transient } from './http-retries.ts';
import { isEncoded, rangeOf } from './ranges.ts';
import { type ServedVersion, strongTag, versionOf } from './served-version.ts';
import { createSha256 } from '#sha256';

/** What came of a download. */
export interface Download {
  /** The bytes, outside of a page's own memory; undefined when only the hash was asked for. */
  readonly blob: Blob | undefined;
  /** In lower-case hex; empty unless it was asked for. */
  readonly sha256: string;
  readonly version: ServedVersion | undefined;
  /** The ETag, when it is a strong one. */
  readonly tag: string | undefined;
}

/** As much as is handed to the platform at once. */
const partBytes = 4 * 1024 * 1024;

/**
 * Downloads a file whole. Where the connection breaks, it goes on from there if the server can, and else begins again.
 *
 * @param first An answer that is there already.
 * @param wanted Which of bytes and hash are of use.
 * @throws CairnError `file_not_found`, `file_not_readable`, `input_too_large`, `url_not_allowed`
 */
export async function download(
  client: HttpClient,
  first: Answer | undefined,
  wanted: { readonly bytes: boolean; readonly hash: boolean },
  context: ConnectorContext,
): Promise<Download> {
  const retries = client.retries();
  let answer = first ?? (await client.send({ method: 'GET' }, retries));
  let kept = createSpool(wanted);
  let { response } = answer;
  for (;;) {
    const total = lengthOf(response);
    const pace = createPace();
    try {
      if (total !== undefined && total > client.settings.maxBytes) throw tooLarge(client);
      for await (const piece of bodyOf(answer, client.shown)) {
        context.signal.throwIfAborted();
        if (kept.size + piece.length > client.settings.maxBytes) throw tooLarge(client);
        await kept.add(piece, pace);
        context.progress(kept.size, total);
      }
      if (total !== undefined && kept.size !== total) {
        const said = new Error(`${kept.size} bytes came of the ${total} that the server announced`);
        throw new Transient(fileNotReadable(client.shown, said));
      }
      break;
    } catch (error) {
      answer.watch.close();
      await retries.again(error);
    }
    const tag = isEncoded(response) ? undefined : strongTag(response);
    const goOn = tag !== undefined && kept.size > 0 && response.headers.get('accept-ranges') === 'bytes';
    answer = await client.send(
      {
        method: 'GET',
        headers: goOn ? { range: `bytes=${kept.size}-`, 'if-range': tag } : {},
        expected: [416],
      },
      retries,
    );
    const range = rangeOf(answer.response);
    if (goOn && strongTag(answer.response) === tag && range?.start === kept.size) {
      continue;
    }
    if (!answer.response.ok || answer.response.status === 206) {
      await endBody(answer.response);
      answer.watch.close();
      answer = await client.send({ method: 'GET' }, retries);
    }
    kept = createSpool(wanted);
    response = answer.response;
  }
  const done = await kept.end();
  return {
    ...done,
    version: versionOf(response),
    tag: isEncoded(response) ? undefined : strongTag(response),
  };
}

function tooLarge({ shown, settings }: HttpClient): Error {
  return inputTooLarge(shown, settings.maxBytes);
}

/** How many bytes there will be, where that can be known: the length of a compressed body says nothing of its content's. */
function lengthOf(response: FetchResponse): number | undefined {
  const said = response.headers.get('content-length');
  return isEncoded(response) || said === null || !/^\d+$/u.test(said) ? undefined : Number(said);
}

interface Spool {
  /** Bytes so far. */
  readonly size: number;
  add(piece: Uint8Array, pace: () => Promise<void> | undefined): Promise<void>;
  end(): Promise<Pick<Download, 'blob' | 'sha256'>>;
}

function createSpool(wanted: { readonly bytes: boolean; readonly hash: boolean }): Spool {
  const hash = wanted.hash ? createSha256() : undefined;
  const parts: Blob[] = [];
  let pieces: Uint8Array[] = [];
  let [size, waiting] = [0, 0];
  return {
    get size() {
      return size;
    },
    async add(piece, pace) {
      size += piece.length;
      if (hash !== undefined) await hash.update(piece, pace);
      if (!wanted.bytes) return;
      pieces.push(piece);
      waiting += piece.length;
      if (waiting < partBytes) return;
      parts.push(new Blob(pieces));
      [pieces, waiting] = [[], 0];
    },
    end: async () => ({
      blob: wanted.bytes ? new Blob([...parts, ...pieces]) : undefined,
      sha256: (await hash?.digest()) ?? '',
    }),
  };
}

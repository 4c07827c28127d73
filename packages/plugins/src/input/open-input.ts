import {
  type ConnectorContext,
  fileNotFound,
  type FileSystem,
  invalidArgument,
  pathNotSupported,
  type SourceRead,
} from '@cairn/core/plugin';
import { changed } from './changed.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { type HandleLike, isHandle } from './file-handle.ts';
import { contentIdentity, probedIdentity, statIdentity } from './identities.ts';
import type { Input } from './input.ts';
import { openBytes, openFile, openHandle, openPath } from './local-inputs.ts';
import { checkPlace, type FileLike, nameOf, type Place } from './place.ts';
import { identifyUrl, openUrl } from './url-input.ts';
import { sha256 } from '#sha256';

/** What the user's own function says of the bytes. */
async function probe({ connector, probe: ask }: Place, context: ConnectorContext): Promise<string> {
  const said: unknown = await ask?.(context);
  if (typeof said === 'string' && said !== '') return said;
  throw invalidArgument(`${connector}.identity`, 'the function must give a text of at least one character');
}

/** Where the bytes are, params and secrets filled in. */
type Target =
  | { readonly kind: 'path'; readonly path: string; readonly files: FileSystem; readonly name: string }
  | { readonly kind: 'url'; readonly client: HttpClient }
  | { readonly kind: 'file'; readonly file: FileLike; readonly name: string }
  | { readonly kind: 'handle'; readonly handle: HandleLike }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

function targetOf(place: Place, context: ConnectorContext): Target {
  const { file, connector } = place;
  if (isHandle(file)) return { kind: 'handle', handle: file };
  if (file !== undefined) return { kind: 'file', file, name: nameOf(file) };
  const { path, url, bytes } = context.location;
  if (path !== undefined) {
    checkPlace(connector, 'path', path);
    const name = place.hidden ? 'a secret path' : (path as string);
    const { files } = context;
    if (files === undefined) throw pathNotSupported(name);
    return { kind: 'path', path: path as string, files, name };
  }
  if (url !== undefined) return { kind: 'url', client: clientOf(place, context) };
  const given = place.bytes ?? bytes;
  checkPlace(connector, 'bytes', given);
  return { kind: 'bytes', bytes: given as Uint8Array };
}

/** What asks a place's URL. @throws CairnError `invalid_argument` */
export function clientOf(
  { connector, hidden, http }: Pick<Place, 'connector' | 'hidden' | 'http'>,
  context: ConnectorContext,
): HttpClient {
  const { url } = context.location;
  checkPlace(connector, 'url', url);
  const shown = hidden ? 'a secret URL' : withoutCredentials(url as string);
  return createHttpClient(`${connector}.url`, url as string, shown, http, context);
}

/** The place as it is said of an identity that does not say it itself. */
function placeOf(target: Target): string {
  switch (target.kind) {
    case 'path':
      return target.path;
    case 'url':
      return target.client.url;
    case 'file':
      return target.name;
    case 'handle':
      return target.handle.name;
    case 'bytes':
      return 'bytes';
  }
}

/** User names, passwords and tokens in queries do not belong into messages and records. */
function withoutCredentials(url: string): string {
  return url.replace(/[?#].*$/su, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/iu, '$1');
}

/** Identifies the bytes as they are now, as cheaply as the chosen kind of identity allows. */
export async function identifyInput(place: Place, context: ConnectorContext): Promise<string> {
  const target = targetOf(place, context);
  const { identity } = place;
  if (identity === 'probe') return probedIdentity(placeOf(target), await probe(place, context));
  switch (target.kind) {
    case 'bytes':
      return contentIdentity(await sha256(target.bytes));
    case 'path': {
      if (identity !== 'stat') return contentIdentity(await context.fileHash(target.path));
      const stat = await target.files.stat(target.path);
      if (stat === undefined) throw fileNotFound(target.path);
      return statIdentity(target.path, stat);
    }
    case 'file':
    case 'handle': {
      const input = await openTarget(target, place, context);
      return input.identity();
    }
    case 'url':
      return identifyUrl(target.client, identity === 'etag' ? 'etag' : 'content', place.known, context);
  }
}

/**
 * Opens the bytes, to be read as they are needed. Whoever opens them closes them, which tells whether they changed meanwhile.
 *
 * @throws CairnError `file_not_found`, `file_not_readable`, `input_too_large`, `path_not_supported`, `url_not_allowed`
 */
export async function openInput(place: Place, context: ConnectorContext): Promise<Input> {
  context.signal.throwIfAborted();
  const target = targetOf(place, context);
  if (place.identity !== 'probe') return openTarget(target, place, context);
  const before = await probe(place, context);
  const input = await openTarget(target, place, context);
  return {
    ...input,
    identity: () => probedIdentity(placeOf(target), before),
    close: async () => {
      await input.close();
      if ((await probe(place, context)) !== before) throw changed(input.label, input.name);
    },
  };
}

async function openTarget(target: Target, { identity }: Place, context: ConnectorContext): Promise<Input> {
  switch (target.kind) {
    case 'bytes':
      return openBytes(target.bytes, context);
    case 'file': {
      const { file, name } = target;
      return openFile(file, name, name === 'a Blob' ? 'The Blob' : `The file '${name}'`, identity, context);
    }
    case 'handle':
      return openHandle(target.handle, identity, context);
    case 'url':
      return openUrl(target.client, identity, context);
    case 'path':
      return openPath(target.files, target.path, target.name, identity, context);
  }
}

/**
 * Reads a source: opens its bytes, and closes them when the table was made, or when that failed.
 *
 * @param work What makes a table of the bytes; `close` of what it gives is called before the bytes are closed.
 */
export async function readInput(
  place: Place,
  context: ConnectorContext,
  work: (input: Input) => Promise<SourceRead>,
): Promise<SourceRead> {
  const input = await openInput(place, context);
  let read: SourceRead;
  try {
    read = await work(input);
  } catch (error) {
    // If the bytes changed, that is why they could not be read.
    await input.close().catch((change: unknown) => {
      if (!context.signal.aborted) throw change;
    });
    throw error;
  }
  return {
    ...read,
    close: async (failure) => {
      try {
        await read.close?.(failure);
      } finally {
        await input.close();
      }
    },
  };
}

import {
  type CairnError,
  type ConnectorContext,
  fileNotFound,
  fileNotReadable,
  type FileStat,
  type FileSystem,
  invalidArgument,
  invalidData,
  pathNotSupported,
} from '@cairn/core/plugin';
import { currentVersion, download, type ServedVersion } from './download.ts';
import { checkPlace, type FileLike, nameOf, type Place } from './place.ts';
import { sha256 } from '#sha256';

/** A source's bytes. */
export interface Input {
  /** The path or URL, as far as messages may show it. */
  readonly name: string;
  /** Begins a sentence about it: `The file 'data/a.csv'`. */
  readonly label: string;
  /** Identifies exactly these bytes. */
  readonly identity: string;
  readonly bytes: Uint8Array;
}

const contentIdentity = (hash: string): string => `sha256:${hash}`;
// What is no hash of the content says something of one place only, and the place is in no fingerprint: so it is in here.
const hashOfPlace = (place: string): Promise<string> => sha256(new TextEncoder().encode(place));
const statIdentity = async (path: string, { size, mtimeMs }: FileStat): Promise<string> =>
  `stat:${await hashOfPlace(path)}:${size}:${mtimeMs}`;
const fileIdentity = async ({ name = '', size, lastModified }: FileLike): Promise<string> =>
  `stat:${await hashOfPlace(name)}:${size}:${lastModified}`;
const servedIdentity = async (url: string, { header, value }: ServedVersion): Promise<string> =>
  `${header}:${await hashOfPlace(url)}:${value}`;
const probedIdentity = async (target: Target, said: string): Promise<string> =>
  `probe:${await hashOfPlace(placeOf(target))}:${said}`;

function placeOf(target: Target): string {
  return target.kind === 'path' ? target.path : target.kind === 'url' ? target.url : target.name;
}

/** What the user's own function says of the bytes. */
async function probe({ connector, probe: ask }: Place, context: ConnectorContext): Promise<string> {
  const said: unknown = await ask?.(context);
  if (typeof said === 'string' && said !== '') return said;
  throw invalidArgument(`${connector}.identity`, 'the function must give a text of at least one character');
}

/** Where the bytes are, params and secrets filled in. */
type Target =
  | { readonly kind: 'path'; readonly path: string; readonly files: FileSystem; readonly name: string }
  | { readonly kind: 'url'; readonly url: string; readonly name: string }
  | { readonly kind: 'file'; readonly file: FileLike; readonly name: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly name: string };

function targetOf(place: Place, context: ConnectorContext): Target {
  const { file } = place;
  if (file !== undefined) return { kind: 'file', file, name: nameOf(file) };
  const { path, url, bytes = place.bytes } = context.location;
  if (path !== undefined) {
    checkPlace(place.connector, 'path', path);
    const { files } = context;
    if (files === undefined) throw pathNotSupported(place.hidden ? 'a secret path' : (path as string));
    return {
      kind: 'path',
      path: path as string,
      files,
      name: place.hidden ? 'a secret path' : (path as string),
    };
  }
  if (url !== undefined) {
    checkPlace(place.connector, 'url', url);
    return {
      kind: 'url',
      url: url as string,
      name: place.hidden ? 'a secret URL' : withoutCredentials(url as string),
    };
  }
  const given = place.bytes ?? bytes;
  checkPlace(place.connector, 'bytes', given);
  return { kind: 'bytes', bytes: given as Uint8Array, name: 'bytes' };
}

/** User names, passwords and tokens in queries do not belong into messages and records. */
function withoutCredentials(url: string): string {
  return url.replace(/[?#].*$/su, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/iu, '$1');
}

async function statOf(files: FileSystem, path: string): Promise<FileStat> {
  const stat = await files.stat(path);
  if (stat === undefined) throw fileNotFound(path);
  return stat;
}

/** The whole of a `File` or `Blob`, which stays what it was when it was chosen or cannot be read any more. */
async function readFile(
  { file, name }: Target & { kind: 'file' },
  context: ConnectorContext,
): Promise<Uint8Array> {
  let buffer: ArrayBuffer;
  try {
    buffer = await file.arrayBuffer();
  } catch (error) {
    context.signal.throwIfAborted();
    const kind = error instanceof Error ? error.name : '';
    if (kind === 'NotFoundError') throw fileNotFound(name, error);
    throw fileNotReadable(name, kind === 'NotReadableError' ? gone(error) : error);
  }
  context.signal.throwIfAborted();
  return new Uint8Array(buffer);
}

/** What a browser says of a file that is not what it was, in words that say what to do. */
function gone(error: unknown): Error {
  return new Error('it was changed, moved or removed since it was chosen, so it has to be chosen again', {
    cause: error,
  });
}

/** Identifies the bytes as they are now, as cheaply as the chosen kind of identity allows. */
export async function identifyInput(place: Place, context: ConnectorContext): Promise<string> {
  const target = targetOf(place, context);
  if (place.identity === 'probe') return probedIdentity(target, await probe(place, context));
  if (target.kind === 'bytes') return contentIdentity(await sha256(target.bytes));
  if (target.kind === 'path') {
    return place.identity === 'stat'
      ? statIdentity(target.path, await statOf(target.files, target.path))
      : contentIdentity(await context.fileHash(target.path));
  }
  if (target.kind === 'file') {
    return place.identity === 'stat'
      ? fileIdentity(target.file)
      : contentIdentity(await sha256(await readFile(target, context)));
  }
  if (place.identity === 'etag') {
    const version = await currentVersion(target.url, target.name, place.fetch, context);
    if (version !== undefined) return servedIdentity(target.url, version);
  }
  return (await openInput(place, context)).identity;
}

/** Reads the bytes, and says what identifies them. @throws CairnError `invalid_data` when they changed meanwhile */
export async function openInput(place: Place, context: ConnectorContext): Promise<Input> {
  if (place.identity !== 'probe') return readInput(place, context);
  const before = await probe(place, context);
  const input = await readInput({ ...place, identity: 'content' }, context);
  if ((await probe(place, context)) !== before) throw changed(input.label, input.name);
  return { ...input, identity: await probedIdentity(targetOf(place, context), before) };
}

function changed(label: string, input: string): CairnError {
  return invalidData(`${label} changed while it was read: run again when nothing writes to it`, { input });
}

async function readInput(place: Place, context: ConnectorContext): Promise<Input> {
  const target = targetOf(place, context);
  switch (target.kind) {
    case 'bytes':
      return {
        name: 'bytes',
        label: 'The data',
        bytes: target.bytes,
        identity: contentIdentity(await sha256(target.bytes)),
      };
    case 'file': {
      const { file, name } = target;
      const bytes = await readFile(target, context);
      const identity =
        place.identity === 'stat' ? await fileIdentity(file) : contentIdentity(await sha256(bytes));
      return { name, label: name === 'a Blob' ? 'The Blob' : `The file '${name}'`, bytes, identity };
    }
    case 'url': {
      const { url, name } = target;
      const { bytes, version } = await download(url, name, place.fetch, context);
      if (place.identity === 'etag' && version === undefined) {
        context.logger.warn(
          { step: context.step, url: name },
          'the server gives no ETag and no Last-Modified of a second that is over, so the content is hashed instead',
        );
      }
      const known = place.identity === 'etag' ? version : undefined;
      const identity =
        known === undefined ? contentIdentity(await sha256(bytes)) : await servedIdentity(url, known);
      return { name, label: `The file '${name}'`, bytes, identity };
    }
    case 'path':
      return openPath(target, place, context);
  }
}

async function openPath(
  target: Target & { kind: 'path' },
  place: Place,
  context: ConnectorContext,
): Promise<Input> {
  const { files, path, name } = target;
  const before = await statOf(files, path);
  const bytes = await files.read(path, { signal: context.signal });
  const after = await files.stat(path);
  if (after?.size !== before.size || after.mtimeMs !== before.mtimeMs || after.inode !== before.inode) {
    throw changed(`The file '${name}'`, name);
  }
  const identity =
    place.identity === 'stat' ? await statIdentity(path, before) : contentIdentity(await sha256(bytes));
  return { name, label: `The file '${name}'`, bytes, identity };
}

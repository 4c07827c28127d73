import {
  type ConnectorContext,
  fileNotFound,
  fileNotReadable,
  type FileReader,
  type FileStat,
  type FileSystem,
} from '@cairn/core/plugin';
import { changed } from './changed.ts';
import { contentIdentity, fileIdentity, statIdentity } from './identities.ts';
import type { Input } from './input.ts';
import { fileOf, type HandleLike } from './file-handle.ts';
import type { FileLike, Identified } from './place.ts';
import { readingOf } from './random-access.ts';
import { sha256 } from '#sha256';

/** A file written again within one tick of the file system's clock keeps its size and mtime. */
const racyMs = 2_000;

const isSame = (one: FileStat, other: FileStat | undefined): boolean =>
  other?.size === one.size && other.mtimeMs === one.mtimeMs && other.inode === one.inode;

/** Opens a local file. */
export async function openPath(
  files: FileSystem,
  path: string,
  name: string,
  identity: Identified,
  context: ConnectorContext,
): Promise<Input> {
  const label = `The file '${name}'`;
  const { signal } = context;
  const reader: FileReader = await files.open(path, { signal });
  const before = await reader.stat();
  const openedAt = Date.now();
  let hash: Promise<string> | undefined;
  let closed = false;
  const reading = readingOf(
    {
      size: before.size,
      read: async (offset, length) => {
        const bytes = await reader.read(offset, length, { signal });
        if (bytes.length < length) throw changed(label, name);
        return bytes;
      },
    },
    signal,
  );
  return {
    ...reading,
    name,
    label,
    // The host hashes faster than what goes through here could be, and remembers it.
    identity: async () =>
      identity === 'stat'
        ? statIdentity(path, before)
        : contentIdentity(await (hash ??= context.fileHash(path))),
    close: async () => {
      if (closed) return;
      closed = true;
      try {
        if (!isSame(before, await reader.stat()) || !isSame(before, await files.stat(path))) {
          throw changed(label, name);
        }
      } finally {
        await reader.close();
      }
      const known = await hash?.catch(() => undefined);
      if (known === undefined || signal.aborted || openedAt - before.mtimeMs > racyMs) return;
      if ((await files.hash(path, { signal })) !== known) throw changed(label, name);
    },
  };
}

/** Opens a `File` or `Blob`, which stays what it was when it was chosen or cannot be read any more. */
export function openFile(
  file: FileLike,
  name: string,
  label: string,
  identity: Identified,
  context: ConnectorContext,
): Input {
  const reading = readingOf(
    {
      size: file.size,
      read: async (offset, length) => {
        try {
          return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
        } catch (error) {
          context.signal.throwIfAborted();
          const kind = error instanceof Error ? error.name : '';
          if (kind === 'NotFoundError') throw fileNotFound(name, error);
          throw fileNotReadable(name, kind === 'NotReadableError' ? gone(error) : error);
        }
      },
    },
    context.signal,
    identity === 'content',
  );
  return {
    ...reading,
    name,
    label,
    identity: async () => (identity === 'stat' ? fileIdentity(file) : contentIdentity(await reading.hash())),
    close: async () => undefined,
  };
}

/** Opens the file of a handle as it is now. */
export async function openHandle(
  handle: HandleLike,
  identity: Identified,
  context: ConnectorContext,
): Promise<Input> {
  const { name } = handle;
  const label = `The file '${name}'`;
  const file = await fileOf(handle);
  const input = openFile(file, name, label, identity, context);
  return {
    ...input,
    identity: identity === 'stat' ? () => fileIdentity({ ...stateOf(file), name }) : input.identity,
    close: async () => {
      const now = stateOf(await fileOf(handle));
      const before = stateOf(file);
      if (now.size !== before.size || now.lastModified !== before.lastModified) throw changed(label, name);
    },
  };
}

const stateOf = ({ size, lastModified }: FileLike): Pick<FileLike, 'size' | 'lastModified'> => ({
  size,
  ...(lastModified === undefined ? {} : { lastModified }),
});

/** What a browser says of a file that is not what it was, in words that say what to do. */
function gone(error: unknown): Error {
  return new Error('it was changed, moved or removed since it was chosen, so it has to be chosen again', {
    cause: error,
  });
}

/** Bytes that are there already. */
export function openBytes(bytes: Uint8Array, context: ConnectorContext): Input {
  const reading = readingOf(
    { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) },
    context.signal,
  );
  return {
    ...reading,
    name: 'bytes',
    label: 'The data',
    identity: async () => contentIdentity(await sha256(bytes)),
    bytes: async () => bytes,
    close: async () => undefined,
  };
}

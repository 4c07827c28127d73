import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { open, rename, rm, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  canceled,
  fileNotFound,
  fileNotReadable,
  type FileStat,
  type FileSystem,
  invalidArgument,
  isCairnError,
} from '@cairn/core/plugin';
import { confinePaths } from './confined-paths.ts';
import { makeFolder, syncFolder } from './durable-folders.ts';
import { readRange, writeAll } from './file-bytes.ts';
import { hasCode } from './system-error.ts';

/** What {@link nodeFiles} may be told. */
export interface NodeFilesOptions {
  /** What relative paths are relative to. @default the working folder of the process, as it is when a path is used */
  readonly cwd?: string;
  /**
   * The folder that paths may not lead out of, by `..` and by symbolic links neither, to read and to write; relative paths start there
   * unless `cwd` is given. @default paths lead anywhere
   */
  readonly root?: string;
  /** With `root`: further folders that paths may lead to. @default none */
  readonly allow?: readonly string[];
}

type Action = 'read' | 'write' | 'rename' | 'remove';

// Large enough for the disk, small enough to notice a cancellation soon.
const pieceSize = 1024 * 1024;

/** The local files of the machine, as connectors see them. */
export function nodeFiles({ root, cwd = root, allow = [] }: NodeFilesOptions = {}): FileSystem {
  if (root === undefined && allow.length > 0) throw invalidArgument('nodeFiles', "'allow' goes with 'root'");
  const absolute = (path: string): string => (cwd === undefined ? resolve(path) : resolve(cwd, path));
  const confined = root === undefined ? undefined : confinePaths([root, ...allow].map((one) => resolve(one)));
  const openToRead = async (path: string): Promise<FileHandle> =>
    confined === undefined ? open(absolute(path), 'r') : confined.openToRead(absolute(path), path);
  const entryOf = async (path: string): Promise<string> =>
    confined === undefined ? absolute(path) : confined.locateEntry(absolute(path), path);

  /** Does something that reads, and says what went wrong. */
  const asReading = async <Value>(
    path: string,
    signal: AbortSignal | undefined,
    work: () => Promise<Value>,
  ): Promise<Value> => {
    throwIfAborted('Reading', path, signal);
    try {
      return await work();
    } catch (error) {
      throwIfAborted('Reading', path, signal);
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) throw fileNotFound(path, error);
      throw asFileError(path, error, 'read');
    }
  };

  const reading = <Value>(
    path: string,
    signal: AbortSignal | undefined,
    work: (handle: FileHandle) => Promise<Value>,
  ): Promise<Value> =>
    asReading(path, signal, async () => {
      const handle = await openToRead(path);
      try {
        return await work(handle);
      } finally {
        await handle.close();
      }
    });

  return {
    resolve: absolute,

    async stat(path) {
      try {
        const located = confined === undefined ? absolute(path) : await confined.locate(absolute(path), path);
        return statOf(path, await stat(located, { bigint: true }));
      } catch (error) {
        if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
        throw asFileError(path, error, 'read');
      }
    },

    open: (path, { signal } = {}) =>
      asReading(path, signal, async () => {
        const handle = await openToRead(path);
        const stat = (): Promise<FileStat> =>
          asReading(path, undefined, async () => statOf(path, await handle.stat({ bigint: true })));
        try {
          await stat();
        } catch (error) {
          await handle.close();
          throw error;
        }
        return {
          stat,
          read: (offset, length, { signal } = {}) =>
            asReading(path, signal, () => readRange(handle, offset, offset + length)),
          close: () => handle.close(),
        };
      }),

    read: (path, { signal } = {}) =>
      reading(path, signal, async (handle) => {
        const bytes = await handle.readFile(signal === undefined ? {} : { signal });
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      }),

    hash: (path, { signal } = {}) =>
      reading(path, signal, async (handle) => {
        const hash = createHash('sha256');
        for (let at = 0; ;) {
          throwIfAborted('Reading', path, signal);
          const piece = await readRange(handle, at, at + pieceSize);
          if (piece.length === 0) return hash.digest('hex');
          hash.update(piece);
          at += piece.length;
        }
      }),

    async write(path, chunks, { signal } = {}) {
      throwIfAborted('Writing', path, signal);
      let handle: FileHandle | undefined;
      let target = absolute(path);
      const source = { failed: false };
      try {
        if (confined !== undefined) target = await confined.locate(target, path);
        const made = await makeFolder(dirname(target));
        handle = confined === undefined ? await open(target, 'w') : await confined.openToWrite(target, path);
        const hash = createHash('sha256');
        let size = 0;
        for await (const chunk of watched(chunks, source)) {
          throwIfAborted('Writing', path, signal);
          hash.update(chunk);
          await writeAll(handle, chunk);
          size += chunk.length;
        }
        throwIfAborted('Writing', path, signal);
        await handle.sync();
        await handle.close();
        await settle(target, made);
        return { size, sha256: hash.digest('hex') };
      } catch (error) {
        await handle?.close().catch(() => undefined);
        if (handle !== undefined) await rm(target, { force: true }).catch(() => undefined);
        // What the chunks' maker throws is not about the file.
        throw source.failed ? error : asFileError(path, error, 'write');
      }
    },

    async rename(from, to) {
      try {
        const target = await entryOf(to);
        const made = await makeFolder(dirname(target));
        await rename(await entryOf(from), target);
        await settle(target, made);
      } catch (error) {
        const isMissing = hasCode(error, 'ENOENT', 'ENOTDIR') && !(await isThere(absolute(from)));
        if (isMissing) throw fileNotFound(from, error);
        throw asFileError(to, error, 'rename');
      }
    },

    async remove(path) {
      try {
        await unlink(await entryOf(path));
      } catch (error) {
        if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw asFileError(path, error, 'remove');
      }
    },
  };
}

function statOf(path: string, found: BigIntStats): FileStat {
  if (found.isDirectory()) throw fileNotReadable(path, new Error('it is a folder'));
  const mtimeMs = Number(found.mtimeNs / 1_000_000n) + Number(found.mtimeNs % 1_000_000n) / 1e6;
  return { size: Number(found.size), mtimeMs, inode: `${found.dev}:${found.ino}` };
}

function throwIfAborted(doing: string, path: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw canceled(`${doing} '${path}'`, signal.reason);
}

function asFileError(path: string, error: unknown, action: Action): Error {
  if (isCairnError(error)) return error;
  return fileNotReadable(
    path,
    hasCode(error, 'EISDIR') ? new Error('it is a folder', { cause: error }) : error,
    action,
  );
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  source: { failed: boolean },
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    source.failed = true;
    throw error;
  }
}

/** Makes a file's entry durable, and those of the folders that were made for it. */
async function settle(path: string, made: readonly string[]): Promise<void> {
  await syncFolder(dirname(path));
  for (const folder of made) await syncFolder(dirname(folder));
}

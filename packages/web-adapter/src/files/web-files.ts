import { canceled, checkKeys, fileNotFound, fileNotReadable, type FileSystem } from '@cairn/core/plugin';
import { digestOf } from './digest.ts';
import { handleIn, removeIn, renameIn, writeIn } from './folder-files.ts';
import {
  fileOf,
  openFound,
  statOf,
  type FetchedFiles,
  type FoundFile,
  type OpenedFile,
} from './found-file.ts';
import { absolutePath } from './paths.ts';

/** Options of {@link webFiles}. */
export interface WebFilesOptions {
  /**
   * The folder that paths begin at, or a function that is asked once for it: one of the page's own files (OPFS), or one that the user
   * has chosen. @default there is none, and nothing can be written
   */
  readonly folder?: FileSystemDirectoryHandle | (() => Promise<FileSystemDirectoryHandle>);
  /**
   * Says what stands at a path besides, which goes before the folder and cannot be written to.
   *
   * @param path Absolute: `/data/flights.csv` for `data/flights.csv`.
   * @default nothing
   */
  readonly find?: (path: string) => FoundFile | undefined | Promise<FoundFile | undefined>;
}

/**
 * Files for connectors with paths, in a browser: so that a pipeline that says `path: data/orders.csv` runs in a page as it does in Node. Paths are those of the
 * page's own files (OPFS), of a folder that the user has chosen, or whatever the page says that they are.
 *
 * A fetched file is held in memory for as long as the result lives.
 *
 * @throws CairnError `invalid_argument`. Every call: `path_outside_root`, `file_not_found`, `file_not_readable`, `permission_needed`;
 *   `quota_exceeded` when it writes
 * @example
 * const files = webFiles({
 *   folder: () => navigator.storage.getDirectory(),
 *   find: (path) => (path === '/data/airports.csv' ? new URL(airportsUrl, location.href) : undefined),
 * });
 * const runner = createWebRunner({ assets: duckDbAssets, files });
 */
export function webFiles(options: WebFilesOptions = {}): FileSystem {
  checkKeys('webFiles', options, ['folder', 'find'], 'option');
  const { folder, find = () => undefined } = options;
  const fetched: FetchedFiles = new Map();
  let asked: Promise<FileSystemDirectoryHandle> | undefined;

  const root = async (path: string): Promise<FileSystemDirectoryHandle> => {
    if (typeof folder !== 'function') {
      if (folder !== undefined) return folder;
      throw fileNotReadable(path, new Error('this page has no folder for files'), 'write');
    }
    asked ??= folder();
    return asked.catch((error: unknown) => {
      asked = undefined;
      throw fileNotReadable(path, error);
    });
  };
  const open = async (path: string): Promise<OpenedFile | undefined> => {
    const absolute = absolutePath(path);
    const found = await find(absolute);
    if (found !== undefined) return openFound(path, found, fetched);
    if (folder === undefined) return undefined;
    const handle = await handleIn(await root(path), absolute);
    if (handle === undefined) return undefined;
    const file = await fileOf(path, handle);
    return { file, stat: statOf(file, absolute) };
  };
  const opened = async (path: string, signal?: AbortSignal): Promise<OpenedFile> => {
    throwIfAborted('Reading', path, signal);
    const one = await open(path);
    throwIfAborted('Reading', path, signal);
    if (one === undefined) throw fileNotFound(path);
    return one;
  };
  const writable = async (path: string): Promise<string> => {
    const absolute = absolutePath(path);
    if ((await find(absolute)) === undefined) return absolute;
    throw fileNotReadable(path, new Error('it is not in the folder, and can only be read'), 'write');
  };
  const reading = async <Value>(path: string, work: Promise<Value>): Promise<Value> =>
    work.catch((error: unknown) => {
      throw fileNotReadable(path, error);
    });

  return Object.freeze<FileSystem>({
    resolve: absolutePath,
    stat: async (path) => (await open(path))?.stat,
    async open(path, { signal } = {}) {
      const { file, stat } = await opened(path, signal);
      return {
        stat: async () => stat,
        read: async (offset, length) =>
          new Uint8Array(await reading(path, file.slice(offset, offset + length).arrayBuffer())),
        close: async () => undefined,
      };
    },
    async read(path, { signal } = {}) {
      const { file } = await opened(path, signal);
      return new Uint8Array(await reading(path, file.arrayBuffer()));
    },
    async hash(path, { signal } = {}) {
      const { file } = await opened(path, signal);
      return digestOf(file, () => throwIfAborted('Reading', path, signal));
    },
    async write(path, chunks, { signal } = {}) {
      const absolute = await writable(path);
      return writeIn(await root(path), absolute, chunks, () => throwIfAborted('Writing', path, signal));
    },
    async rename(from, to) {
      const [source, target] = [absolutePath(from), await writable(to)];
      await renameIn(await root(to), source, target);
    },
    async remove(path) {
      if (folder !== undefined) await removeIn(await root(path), absolutePath(path));
    },
  });
}

function throwIfAborted(doing: string, path: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw canceled(`${doing} '${path}'`, signal.reason);
}

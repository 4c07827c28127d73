import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, isAbsolute, sep } from 'node:path';
import { pathOutsideRoot } from '@cairn/core/plugin';
import { hasCode } from './system-error.ts';

/** Paths that may lead only to some folders. */
export interface ConfinedPaths {
  /**
   * Where a path leads, all symbolic links followed; what does not exist of it is taken as it is written.
   *
   * @param path Absolute.
   * @param named How messages name it.
   * @throws CairnError `path_outside_root`
   */
  locate(path: string, named: string): Promise<string>;
  /** The same of a file's name itself, which is renamed or removed: where it leads if it is a link does not matter. */
  locateEntry(path: string, named: string): Promise<string>;
  /** Opens a file to be read, and looks again where it was opened, for folders may be replaced by links meanwhile. */
  openToRead(path: string, named: string): Promise<FileHandle>;
  /** Opens a file to be written anew. Nothing is emptied or followed before it is known where it is. */
  openToWrite(path: string, named: string): Promise<FileHandle>;
}

/** @param roots Folders, absolute; links in them are followed. */
export function confinePaths(roots: readonly string[]): ConfinedPaths {
  const check = async (real: string, named: string): Promise<string> => {
    for (const root of roots) {
      if (isWithin(real, await realOf(root))) return real;
    }
    throw pathOutsideRoot(named, roots);
  };
  const locate = async (path: string, named: string): Promise<string> => check(await realOf(path), named);

  const opened = async (handle: FileHandle, located: string, named: string): Promise<FileHandle> => {
    try {
      await check(await pathOf(handle, located, named), named);
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  };

  /** The path of what is open, as the system knows it; elsewhere than on Linux the one at which the very same file is found. */
  const pathOf = async (handle: FileHandle, located: string, named: string): Promise<string> => {
    if (process.platform === 'linux') return readlink(`/proc/self/fd/${handle.fd}`);
    const [found, there] = [await handle.stat({ bigint: true }), await stat(located, { bigint: true })];
    if (found.ino !== there.ino || found.dev !== there.dev) throw pathOutsideRoot(named, roots);
    return realpath(located);
  };

  return {
    locate,
    locateEntry: async (path, named) => join(await locate(dirname(path), named), basename(path)),
    openToRead: async (path, named) => {
      const located = await locate(path, named);
      return opened(await open(located, 'r'), located, named);
    },
    openToWrite: async (path, named) => {
      const { O_WRONLY, O_CREAT, O_NOFOLLOW } = constants;
      // Windows has no such flag, and makes links only for administrators.
      const flags = O_WRONLY | O_CREAT | ((O_NOFOLLOW as number | undefined) ?? 0);
      const located = await locate(path, named);
      const handle = await opened(await open(located, flags, 0o666), located, named);
      await handle.truncate(0);
      return handle;
    },
  };
}

function isWithin(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The path without links, as far as it exists. */
async function realOf(path: string): Promise<string> {
  const missing: string[] = [];
  let at = resolve(path);
  for (;;) {
    try {
      return join(await realpath(at), ...missing);
    } catch (error) {
      const parent = dirname(at);
      if (!hasCode(error, 'ENOENT', 'ENOTDIR') || parent === at) throw error;
      // A link that leads nowhere leads somewhere once that is made.
      const link = await readlink(at).catch(() => undefined);
      if (link !== undefined) {
        at = resolve(parent, link);
        continue;
      }
      missing.unshift(basename(at));
      at = parent;
    }
  }
}

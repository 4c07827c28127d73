import { closeSync, fsync, openSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from './system-error.ts';

const flush = promisify(fsync);

/** Makes a folder's entries durable. Windows has no such call, and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  // Only the disk is waited for in another thread.
  const handle = openSync(folder, 'r');
  try {
    await flush(handle);
  } finally {
    closeSync(handle);
  }
}

/** Asked at once: every write asks it, and through the thread pool it takes as long as the write. */
function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

/**
 * Makes a folder and its missing parents; resolves to the folders that it made, innermost first. (Node's own recursive
 * mkdir never ends where the system says of a new folder that it does not exist, as /proc does.)
 *
 * @param floor A folder above it that is not made: without it, nothing is.
 */
export async function makeFolder(folder: string, floor?: string): Promise<string[]> {
  if (isFolder(folder)) return [];
  const parent = dirname(folder);
  const made = parent === folder || parent === floor ? [] : await makeFolder(parent, floor);
  try {
    await mkdir(folder);
  } catch (error) {
    // Somebody else was faster.
    if (hasCode(error, 'EEXIST') && isFolder(folder)) return made;
    throw error;
  }
  return [folder, ...made];
}

/** The folders of one store: made when missing, and made durable when that is asked for. */
export interface DurableFolders {
  /** Makes the root, or a folder below it; nothing when `floor`, a folder above it, is not there. */
  make(folder: string, floor?: string): Promise<void>;
  /** Makes a folder's entries durable, and the folder itself, up to the root and what was made above it. */
  sync(folder: string): Promise<void>;
}

/** Keeps in mind which folders are durable. `root` is absolute. */
export function durableFolders(root: string): DurableFolders {
  // Whoever made a folder may have been killed before its entry was durable, so every process sees to it once.
  const settled = new Set<string>();
  let outermost = root;

  const settle = async (folder: string): Promise<void> => {
    if (settled.has(folder)) return;
    await syncFolder(dirname(folder)).catch((error: unknown) => {
      // The folder around the root may be one that we can pass through but not read.
      if (folder !== root || !hasCode(error, 'EACCES', 'EPERM')) throw error;
    });
    if (folder !== outermost) await settle(dirname(folder));
    settled.add(folder);
  };

  return {
    async make(folder, floor) {
      const made = folder === floor ? [] : await makeFolder(folder, floor);
      for (const each of made) settled.delete(each);
      if (made.includes(root)) outermost = made.at(-1) as string;
    },
    async sync(folder) {
      await syncFolder(folder);
      await settle(folder);
    },
  };
}

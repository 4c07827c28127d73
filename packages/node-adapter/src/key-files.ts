import { open, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { clearAside, putBack } from './aside.ts';
import { readRange } from './file-bytes.ts';
import { filePath } from './file-names.ts';
import { findPlace } from './places.ts';
import { hasCode } from './system-error.ts';

/** What stands at a key, wherever that is; undefined when nothing does. */
export async function readKey(root: string, key: string): Promise<Uint8Array | undefined> {
  // Most keys stand at their plain path, so they are read there while we find out.
  const plain = filePath(root, key);
  const [place, found] = await Promise.all([findPlace(root, key), readFrom(plain)]);
  if (place.path === plain && found !== undefined) return found;
  for (let path = place.path; ;) {
    const bytes = path === plain ? undefined : await readFrom(path);
    if (bytes !== undefined) return bytes;
    // Nothing is there, if this is still the place, and no collector was killed in the middle of its work.
    const now = (await findPlace(root, key)).path;
    if (now === path) return (await putBack(path)) ? readFrom(path) : undefined;
    path = now;
  }
}

/** Reads a file, or its first bytes; undefined when nothing is there, or a folder. */
export async function readFrom(path: string, length: number = Infinity): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      return await readRange(handle, 0, Math.min(length, (await handle.stat()).size));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EISDIR')) return undefined;
    throw error;
  }
}

/** Reads the first bytes of a file and how many it has; undefined when nothing is there. */
export async function readBeginning(
  path: string,
  length: number,
): Promise<{ readonly bytes: Uint8Array; readonly size: number } | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const [{ size }, bytes] = await Promise.all([handle.stat(), readRange(handle, 0, length)]);
      return { bytes, size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EISDIR')) return undefined;
    throw error;
  }
}

/** Says whether something that is no folder is at a path. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Makes the bytes of a file durable that somebody else may have written without. */
export async function syncFile(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Removed since: it was there when it was asked for.
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** Removes what stands at a path, wherever it was put aside. */
export async function removeFile(path: string): Promise<'removed' | 'missing'> {
  try {
    await unlink(path);
    return 'removed';
  } catch (error) {
    // A folder is no value; systems differ in how they refuse to unlink one.
    if (await isFile(path)) throw error;
    return 'missing';
  } finally {
    await clearAside(path);
  }
}

/** Removes folders that hold nothing any more, up to a last one, which stays. */
export async function removeEmpty(folder: string, last: string): Promise<void> {
  for (let at = folder; at !== last && at.startsWith(last); at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}

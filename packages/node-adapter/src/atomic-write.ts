import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DurableFolders } from './durable-folders.ts';
import { fileCalls } from './file-calls.ts';
import { hasCode } from './system-error.ts';

// Nobody writes one file for so long: whoever began it is gone.
const leftoverMs = 24 * 60 * 60 * 1000;

/** How {@link AtomicWriter.write} writes. */
export interface AtomicWriteOptions {
  /** Leave alone what stands at the path. @default false */
  readonly ifAbsent?: boolean;
  /** Make the file durable before it is placed; its folder is for the caller to see to. @default false */
  readonly sync?: boolean;
  /** A folder above the path that must be there, and is not made. @default the root, which is made */
  readonly floor?: string | undefined;
  /** Called last before the file is placed; may throw. */
  readonly beforePlacing?: () => Promise<void>;
}

/** Writes files that become visible whole or not at all. */
export interface AtomicWriter {
  /** Resolves to false, having changed nothing, when `ifAbsent` found something at the path. */
  write(path: string, bytes: Uint8Array, options?: AtomicWriteOptions): Promise<boolean>;
  /** Removes what killed processes left: files written aside that are older than a day. */
  sweep(now: number): Promise<void>;
}

/** Writes aside, in the folder `.tmp` of the root (no key begins with a dot), then renames or links into place. */
export function atomicWriter(root: string, folders: DurableFolders): AtomicWriter {
  const aside = join(root, '.tmp');
  const callsFor = fileCalls();

  /** A folder that holds nothing may be removed at any time, by a delete in this process or another. */
  const inFolder = async <Value>(
    folder: string,
    floor: string | undefined,
    work: () => Promise<Value>,
  ): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      await folders.make(folder, floor);
      return work();
    }
  };
  return {
    async write(path, bytes, { ifAbsent = false, sync = false, floor, beforePlacing } = {}) {
      const folder = dirname(path);
      // First, so that a place that cannot be is found while there is nothing to take back.
      await folders.make(folder, floor);
      const calls = callsFor(bytes.length);
      const temp = join(aside, `${process.pid}-${randomUUID()}.tmp`);
      let isAside = true;
      try {
        await inFolder(aside, undefined, () => calls.write(temp, bytes, sync));
        await beforePlacing?.();
        if (ifAbsent) {
          const linked = await inFolder(folder, floor, () => calls.link(temp, path)).then(
            () => true,
            (error: unknown) => {
              if (hasCode(error, 'EEXIST')) return false;
              throw error;
            },
          );
          if (!linked) return false;
        } else {
          await inFolder(folder, floor, () => calls.rename(temp, path));
          isAside = false;
        }
      } finally {
        // What stays is swept in a day.
        if (isAside) await calls.remove(temp).catch(() => undefined);
      }
      return true;
    },

    async sweep(now) {
      for (const name of await readdir(aside).catch(() => [])) {
        const path = join(aside, name);
        const found = await stat(path).catch(() => undefined);
        if (found !== undefined && now - found.mtimeMs > leftoverMs) await rm(path, { force: true });
      }
    },
  };
}

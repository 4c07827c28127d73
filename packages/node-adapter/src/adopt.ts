import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { copyFolder } from './copy-folder.ts';
import { syncFolder } from './durable-folders.ts';
import { readLeaseFolder } from './lease-folder.ts';
import { hasCode } from './system-error.ts';

/**
 * Makes the first data directory of a folder that is leased for the first time, with the keys that stood below it
 * until now. They get second names there, so that at every moment they are found in one place or the other. The claim
 * must be there: until the data is, it makes all wait who want to write.
 *
 * @param findSource Where the keys stand until now: the folder itself, or a part of another data directory.
 */
export async function adopt(folder: string, findSource: () => Promise<string>): Promise<void> {
  const { path } = await readLeaseFolder(folder);
  const data = join(path, 'data-1');
  for (;;) {
    const source = await findSource();
    const names = (await readdir(source).catch(missing)) ?? [];
    if (names.every((name) => name.startsWith('.'))) {
      await mkdir(data).catch(existing);
      return;
    }
    const copy = join(path, `new-${randomUUID()}`);
    try {
      await copyFolder(source, copy, { isWanted: hasNoData(folder), copyFile: link });
      await rename(copy, data);
      await syncFolder(path);
      await clear(source, hasNoData(folder));
      return;
    } catch (error) {
      await rm(copy, { recursive: true, force: true });
      // Somebody with force was faster.
      if (hasCode(error, 'EEXIST', 'ENOTEMPTY')) return;
      // Something was removed, or the source was moved, while it was read.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}

/** Removes what stands at the plain place of a folder that has a data directory: nobody reads it there. */
export async function clearPlain(folder: string): Promise<void> {
  await clear(folder, hasNoData(folder));
}

const hasNoData =
  (folder: string) =>
  async (below: string): Promise<boolean> =>
    (await readLeaseFolder(join(folder, below))).data === undefined;

async function clear(
  folder: string,
  isWanted: (below: string) => Promise<boolean>,
  above = '',
): Promise<void> {
  const entries = (await readdir(join(folder, above), { withFileTypes: true }).catch(missing)) ?? [];
  for (const entry of entries) {
    const below = join(above, entry.name);
    const path = join(folder, below);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      if (!(await isWanted(below))) continue;
      await clear(folder, isWanted, below);
      await rmdir(path).catch(() => undefined);
    } else if (entry.isFile()) {
      await unlink(path).catch(missing);
    }
  }
}

function missing(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}

function existing(error: unknown): void {
  if (!hasCode(error, 'EEXIST', 'ENOTEMPTY')) throw error;
}

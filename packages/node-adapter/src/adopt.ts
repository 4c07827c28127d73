import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { copyFolder } from './copy-folder.ts';
import { makeFolder, syncFolder } from './durable-folders.ts';
import { readLeaseFolder } from './lease-folder.ts';
import { hasCode } from './system-error.ts';

/**
 * Makes the first data directory of a folder that is leased for the first time, with the keys that stood below it
 * until now. They get second names there, so that at every moment they are found in one place or the other.
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
    try {
      await adoptFrom(source, folder, path, data);
      return;
    } catch (error) {
      // Something was removed, or the source was moved, while it was read.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}

async function adoptFrom(source: string, folder: string, path: string, data: string): Promise<void> {
  const isWanted = hasNoData(folder);
  const copy = join(path, `new-${randomUUID()}`);
  const seen = new Map<string, number>();
  try {
    await copyFolder(source, copy, {
      isWanted,
      async copyFile(from, to) {
        await link(from, to);
        seen.set(from, (await stat(to)).ino);
      },
    });
    const isFirst = await rename(copy, data).then(() => true, existing);
    if (isFirst !== true) return;
    await syncFolder(path);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  // Whoever has no lease may have written or removed something while the copy was made.
  await clear(source, isWanted, async (from, below) => {
    const { ino } = await stat(from);
    const [before, to] = [seen.get(from), join(data, below)];
    seen.delete(from);
    if (before === ino) return;
    await makeFolder(dirname(to), data);
    if (before === undefined) await link(from, to).catch(existing);
    else await rename(from, to);
  });
  for (const from of seen.keys()) await unlink(join(data, relative(source, from))).catch(missing);
}

/** Removes what stands at the plain place of a folder that has a data directory: nobody reads it there. */
export async function clearPlain(folder: string): Promise<void> {
  await clear(folder, hasNoData(folder), async () => undefined);
}

const hasNoData =
  (folder: string) =>
  async (below: string): Promise<boolean> =>
    (await readLeaseFolder(join(folder, below))).data === undefined;

async function clear(
  folder: string,
  isWanted: (below: string) => Promise<boolean>,
  beforeRemoving: (path: string, below: string) => Promise<void>,
  above = '',
): Promise<void> {
  const entries = (await readdir(join(folder, above), { withFileTypes: true }).catch(missing)) ?? [];
  for (const entry of entries) {
    const below = join(above, entry.name);
    const path = join(folder, below);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      if (!(await isWanted(below))) continue;
      await clear(folder, isWanted, beforeRemoving, below);
      await rmdir(path).catch(() => undefined);
    } else if (entry.isFile()) {
      await beforeRemoving(path, below).catch(missing);
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

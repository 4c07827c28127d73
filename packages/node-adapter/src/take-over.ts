import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { copyFolder, fenceFile } from './copy-folder.ts';
import { syncFolder } from './durable-folders.ts';
import { leftovers, readLeaseFolder } from './lease-folder.ts';
import { hasCode } from './system-error.ts';

/**
 * Takes the keys of a leased folder, and of leased folders below it, out of the reach of whoever wrote there.
 *
 * First the data directory gets another name, so that no path of an earlier holder leads there any more; then what it
 * holds is copied into a new one, so that not even an operation that was within the system at that moment arrives. Ended
 * at any point, it leaves a directory that is read, and from which the next take-over begins.
 *
 * @param isOurs Says whether the lease has not been taken by somebody else meanwhile; if so, all is left to them.
 */
export async function takeOver(folder: string, isOurs: () => Promise<boolean>): Promise<void> {
  for (const nested of await leasedFolders(folder)) await cutOff(nested, isOurs);
}

/**
 * Says whether a leased folder is as its holder had it once all before were cut off, with no other lease below it. Then, when
 * nothing is left of that holder, nobody can write there, and there is nothing to cut off.
 */
export async function isSettled(folder: string): Promise<boolean> {
  const found = await readLeaseFolder(folder);
  if (found.data?.isWhole !== true || leftovers(found).length > 0) return false;
  return (await leasedFolders(folder)).length === 1;
}

/** A folder and those below it, deepest last, that hold a data directory. */
async function leasedFolders(folder: string): Promise<string[]> {
  const found = (await readLeaseFolder(folder)).data === undefined ? [] : [folder];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    found.push(...(await leasedFolders(join(folder, entry.name))));
  }
  return found;
}

async function cutOff(folder: string, isOurs: () => Promise<boolean>): Promise<void> {
  while (await isOurs()) {
    const { path, data } = await readLeaseFolder(folder);
    if (data === undefined) return;
    const cut = join(path, `cut-${data.number + 1}`);
    const copy = join(path, `new-${randomUUID()}`);
    try {
      await rename(data.path, cut);
      await copyFolder(cut, copy, { copyFile: fenceFile });
      await rename(copy, join(path, `data-${data.number + 2}`));
      await syncFolder(path);
      await rm(cut, { recursive: true, force: true }).catch(() => undefined);
      return;
    } catch (error) {
      await rm(copy, { recursive: true, force: true }).catch(() => undefined);
      // Another take-over has gone ahead: it began where this one was.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}

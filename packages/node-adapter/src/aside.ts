import { existsSync } from 'node:fs';
import { link, rename, stat, unlink, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from './system-error.ts';

const prefix = '.aside-';

/** Where a file is while it is found out whether it may be removed. No key begins with a dot. */
function asideOf(path: string): string {
  return join(dirname(path), prefix + basename(path));
}

/** The path of the file that a name in its folder is an aside of; undefined for any other name. */
export function ownerOfAside(folder: string, name: string): string | undefined {
  return name.startsWith(prefix) ? join(folder, name.slice(prefix.length)) : undefined;
}

/**
 * Removes a file if this is when it was modified. It is moved aside first: what refreshes it either did so before, and is
 * seen, or finds it gone. Whoever is killed here leaves the file aside, and the next one who looks for it puts it back.
 *
 * @returns `stays` when it was modified at another time, or was put back or made anew meanwhile.
 */
export async function removeUnmodified(
  path: string,
  modifiedAt: Date,
): Promise<'removed' | 'missing' | 'stays'> {
  const isUnmodified = async (at: string): Promise<boolean | undefined> =>
    whenThere(async () => (await stat(at)).mtime.getTime() === modifiedAt.getTime());
  const before = await isUnmodified(path);
  if (before !== true) return before === undefined ? 'missing' : 'stays';
  const aside = asideOf(path);
  if ((await whenThere(() => rename(path, aside).then(() => true))) === undefined) return 'missing';
  if ((await isUnmodified(aside)) !== true) {
    await putBack(path);
    return 'stays';
  }
  const isRemoved = await whenThere(() => unlink(aside).then(() => true));
  return isRemoved === undefined || existsSync(path) ? 'stays' : 'removed';
}

/** Puts a file back that was left aside, unless there is a new one; says whether there is a file at the path now. */
export async function putBack(path: string): Promise<boolean> {
  const aside = asideOf(path);
  // Asked at once: it is hardly ever there. Whoever moved it aside may have put it back by now.
  if (!existsSync(aside)) return existsSync(path);
  const isBack = await whenThere(() =>
    link(aside, path).then(
      () => true,
      (error: unknown) => {
        if (hasCode(error, 'EEXIST')) return true;
        throw error;
      },
    ),
  );
  await whenThere(() => unlink(aside));
  return isBack === true || existsSync(path);
}

/** Removes what was left aside of a file that is removed. */
export async function clearAside(path: string): Promise<void> {
  const aside = asideOf(path);
  if (existsSync(aside)) await whenThere(() => unlink(aside));
}

/** Makes now the time that a file was modified at; false when it is not there. */
export async function refresh(path: string): Promise<boolean> {
  const touched = (): Promise<boolean | undefined> =>
    whenThere(async () => {
      const now = new Date();
      await utimes(path, now, now);
      return true;
    });
  for (;;) {
    // Mostly it is asked of a new file, and a no at once costs a twentieth of one through the thread pool.
    if (existsSync(path) && (await touched()) === true) return true;
    if (!(await putBack(path))) return false;
  }
}

/** Undefined when the file is not there. */
async function whenThere<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

import { pathOutsideRoot } from '@cairn/core/plugin';

/**
 * The absolute form of a path: one slash between names, and no `.` or `..` in it. `/` is where relative ones begin.
 *
 * @throws CairnError `path_outside_root`
 */
export function absolutePath(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) throw pathOutsideRoot(path, ['/']);
  }
  return `/${names.join('/')}`;
}

/** The names on the way to a file, and its own. */
export function namesOf(absolute: string): { readonly folders: readonly string[]; readonly name: string } {
  const names = absolute.split('/').slice(1);
  return { folders: names.slice(0, -1), name: names.at(-1) ?? '' };
}

import { join } from 'node:path';

// What Windows refuses as a file name, with any extension.
const devices = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)/;

/**
 * The file name of a key's segment, which a file system that ignores case keeps apart from every other segment's and
 * Windows accepts: `=a` is an upper-case A, `+abc+` are several in a row, a last `.` is `.=`, and a name that Windows
 * keeps for a device begins with `=_`. At most 5/3 as long as the segment, so that 140 characters fit in a file name.
 */
export function fileName(segment: string): string {
  const lower = segment.replaceAll(/[A-Z]+/g, (upper) =>
    upper.length === 1 ? `=${upper.toLowerCase()}` : `+${upper.toLowerCase()}+`,
  );
  const name = devices.test(lower) ? `=_${lower}` : lower;
  return name.endsWith('.') ? `${name}=` : name;
}

/** The segment that a file name stands for, or undefined for a file that is not a store's. */
export function segmentOf(name: string): string | undefined {
  const segment = name
    .replace(/\.=$/, '.')
    .replace(/^=_/, '')
    .replaceAll(/\+([a-z]{2,})\+|=([a-z])/g, (_, several: string | undefined, one: string | undefined) =>
      (several ?? one ?? '').toUpperCase(),
    );
  return fileName(segment) === name && /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(segment) ? segment : undefined;
}

/** The path of the file that holds a key's value. The key was checked. */
export function filePath(root: string, key: string): string {
  return join(root, ...key.split('/').map(fileName));
}

/** The path of the folder of a prefix without its last `/`; the root for the empty one. */
export function folderPath(root: string, folder: string): string {
  return folder === '' ? root : filePath(root, folder);
}

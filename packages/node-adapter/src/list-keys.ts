import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredObject } from '@cairn/core';
import { segmentOf } from './file-names.ts';
import { hasCode } from './system-error.ts';

// So many files are asked for at once.
const batchSize = 128;

/** The keys that begin with a prefix, in the order of their UTF-16 code units, with the folders they stand in. */
export async function* listKeys(folder: string, prefix: string, above = ''): AsyncGenerator<StoredObject> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  const found: { readonly key: string; readonly path: string; readonly isFolder: boolean }[] = [];
  for (const entry of entries) {
    const segment = segmentOf(entry.name);
    const isFolder = entry.isDirectory();
    if (segment === undefined || !(isFolder || entry.isFile())) continue;
    const key = `${above}${segment}${isFolder ? '/' : ''}`;
    if (key.startsWith(prefix) || (isFolder && prefix.startsWith(key))) {
      found.push({ key, path: join(folder, entry.name), isFolder });
    }
  }
  // A folder's key ends in `/`, which puts everything below it where it belongs among its neighbours.
  found.sort((one, other) => (one.key < other.key ? -1 : 1));
  for (let at = 0; at < found.length;) {
    const next = found[at];
    if (next?.isFolder === true) {
      yield* listKeys(next.path, prefix, next.key);
      at += 1;
      continue;
    }
    const batch = found.slice(at, at + batchSize);
    const firstFolder = batch.findIndex(({ isFolder }) => isFolder);
    const files = firstFolder === -1 ? batch : batch.slice(0, firstFolder);
    yield* (await Promise.all(files.map(describe))).filter((object) => object !== undefined);
    at += files.length;
  }
}

/** Undefined when the file was removed since it was listed. */
async function describe(file: {
  readonly key: string;
  readonly path: string;
}): Promise<StoredObject | undefined> {
  try {
    const { size, mtime } = await stat(file.path);
    return { key: file.key, size, modifiedAt: mtime };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

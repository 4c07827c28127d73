import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { StoredObject } from '@cairn/core';
import { ownerOfAside, putBack } from './aside.ts';
import { folderPath, segmentOf } from './file-names.ts';
import { findPlace } from './places.ts';
import { hasCode } from './system-error.ts';

// So many files are asked for at once.
const batchSize = 128;

interface Found {
  readonly key: string;
  readonly path: string;
  readonly isFolder: boolean;
}

/**
 * The keys that begin with a prefix, in the order of their UTF-16 code units.
 *
 * @param above What the keys of the folder that is listed begin with: empty, or a path that ends in `/`.
 * @param guess Where that folder probably stands.
 */
export async function* listKeys(
  root: string,
  prefix: string,
  above = '',
  guess: string = root,
): AsyncGenerator<StoredObject> {
  const { folder, entries } = await entriesOf(root, above, guess);
  const plain = folderPath(root, above.slice(0, -1));
  const found = new Map<string, Found>();
  const add = (entry: Dirent, isFolder: boolean, path = join(folder, entry.name)): void => {
    const segment = segmentOf(basename(path));
    if (segment === undefined || !(isFolder || entry.isFile())) return;
    const key = `${above}${segment}${isFolder ? '/' : ''}`;
    if (!key.startsWith(prefix) && !(isFolder && prefix.startsWith(key))) return;
    found.set(key, { key, path, isFolder });
  };
  for (const entry of entries) {
    // Whoever wanted to remove it was killed in the middle of that, or is just at it.
    const owner = ownerOfAside(folder, entry.name);
    if (owner === undefined) {
      add(entry, entry.isDirectory());
    } else {
      await putBack(owner);
      add(entry, false, owner);
    }
  }
  // Leased folders within a leased folder have their data beside it.
  if (folder !== plain) {
    for (const entry of await readFolder(plain)) if (entry.isDirectory()) add(entry, true);
  }
  // A folder's key ends in `/`, which puts everything below it where it belongs among its neighbours.
  const ordered = [...found.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1));
  for (let at = 0; at < ordered.length;) {
    const next = ordered[at];
    if (next?.isFolder === true) {
      yield* listKeys(root, prefix, next.key, next.path);
      at += 1;
      continue;
    }
    const batch = ordered.slice(at, at + batchSize);
    const firstFolder = batch.findIndex(({ isFolder }) => isFolder);
    const files = firstFolder === -1 ? batch : batch.slice(0, firstFolder);
    const described = await Promise.all(files.map((file) => describe(root, file)));
    yield* described.filter((object) => object !== undefined);
    at += files.length;
  }
}

/** Reads a folder, again as long as it was moved meanwhile: a folder that is being removed is read in part. */
async function entriesOf(
  root: string,
  above: string,
  guess: string,
): Promise<{ readonly folder: string; readonly entries: readonly Dirent[] }> {
  for (let folder = guess; ;) {
    const entries = await readFolder(folder);
    const now = dirname((await findPlace(root, `${above}_`)).path);
    if (now === folder) return { folder, entries };
    folder = now;
  }
}

async function readFolder(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
}

/** Undefined when the file was removed since it was listed. */
async function describe(root: string, { key, path: listed }: Found): Promise<StoredObject | undefined> {
  for (let path = listed; ;) {
    try {
      const { size, mtime } = await stat(path);
      return { key, size, modifiedAt: mtime };
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      const now = (await findPlace(root, key)).path;
      if (now === path) return undefined;
      path = now;
    }
  }
}

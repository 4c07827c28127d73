import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileName } from './file-names.ts';
import { readLeaseFolder } from './lease-folder.ts';
import { hasCode } from './system-error.ts';

// A take-over that was not finished in this time is not waited for: whoever made it is gone, or copies very much.
const longestCopyMs = 10_000;

/** A folder in which keys stand: the root, or the newest data directory of a leased prefix. */
export interface Ground {
  readonly folder: string;
  /** How many segments of a key lead to the prefix; -1 for the root, which is nobody's. */
  readonly depth: number;
  /** False while a take-over copies it, or a first lease adopts a part of it: then nothing is written there. */
  readonly isWhole: boolean;
}

/** Where a key's file stands. */
export interface Place extends Ground {
  readonly path: string;
}

/** The folder that must be there for a place to be one; the root is made when it is missing. */
export function floorOf({ folder, depth }: Ground): string | undefined {
  return depth < 0 ? undefined : folder;
}

/**
 * Finds the place of a key: in the data directory of the longest prefix that was ever leased, or else at its plain path.
 *
 * @param from A ground that is known, when only longer prefixes are of interest.
 */
export async function findPlace(
  root: string,
  key: string,
  from: Ground = { folder: root, depth: -1, isWhole: true },
): Promise<Place> {
  const names = key.split('/').map(fileName);
  const depths = Array.from({ length: names.length - 1 - from.depth }, (_, at) => from.depth + 1 + at);
  const found = await Promise.all(
    depths.map((depth) => readLeaseFolder(join(root, ...names.slice(0, depth)))),
  );
  const at = found.findLastIndex(({ data }) => data !== undefined);
  const data = found[at]?.data;
  const ground =
    data === undefined ? from : { folder: data.path, depth: from.depth + 1 + at, isWhole: data.isWhole };
  // A lease without data has just been taken for the first time: its keys are on their way.
  const isWhole = ground.isWhole && found.slice(at + 1).every(({ claim }) => claim === undefined);
  return { ...ground, isWhole, path: join(ground.folder, ...names.slice(Math.max(0, ground.depth))) };
}

/** Finds the place of a key once nobody is moving it. @throws Error when that does not end */
export async function findWholePlace(root: string, key: string, from?: Ground): Promise<Place> {
  const begun = performance.now();
  for (;;) {
    const place = await findPlace(root, key, from);
    if (place.isWhole) return place;
    if (performance.now() - begun > longestCopyMs) {
      throw new Error(`whoever took a lease did not finish moving '${place.path}': acquire it to go on`);
    }
    await pause(10);
  }
}

/** Says whether a key's file is still looked for at a place, and will be. */
export async function isCurrent(root: string, key: string, place: Place): Promise<boolean> {
  if (place.depth < 0) {
    const now = await findPlace(root, key);
    return now.isWhole && now.path === place.path;
  }
  const [isThere, longer] = await Promise.all([
    stat(place.folder).then(
      () => true,
      (error: unknown) => {
        if (hasCode(error, 'ENOENT')) return false;
        throw error;
      },
    ),
    findPlace(root, key, place),
  ]);
  return isThere && longer.isWhole && longer.path === place.path;
}

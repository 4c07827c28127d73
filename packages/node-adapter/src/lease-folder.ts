import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './system-error.ts';

const namePattern = /^(held|free|data|cut)-([1-9]\d{0,14})$/;

/** Who holds a lease, or held it last. */
export interface Claim {
  readonly generation: number;
  /** True when it was given back. */
  readonly isFree: boolean;
  /** The file that tells more of the holder. */
  readonly path: string;
}

/** A directory in which keys below a leased prefix stand. */
export interface DataFolder {
  /** Grows with every take-over; a name is never used twice. */
  readonly number: number;
  /** False while a take-over copies it: then nobody writes there. */
  readonly isWhole: boolean;
  readonly path: string;
}

/** What stands in the dot-folder of a leased prefix. */
export interface LeaseFolder {
  readonly path: string;
  readonly names: readonly string[];
  /** The newest. */
  readonly claim: Claim | undefined;
  /** The newest. */
  readonly data: DataFolder | undefined;
}

/**
 * Reads the dot-folder of a prefix's folder. No key begins with a dot, so it is nobody's.
 *
 * `held-<generation>` says who holds the lease, and is `free-<generation>` once it was given back; the highest counts.
 * `data-<number>` holds the keys, and is `cut-<number>` while a take-over copies it; here too, the highest counts.
 */
export async function readLeaseFolder(folder: string): Promise<LeaseFolder> {
  const path = join(folder, '.lease');
  const names = isThere(path) ? await readdir(path).catch(whenMissing) : [];
  let claim: Claim | undefined;
  let data: DataFolder | undefined;
  for (const name of names) {
    const [, kind, digits] = namePattern.exec(name) ?? [];
    const number = Number(digits);
    if (kind === 'held' || kind === 'free') {
      const isNewer = number > (claim?.generation ?? 0) || (number === claim?.generation && kind === 'held');
      if (isNewer) claim = { generation: number, isFree: kind === 'free', path: join(path, name) };
    } else if (kind === 'data' || kind === 'cut') {
      const isNewer = number > (data?.number ?? 0) || (number === data?.number && kind === 'data');
      if (isNewer) data = { number, isWhole: kind === 'data', path: join(path, name) };
    }
  }
  return { path, names, claim, data };
}

function whenMissing(error: unknown): string[] {
  if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
  throw error;
}

/**
 * Most folders have never been leased, and whoever reads or writes a key asks for each folder above it. Asked at once, a
 * no costs 3 microseconds; through the thread pool, 80.
 */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

/** What the holder, the generation or the data of another one have left, when these are the newest. */
export function leftovers({ names, claim, data }: LeaseFolder): string[] {
  return names.filter((name) => {
    const [, kind, digits] = namePattern.exec(name) ?? [];
    if (kind === undefined) return name.startsWith('new-');
    const newest = kind === 'held' || kind === 'free' ? claim?.generation : data?.number;
    return Number(digits) < (newest ?? 0);
  });
}

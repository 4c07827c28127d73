import { pathNotSupported } from '../errors/connector-errors.ts';
import { fileNotFound } from '../errors/connector-errors.ts';
import { hashText } from '../checkpoint/sha256.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { FileStat, FileSystem } from '../pipeline/file-system.ts';
import { identityKey } from '../store/keys.ts';
import type { ObjectStore } from '../store/object-store.ts';

// A file written twice within one tick of the file system's clock keeps its size and mtime: a hash taken so soon
// after the last write is not remembered (the "racy git" problem).
const racyMs = 2_000;

/**
 * Hashes local files, remembering by size, mtime and inode in the store, so that an unchanged file is not read again.
 *
 * @throws CairnError `path_not_supported`, `file_not_found`, `file_not_readable`
 */
export async function fileHash(
  path: string,
  files: FileSystem | undefined,
  store: ObjectStore,
  now: () => number,
  signal: AbortSignal,
): Promise<string> {
  if (files === undefined) throw pathNotSupported(path);
  const absolute = files.resolve(path);
  const before = await files.stat(absolute);
  if (before === undefined) throw fileNotFound(path);
  const key = identityKey(hashText(absolute));
  const remembered = await recall(store, key);
  if (remembered !== undefined && sameState(remembered, before)) return remembered.sha256;

  const hash = await files.hash(absolute, { signal });
  const after = await files.stat(absolute);
  if (after !== undefined && sameState(before, after) && now() - after.mtimeMs > racyMs) {
    const { size, mtimeMs, inode } = after;
    const memo = new TextEncoder().encode(canonicalJson({ size, mtimeMs, inode, sha256: hash }));
    // A memory that cannot be kept only costs another reading.
    await store.put(key, memo).catch(() => false);
  }
  return hash;
}

const sameState = (one: FileStat, other: FileStat): boolean =>
  one.size === other.size && one.mtimeMs === other.mtimeMs && one.inode === other.inode;

async function recall(store: ObjectStore, key: string): Promise<(FileStat & { sha256: string }) | undefined> {
  const bytes = await store.get(key).catch(() => undefined);
  if (bytes === undefined) return undefined;
  try {
    const memo = JSON.parse(new TextDecoder().decode(bytes)) as FileStat & { sha256: unknown };
    return typeof memo.sha256 === 'string' && /^[0-9a-f]{64}$/.test(memo.sha256)
      ? (memo as FileStat & { sha256: string })
      : undefined;
  } catch {
    return undefined;
  }
}

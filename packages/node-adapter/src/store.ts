import { open, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  alreadyClosed,
  checkBytes,
  checkCovered,
  checkKey,
  checkPrefix,
  checkTimeout,
  encodeRecord,
  isCairnError,
  leaseFolder,
  leaseLost,
  readLog,
  storeFailed,
  type Lease,
  type ObjectStore,
} from '@cairn/core/store';
import { atomicWriter } from './atomic-write.ts';
import { durableFolders, type DurableFolders } from './durable-folders.ts';
import { readRange } from './file-bytes.ts';
import { filePath } from './file-names.ts';
import { inTurn } from './in-turn.ts';
import { acquireLease, leaseInfo, type HeldLease } from './lease.ts';
import { listKeys } from './list-keys.ts';
import { logFiles } from './log-file.ts';
import { hasCode } from './system-error.ts';

/** Options of {@link fsStore}. */
export interface FsStoreOptions {
  /** The store's folder; made with the first write. */
  readonly root: string;
  /** Tells the time, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/**
 * A store in a folder: a file a key, at the key's path (see ARCHITECTURE.md for the few names that are escaped).
 *
 * Values are written aside in `.tmp` and renamed or, with `ifAbsent`, linked into place; `sync` flushes the file and
 * its folders. A lease is a file `.lease-<generation>` in the folder of its prefix, naming host and process: a holder
 * that has died on this host is taken over at once. The first `acquire` removes what killed processes left in `.tmp`
 * more than a day ago.
 *
 * The file system must know hard links. Several processes may use one folder at the same time.
 */
export function fsStore({ root: givenRoot, now = Date.now }: FsStoreOptions): ObjectStore {
  const root = resolve(givenRoot);
  const name = `fs:${root}`;
  const folders = durableFolders(root);
  const writer = atomicWriter(root, folders);
  const logs = logFiles(folders);
  const turn = inTurn();
  const leases = new WeakMap<Lease, HeldLease>();
  const held = new Set<HeldLease>();
  const working = new Set<Promise<unknown>>();
  const stop = new AbortController();
  let closing: Promise<void> | undefined;
  let swept = false;

  const checkOpen = (): void => {
    if (closing !== undefined) throw alreadyClosed(`The store at ${root}`);
  };
  const failed = (operation: string, key: string, error: unknown): Error =>
    isCairnError(error) ? error : storeFailed(operation, key, `the store at ${root}`, error);

  /** Work that `close` waits for, and whose errors are told as the store's. */
  const attempt = async <Value>(
    operation: string,
    key: string,
    work: () => Promise<Value>,
  ): Promise<Value> => {
    const result = work().catch((error: unknown) => {
      throw failed(operation, key, error);
    });
    working.add(result);
    return result.finally(() => working.delete(result));
  };
  const holding = (key: string, lease: Lease | undefined): HeldLease | undefined => {
    checkOpen();
    checkKey(key);
    if (lease === undefined) return undefined;
    checkCovered(key, lease);
    const found = leases.get(lease);
    if (found === undefined) throw leaseLost(lease.prefix, 'it is not a lease of this store');
    return found;
  };
  /** A change of one key, in turn with its others, under a lease that cannot be given back meanwhile. */
  const change = <Value>(
    operation: string,
    key: string,
    lease: HeldLease | undefined,
    work: (path: string, check: () => Promise<void>) => Promise<Value>,
  ): Promise<Value> =>
    attempt(operation, key, async () => {
      const check = async (): Promise<void> => lease?.check();
      const start = (): Promise<Value> => turn(key, () => work(filePath(root, key), check));
      return lease === undefined ? start() : lease.during(start);
    });

  return {
    name,
    supports: { durable: true, sharedAcrossProcesses: true, fenced: false },

    async get(key) {
      checkOpen();
      checkKey(key);
      return attempt('read', key, () => readWhole(filePath(root, key)));
    },

    async put(key, value, { ifAbsent = false, sync = false, lease } = {}) {
      const under = holding(key, lease);
      checkBytes('put', key, value);
      // The value is what it is now, whatever the caller does with its buffer while we write.
      const bytes = value.slice();
      return change('write', key, under, async (path, check) => {
        await check();
        if (ifAbsent && (await isFile(path))) {
          if (sync) await makeDurable(path, folders);
          return false;
        }
        await logs.forget(key);
        const placed = await writer.write(path, bytes, { ifAbsent, sync, beforePlacing: check });
        if (!placed && sync) await makeDurable(path, folders);
        return placed;
      });
    },

    async append(key, record, { sync = false, lease, replace = false } = {}) {
      const under = holding(key, lease);
      checkBytes('append', key, record);
      const bytes = record.slice();
      await change('append to', key, under, async (path, check) => {
        if (!replace) return logs.append(key, path, bytes, sync, check);
        await logs.forget(key);
        await writer.write(path, encodeRecord(bytes), { sync, beforePlacing: check });
      });
    },

    async *log(key) {
      checkOpen();
      checkKey(key);
      const bytes = await attempt('read', key, () => readWhole(filePath(root, key)));
      if (bytes !== undefined) yield* readLog(key, bytes).records;
    },

    async delete(key, { lease } = {}) {
      await change('delete', key, holding(key, lease), async (path, check) => {
        await check();
        await logs.forget(key);
        await unlink(path).catch(async (error: unknown) => {
          // A folder is no value; systems differ in how they refuse to unlink one.
          if (await isFile(path)) throw error;
        });
        await removeEmpty(dirname(path), root);
      });
    },

    async *list(prefix) {
      checkOpen();
      checkPrefix(prefix);
      try {
        for await (const object of listKeys(root, prefix)) {
          checkOpen();
          yield object;
        }
      } catch (error) {
        throw failed('list', prefix, error);
      }
    },

    async acquire(prefix, options = {}) {
      checkOpen();
      checkPrefix(prefix);
      checkTimeout(options.timeoutMs ?? 0);
      const folder = leaseFolder(prefix);
      return attempt('lock', prefix, async () => {
        if (!swept) await writer.sweep(now());
        swept = true;
        const signal =
          options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
        const path = folder === '' ? root : filePath(root, folder);
        const { timeoutMs = 0, force = false } = options;
        const taken = await acquireLease(path, prefix, writer, now, { timeoutMs, signal, force });
        for (const each of held) if (each.isReleased) held.delete(each);
        held.add(taken);
        leases.set(taken.lease, taken);
        return taken.lease;
      });
    },

    async leaseInfo(prefix) {
      checkOpen();
      checkPrefix(prefix);
      const folder = leaseFolder(prefix);
      return attempt('read', prefix, () => leaseInfo(folder === '' ? root : filePath(root, folder)));
    },

    close() {
      return (closing ??= (async () => {
        stop.abort(alreadyClosed(`The store at ${root}`));
        await Promise.allSettled(working);
        await Promise.all([...held].map((lease) => lease.close()));
        await logs.close();
      })());
    },
  };
}

/** Undefined when nothing is there, or a folder. */
async function readWhole(path: string): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      return await readRange(handle, 0, (await handle.stat()).size);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EISDIR')) return undefined;
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Makes a file durable that somebody else may have written without. */
async function makeDurable(path: string, folders: DurableFolders): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await folders.sync(dirname(path));
  } catch (error) {
    // Deleted since: it was there when it was asked for.
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** Removes folders that hold nothing any more, up to the root, which stays. */
async function removeEmpty(folder: string, root: string): Promise<void> {
  for (let at = folder; at !== root; at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}

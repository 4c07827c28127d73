import { dirname, resolve, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  alreadyClosed,
  beginsAsLog,
  checkBytes,
  checkCovered,
  checkKey,
  checkPrefix,
  checkTimeout,
  encodeRecord,
  isCairnError,
  objectsPrefix,
  journalDamaged,
  leaseLost,
  readLog,
  storeFailed,
  type Lease,
  type ObjectStore,
} from '@cairn/core/store';
import { refresh, removeUnmodified } from './aside.ts';
import { atomicWriter } from './atomic-write.ts';
import { durableFolders } from './durable-folders.ts';
import { hashedObjects } from './hashed-objects.ts';
import { inTurn } from './in-turn.ts';
import type { HeldLease } from './held-lease.ts';
import { createLeases } from './lease.ts';
import type { LeaseTimes } from './lease-times.ts';
import { listKeys } from './list-keys.ts';
import { logFiles, type Flush, type LogAppendOptions, type LogFiles } from './log-file.ts';
import { packNow, storePacking } from './packing.ts';
import { findPlace, findWholePlace, floorOf, isCurrent, type Place } from './places.ts';
import { thisProcess, type ProcessIdentity } from './process-identity.ts';
import { isFile, readFrom, readKey, removeEmpty, removeFile, syncFile } from './key-files.ts';
import type { FsStoreOptions } from './store.ts';
import { hasCode } from './system-error.ts';

// A place is moved by take-overs, which are rare.
const [roundMs, mostRounds] = [10, 500];

/** What a store of files takes from its surroundings; tests give other things. */
export interface FsStoreSurroundings {
  readonly times: LeaseTimes;
  /** What this process says of itself in place of the truth. */
  readonly identity?: Partial<ProcessIdentity>;
}

/** A change of one key's file, as `change` drives it. */
interface Change<Value> {
  /** Makes the change where no place need be known for it; undefined when that cannot be. */
  readonly makeAtOnce?: (check: () => Promise<void>) => Promise<Value | undefined>;
  /** Makes the change at a place; undefined when the file is not there any more. `check` throws for a lost lease. */
  readonly make: (place: Place, check: () => Promise<void>) => Promise<Value | undefined>;
  /** Says whether the change is seen in what a take-over, which moved the place in the middle of it, has left. */
  readonly isMade: (path: string, value: Value) => Promise<boolean>;
  /** True when `make` has made sure of that by itself. */
  readonly isSure?: (value: Value) => boolean;
  /** What is left to do while the next change of the key may begin. */
  readonly finish?: (value: Value) => Promise<void>;
}

/** The store behind `fsStore`. */
export function createFsStore(
  { root: givenRoot, now = Date.now }: FsStoreOptions,
  { times, identity }: FsStoreSurroundings,
): ObjectStore {
  const root = resolve(givenRoot);
  const name = `fs:${root}`;
  const folders = durableFolders(root);
  const writer = atomicWriter(root, folders);
  const logs = logFiles(writer);
  const packing = storePacking();
  const turn = inTurn();
  let self: Promise<ProcessIdentity> | undefined;
  const whoWeAre = (): Promise<ProcessIdentity> =>
    (self ??= thisProcess().then((known) => ({ ...known, ...identity })));
  const leases = createLeases({ root, folders, writer, now, times, identity: whoWeAre });
  const known = new WeakMap<Lease, HeldLease>();
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
    const found = known.get(lease);
    if (found === undefined) throw leaseLost(lease.prefix, 'it is not a lease of this store');
    return found;
  };
  /**
   * A change of one key, in turn with its others, under a lease that cannot be given back meanwhile. When a take-over
   * moves the key's place in the middle of it, it either turns out to have been taken along, or is made anew, unless the
   * lease is lost.
   */
  const change = <Value>(
    operation: string,
    key: string,
    lease: HeldLease | undefined,
    { makeAtOnce, make, isMade, isSure, finish }: Change<Value>,
  ): Promise<Value> =>
    attempt(operation, key, async () => {
      const check = async (): Promise<void> => lease?.check();
      const inItsTurn = (): Promise<Value> =>
        turn(key, async () => {
          const made = await makeAtOnce?.(check);
          if (made !== undefined) return made;
          for (let round = 1; ; round += 1) {
            const place = await findWholePlace(root, key, await lease?.ground());
            try {
              const value = await make(place, check);
              if (value !== undefined) {
                if (isSure?.(value) === true || (await isCurrent(root, key, place))) return value;
                const { path } = await findWholePlace(root, key);
                if (await isMade(path, value)) {
                  // Whoever lost the lease in the middle of it is told so, but not that it was refused.
                  await check().catch(() => undefined);
                  return value;
                }
              }
            } catch (error) {
              if (!hasCode(error, 'ENOENT') || (await isCurrent(root, key, place))) throw error;
            }
            await check();
            if (round > mostRounds) throw new Error(`'${place.path}' is moved again and again`);
            await pause(roundMs);
          }
        });
      const start = async (): Promise<Value> => {
        const value = await inItsTurn();
        await finish?.(value);
        return value;
      };
      return lease === undefined ? start() : lease.during(start);
    });
  /**
   * Appends at once where nobody else is at work on the key: mostly a log is open, and nobody but its holder writes there,
   * so that only the flush is waited for.
   */
  const appendNow = (
    key: string,
    record: Uint8Array,
    under: HeldLease | undefined,
    how: LogAppendOptions,
  ): ReturnType<LogFiles['appendNow']> => {
    const path = logs.pathOf(key);
    if (path === undefined || turn.isBusy(key)) return undefined;
    if (under !== undefined && (under.isReleased || !standsIn(under.folder, path))) return undefined;
    try {
      return logs.appendNow(key, record, how);
    } catch (error) {
      throw failed('append to', key, error);
    }
  };
  /** Makes a file look new; one that belongs to another user is written anew for that. False when it is not there. */
  const renew = async (path: string): Promise<boolean> => {
    try {
      return await refresh(path);
    } catch (error) {
      if (!hasCode(error, 'EPERM', 'EACCES')) throw error;
      const bytes = await readFrom(path);
      return bytes !== undefined && writer.write(path, bytes, { sync: true });
    }
  };
  /** Makes the entry of a key's file durable, wherever that is now. */
  const settle = async (key: string, at: string): Promise<void> => {
    for (let path = at; ;) {
      try {
        return await folders.sync(dirname(path));
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
        const now = (await findPlace(root, key)).path;
        // Removed since: it was there when it was asked for.
        if (now === path) return;
        path = now;
      }
    }
  };

  /** Puts what `content` gives, which is asked when it is to be written. */
  const write = (
    key: string,
    under: HeldLease | undefined,
    { ifAbsent, sync }: { readonly ifAbsent: boolean; readonly sync: boolean },
    content: () => Promise<Uint8Array>,
  ): Promise<boolean> => {
    let bytes: Promise<Uint8Array> | undefined;
    return change('write', key, under, {
      async make(place, check) {
        await check();
        let isPlaced = false;
        while (!isPlaced && !(ifAbsent && (await renew(place.path)))) {
          await logs.forget(key);
          const written = await (bytes ??= content());
          isPlaced = await writer.write(place.path, written, { ifAbsent, sync, floor: floorOf(place) });
        }
        // Somebody else may have written without.
        if (sync && !isPlaced) await syncFile(place.path);
        if (sync) await settle(key, place.path);
        return isPlaced;
      },
      isMade: async (path) => sameBytes(await readFrom(path), (await bytes) ?? new Uint8Array()),
      isSure: (isPlaced) => !isPlaced,
    });
  };

  return {
    name,
    supports: { durable: true, sharedAcrossProcesses: true, fenced: true },
    objects: hashedObjects({
      root,
      packing,
      checkOpen,
      attempt,
      read: (key) => readKey(root, key),
      write: (key, how, content) => write(key, undefined, how, content),
    }),

    async get(key) {
      checkOpen();
      checkKey(key);
      return attempt('read', key, async () => {
        const found = await readKey(root, key);
        return found && key.startsWith(objectsPrefix) ? (await packing.unpack(found, key))?.bytes : found;
      });
    },

    async put(key, value, { ifAbsent = false, sync = false, lease, borrow = false } = {}) {
      const under = holding(key, lease);
      checkBytes('put', key, value);
      // The value is what it is now, whatever the caller does with its buffer while we write.
      const bytes = borrow ? value : new Uint8Array(value);
      const how = { ifAbsent, sync };
      if (!key.startsWith(objectsPrefix)) return write(key, under, how, () => Promise.resolve(bytes));
      const { content, written } = packNow(packing, bytes);
      return write(key, under, how, content).finally(written);
    },

    async append(key, record, { sync = false, lease, replace = false } = {}) {
      const under = holding(key, lease);
      checkBytes('append', key, record);
      const how = { sync, settle: (path: string) => settle(key, path) };
      const begun = replace ? undefined : appendNow(key, record, under, how);
      if (typeof begun === 'function') {
        if (sync) await attempt('append to', key, () => under?.during(begun) ?? begun());
        return;
      }
      const bytes = new Uint8Array(record);
      const frame = encodeRecord(bytes);
      await change<Flush | 'made'>('append to', key, under, {
        async makeAtOnce(check) {
          if (replace) return undefined;
          const appended = await begun;
          if (appended !== undefined) return appended;
          // A log that a take-over of this lease would end tells by itself whether what is added to it counts.
          const path = logs.pathOf(key);
          if (path === undefined) return undefined;
          if (under !== undefined && !standsIn(under.folder, path)) await check();
          return logs.appendToOpen(key, bytes, how);
        },
        async make(place, check) {
          if (!replace) return logs.append(key, place, bytes, { ...how, check });
          await check();
          const before = await readFrom(place.path, 4);
          if (before !== undefined && !beginsAsLog(before))
            throw journalDamaged(key, 'what stands there is a value and no log');
          await logs.forget(key);
          await writer.write(place.path, frame, { sync, floor: floorOf(place) });
          if (sync) await settle(key, place.path);
          return 'made';
        },
        isMade: async (path) => sameBytes(await readFrom(path, frame.length), frame),
        isSure: (appended) => appended !== 'made',
        finish: async (appended) => (appended === 'made' ? undefined : appended()),
      });
    },

    async *log(key) {
      checkOpen();
      checkKey(key);
      const bytes = await attempt('read', key, () => readKey(root, key));
      if (bytes !== undefined) yield* readLog(key, bytes).records;
    },

    async delete(key, { lease, modifiedAt } = {}) {
      const removed = await change<'removed' | 'missing' | 'stays'>('delete', key, holding(key, lease), {
        async make(place, check) {
          await check();
          await logs.forget(key);
          const done =
            modifiedAt === undefined
              ? await removeFile(place.path)
              : await removeUnmodified(place.path, modifiedAt);
          await removeEmpty(dirname(place.path), place.folder);
          return done;
        },
        isMade: async (path, removed) => removed === 'removed' && !(await isFile(path)),
      });
      return removed !== 'stays';
    },

    async touch(key) {
      return change('touch', key, holding(key, undefined), {
        make: (place) => renew(place.path),
        isMade: (path, isThere) => (isThere ? renew(path) : Promise.resolve(false)),
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

    async acquire(prefix, { timeoutMs = 0, signal, force = false } = {}) {
      checkOpen();
      checkPrefix(prefix);
      checkTimeout(timeoutMs);
      return attempt('lock', prefix, async () => {
        if (!swept) await writer.sweep(now());
        swept = true;
        const taken = await leases.acquire(prefix, {
          timeoutMs,
          signal: signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]),
          force,
        });
        for (const each of held) if (each.isReleased) held.delete(each);
        held.add(taken);
        known.set(taken.lease, taken);
        return taken.lease;
      });
    },

    async leaseInfo(prefix) {
      checkOpen();
      checkPrefix(prefix);
      return attempt('read', prefix, () => leases.info(prefix));
    },

    close() {
      return (closing ??= (async () => {
        stop.abort(alreadyClosed(`The store at ${root}`));
        await Promise.allSettled(working);
        const released = await Promise.allSettled([...held].map((lease) => lease.close()));
        await Promise.all([logs.close(), packing.close()]);
        for (const each of released) if (each.status === 'rejected') throw each.reason;
      })());
    },
  };
}

/** Says whether a file stands in a data directory itself, and not in that of a longer prefix. */
function standsIn(folder: string, path: string): boolean {
  return path.startsWith(folder + sep) && !path.includes(`${sep}.lease${sep}`, folder.length);
}

function sameBytes(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0;
}

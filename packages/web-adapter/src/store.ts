import {
  alreadyClosed,
  checkBytes,
  checkCovered,
  checkKey,
  checkPrefix,
  encodeRecord,
  insecureContext,
  isCairnError,
  journalDamaged,
  readLog,
  objectsPrefix,
  storeFailed,
  type HashedObject,
  type Lease,
  type ObjectStore,
  type StoredObject,
} from '@cairn/core/store';
import { promisifyRequest } from 'idb-keyval';
import { estimate, openDatabase, tables } from './database.ts';
import { hashedObjects } from './hashed-objects.ts';
import { createLeases } from './lease.ts';
import { keptValue, packingPlatform, type KeptObject } from './packing-platform.ts';
import { storePacking } from './packing.ts';

/** Options of {@link indexedDbStore}. */
export interface IndexedDbStoreOptions {
  /** The name of the IndexedDB database; tabs of one origin share it. @default 'cairn' */
  readonly database?: string;
  /** Tells the time, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** What a browser says of the storage that it gives to an origin. */
export interface StorageReport {
  /** True when the browser promised to keep it, false when it may evict it, undefined when it does not say. */
  readonly persisted: boolean | undefined;
  /** Bytes, as the browser estimates them. */
  readonly usage: number | undefined;
  /** Bytes. */
  readonly quota: number | undefined;
}

/** A store in IndexedDB, and what the browser says of the space it has. */
export interface IndexedDbStore extends ObjectStore {
  /** Asks for persistent storage, once in the life of the store, and tells what was answered. */
  storage(): Promise<StorageReport>;
}

interface ValueEntry {
  readonly value: KeptObject;
  readonly size: number;
  /** Bytes of an object that may be packed. */
  readonly length?: number;
  readonly modifiedAt: number;
}

interface LogEntry {
  readonly records: number;
  readonly size: number;
  readonly modifiedAt: number;
}

/** Size and time stand beside the value, so that a list loads no value. */
type Entry = ValueEntry | LogEntry;

/** How many entries are read at a time when all are listed. */
const page = 256;

/**
 * A store in the browser's IndexedDB, shared by all tabs of the origin. Every operation is one transaction; a write
 * with `sync` asks for strict durability, so that it survives a killed browser and a loss of power.
 *
 * @throws CairnError `insecure_context`. Every call: `storage_refused` where the browser gives the page no storage,
 *   `quota_exceeded`, `store_failed`
 */
export function indexedDbStore({
  database: name = 'cairn',
  now = Date.now,
}: IndexedDbStoreOptions = {}): IndexedDbStore {
  if (!isSecureContext || navigator.locks === undefined) throw insecureContext();
  const database = openDatabase(name);
  const leases = createLeases(database, name, now);
  const packing = storePacking();
  let closed = false;
  let asked: Promise<boolean | undefined> | undefined;

  const checkOpen = (): void => {
    if (closed) throw alreadyClosed(`The store ${database.where}`);
  };
  const checkWrite = (key: string, lease: Lease | undefined): void => {
    checkOpen();
    checkKey(key);
    if (lease !== undefined) checkCovered(key, lease);
  };
  /** One transaction that writes, under the lease where there is one. */
  const write = <Result>(
    operation: string,
    key: string,
    { lease, sync = false }: { readonly lease?: Lease | undefined; readonly sync?: boolean },
    work: (entries: IDBObjectStore) => Promise<Result>,
  ): Promise<Result> =>
    leases.under(lease, (fence) =>
      database.transaction({ operation, key, sync })('readwrite', async (entries) => {
        await fence(entries.transaction);
        return work(entries);
      }),
    );
  const recordsOf = (entries: IDBObjectStore): IDBObjectStore =>
    entries.transaction.objectStore(tables.records);
  const framesOf = async (key: string, entries: IDBObjectStore): Promise<Uint8Array[]> =>
    promisifyRequest<Uint8Array[]>(recordsOf(entries).getAll(recordRange(key)));

  /** The browser may drop what it has not promised to keep, so it is asked at the first write. */
  const persist = (): Promise<boolean | undefined> => {
    asked ??= Promise.resolve()
      .then(async () => (await navigator.storage.persisted()) || (await navigator.storage.persist()))
      .catch(() => undefined);
    return asked;
  };

  const records = async (key: string): Promise<Uint8Array[]> => {
    const [entry, frames] = await database.transaction({ operation: 'read', key })(
      'readonly',
      async (entries) => {
        const found = await entryAt(entries, key);
        return [found, isLog(found) ? await framesOf(key, entries) : []] as const;
      },
    );
    if (entry === undefined) return [];
    if (!isLog(entry)) throw journalDamaged(key, 'what stands there is a value and no log');
    if (frames.length !== entry.records)
      throw journalDamaged(key, `it has ${frames.length} records where ${entry.records} were written`);
    return frames.map((frame, index) => {
      const read = readLog(key, frame);
      const record = read.records[0];
      if (record === undefined || read.records.length > 1 || read.end !== frame.length)
        throw journalDamaged(key, `its record ${index} is not what was written`);
      return record;
    });
  };

  /** What is kept at a key: a log is its records. */
  const valueAt = async (key: string): Promise<KeptObject | undefined> => {
    const entry = await database.transaction({ operation: 'read', key })('readonly', (entries) =>
      entryAt(entries, key),
    );
    return isLog(entry) ? concatenated(await records(key)) : entry?.value;
  };
  const putValue = async (
    key: string,
    value: KeptObject,
    length: number,
    {
      ifAbsent,
      ...how
    }: { readonly ifAbsent: boolean; readonly sync: boolean; readonly lease?: Lease | undefined },
  ): Promise<boolean> => {
    // What was packed may come late.
    checkOpen();
    void persist();
    const size = value instanceof Blob ? value.size : value.length;
    const entry: Entry = { value, size, modifiedAt: now(), ...(size === length ? {} : { length }) };
    return write('write', key, how, async (entries) => {
      if (ifAbsent && (await touchIn(entries, key, now()))) return false;
      recordsOf(entries).delete(recordRange(key));
      touchedIn(entries).delete(key);
      entries.put(entry, key);
      return true;
    });
  };
  /** Work of the packing, whose errors are told as the store's. */
  const failingAs = async <Value>(operation: string, key: string, work: Promise<Value>): Promise<Value> =>
    work.catch((error: unknown) => {
      throw isCairnError(error) ? error : storeFailed(operation, key, database.where, error);
    });
  const unpacked = (key: string, kept: KeptObject): Promise<HashedObject | undefined> =>
    failingAs('read', key, packing.unpack(kept, key));

  return {
    name: database.where,
    supports: { durable: true, sharedAcrossProcesses: true, fenced: true },
    objects: hashedObjects({
      packing,
      checkOpen,
      failingAs,
      put: putValue,
      async touch(key) {
        checkOpen();
        return write('write', key, {}, (entries) => touchIn(entries, key, now()));
      },
      async get(key) {
        const value = await valueAt(key);
        return value && unpacked(key, value);
      },
      lengthOf: (key) =>
        database.transaction({ operation: 'read', key })('readonly', async (entries) => {
          const entry = await entryAt(entries, key);
          return isLog(entry) ? entry.size : (entry?.length ?? entry?.size);
        }),
    }),

    async get(key) {
      checkOpen();
      checkKey(key);
      const value = await valueAt(key);
      if (value === undefined || !key.startsWith(objectsPrefix)) return value && packingPlatform.open(value);
      return (await unpacked(key, value))?.bytes;
    },

    async put(key, value, { ifAbsent = false, sync = false, lease } = {}) {
      checkWrite(key, lease);
      checkBytes('put', key, value);
      if (!key.startsWith(objectsPrefix)) {
        return putValue(key, keptValue(value), value.length, { ifAbsent, sync, lease });
      }
      const { length } = value;
      const being = packing.take(new Uint8Array(value));
      being.sha256.catch(() => undefined);
      const kept = await failingAs('write', key, being.pack());
      return putValue(key, kept, length, { ifAbsent, sync, lease });
    },

    async append(key, record, { sync = false, lease, replace = false } = {}) {
      checkWrite(key, lease);
      checkBytes('append', key, record);
      void persist();
      const frame = encodeRecord(record);
      await write('write', key, { lease, sync }, async (entries) => {
        const before = await entryAt(entries, key);
        if (before !== undefined && !isLog(before))
          throw journalDamaged(key, 'what stands there is a value and no log');
        if (replace) recordsOf(entries).delete(recordRange(key));
        const { records: number, size } = before === undefined || replace ? { records: 0, size: 0 } : before;
        recordsOf(entries).put(frame, [key, number]);
        entries.put({ records: number + 1, size: size + frame.length, modifiedAt: now() }, key);
      });
    },

    async *log(key) {
      checkOpen();
      checkKey(key);
      yield* await records(key);
    },

    async delete(key, { lease, modifiedAt } = {}) {
      checkWrite(key, lease);
      return write('delete', key, { lease }, async (entries) => {
        if (modifiedAt !== undefined) {
          const found = await modifiedIn(entries, key);
          if (found !== undefined && found !== modifiedAt.getTime()) return false;
        }
        recordsOf(entries).delete(recordRange(key));
        touchedIn(entries).delete(key);
        entries.delete(key);
        return true;
      });
    },

    async touch(key) {
      checkWrite(key, undefined);
      return write('touch', key, {}, async (entries) => {
        const entry = await entryAt(entries, key);
        if (isLog(entry)) entries.put({ ...entry, modifiedAt: now() }, key);
        else if (entry !== undefined) touchedIn(entries).put(now(), key);
        return entry !== undefined;
      });
    },

    async *list(prefix) {
      checkPrefix(prefix);
      let after: string | undefined;
      for (;;) {
        checkOpen();
        const objects = await database.transaction({ operation: 'list', key: prefix })(
          'readonly',
          (entries) => pageOf(entries, prefix, after),
        );
        yield* objects;
        after = objects.at(-1)?.key;
        if (objects.length < page) return;
      }
    },

    async acquire(prefix, options) {
      checkOpen();
      checkPrefix(prefix);
      return leases.acquire(prefix, options);
    },

    async leaseInfo(prefix) {
      checkOpen();
      checkPrefix(prefix);
      return leases.info(prefix);
    },

    async storage() {
      checkOpen();
      const [persisted, { usage, quota }] = await Promise.all([persist(), estimate()]);
      return { persisted, usage, quota };
    },

    async close() {
      if (closed) return;
      closed = true;
      packing.close();
      leases.close();
      database.close();
    },
  };
}

function entryAt(entries: IDBObjectStore, key: string): Promise<Entry | undefined> {
  return promisifyRequest<Entry | undefined>(entries.get(key));
}

function isLog(entry: Entry | undefined): entry is LogEntry {
  return entry !== undefined && 'records' in entry;
}

function touchedIn(entries: IDBObjectStore): IDBObjectStore {
  return entries.transaction.objectStore(tables.touched);
}

/** Makes a key look modified at a time; false when nothing is there. */
async function touchIn(entries: IDBObjectStore, key: string, time: number): Promise<boolean> {
  if ((await promisifyRequest(entries.getKey(key))) === undefined) return false;
  touchedIn(entries).put(time, key);
  return true;
}

/** When what stands at a key was modified, in milliseconds since the epoch; undefined when nothing does. */
async function modifiedIn(entries: IDBObjectStore, key: string): Promise<number | undefined> {
  const [entry, touched] = await Promise.all([
    entryAt(entries, key),
    promisifyRequest<number | undefined>(touchedIn(entries).get(key)),
  ]);
  return entry && (touched ?? entry.modifiedAt);
}

/** When those of some keys were touched that were, the keys being in order. */
async function touchedAmong(
  entries: IDBObjectStore,
  keys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const [first, last] = [keys[0], keys.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const range = IDBKeyRange.bound(first, last);
  const [names, times] = await Promise.all([
    promisifyRequest<string[]>(touchedIn(entries).getAllKeys(range) as IDBRequest<string[]>),
    promisifyRequest<number[]>(touchedIn(entries).getAll(range)),
  ]);
  return new Map(names.map((name, index) => [name, times[index] as number]));
}

/** All records of a log, whose keys are the log's and their number. */
function recordRange(key: string): IDBKeyRange {
  return IDBKeyRange.bound([key, 0], [key, Infinity]);
}

async function pageOf(
  entries: IDBObjectStore,
  prefix: string,
  after: string | undefined,
): Promise<StoredObject[]> {
  const range = IDBKeyRange.bound(after ?? prefix, `${prefix}\uffff`, after !== undefined);
  const [keys, found] = await Promise.all([
    promisifyRequest<string[]>(entries.getAllKeys(range, page) as IDBRequest<string[]>),
    promisifyRequest<Entry[]>(entries.getAll(range, page)),
  ]);
  const touched = await touchedAmong(entries, keys);
  return found.map(({ size, modifiedAt }, index) => {
    const key = keys[index] as string;
    return { key, size, modifiedAt: new Date(touched.get(key) ?? modifiedAt) };
  });
}

function concatenated(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

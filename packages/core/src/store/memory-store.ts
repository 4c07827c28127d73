import { canceled } from '../errors/run-errors.ts';
import { alreadyClosed, journalDamaged, leaseLost, taskBound } from '../errors/store-errors.ts';
import { checkBytes, checkCovered, checkTimeout, leaseFolder } from './check-arguments.ts';
import { checkKey, checkPrefix } from './keys.ts';
import type { Lease, ObjectStore } from './object-store.ts';

/** What {@link memoryStore} may be told. */
export interface MemoryStoreOptions {
  /** Tells the time, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

interface Entry {
  /** The value in one piece, or a log in one piece a record. */
  readonly pieces: Uint8Array[];
  readonly isLog: boolean;
  size: number;
  modifiedAt: number;
}

// A longer timer would fire at once.
const maxTimerMs = 2 ** 31 - 1;

/** A store that lives as long as its object: for tests, for trying things out, and for what need not be kept. */
export function memoryStore({ now = Date.now }: MemoryStoreOptions = {}): ObjectStore {
  const name = 'memory';
  const holderName = 'another user of this store';
  const entries = new Map<string, Entry>();
  const held = new Map<string, { readonly lease: Lease; readonly since: Date; lose(why: unknown): void }>();
  const generations = new Map<string, number>();
  const waiting = new Set<() => void>();
  let closed = false;

  const checkOpen = (): void => {
    if (closed) throw alreadyClosed(`The store '${name}'`);
  };
  const checkWrite = (key: string, lease: Lease | undefined): void => {
    checkOpen();
    checkKey(key);
    if (lease === undefined) return;
    checkCovered(key, lease);
    if (lease.signal.aborted) throw lease.signal.reason;
    if (held.get(leaseFolder(lease.prefix))?.lease !== lease)
      throw leaseLost(lease.prefix, 'it was given back');
  };
  const logAt = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry?.isLog === false) throw journalDamaged(key, 'what stands there is a value and no log');
    return entry;
  };
  const wakeAll = (): void => {
    for (const wake of waiting) wake();
  };
  const hold = (prefix: string, folder: string): Lease => {
    const generation = (generations.get(folder) ?? 0) + 1;
    const lost = new AbortController();
    const lease: Lease = {
      prefix,
      generation,
      signal: lost.signal,
      async release() {
        if (held.get(folder)?.lease !== lease) return;
        held.delete(folder);
        wakeAll();
      },
    };
    generations.set(folder, generation);
    held.set(folder, { lease, since: new Date(now()), lose: (why) => lost.abort(why) });
    return lease;
  };

  return {
    name,
    supports: { durable: false, sharedAcrossProcesses: false, fenced: true },

    async get(key) {
      checkOpen();
      const entry = entries.get(checkKey(key));
      return entry === undefined ? undefined : bytesOf(entry);
    },

    async put(key, value, { ifAbsent = false, lease } = {}) {
      checkWrite(key, lease);
      checkBytes('put', key, value);
      const before = ifAbsent ? entries.get(key) : undefined;
      if (before !== undefined) {
        before.modifiedAt = now();
        return false;
      }
      entries.set(key, {
        pieces: [new Uint8Array(value)],
        isLog: false,
        size: value.length,
        modifiedAt: now(),
      });
      return true;
    },

    async append(key, record, { lease, replace = false } = {}) {
      checkWrite(key, lease);
      checkBytes('append', key, record);
      const before = logAt(key);
      const entry =
        before === undefined || replace ? { pieces: [], isLog: true, size: 0, modifiedAt: 0 } : before;
      entry.pieces.push(new Uint8Array(record));
      entry.size += record.length;
      entry.modifiedAt = now();
      entries.set(key, entry);
    },

    async *log(key) {
      checkOpen();
      checkKey(key);
      for (const record of (logAt(key)?.pieces ?? []).slice()) yield record.slice();
    },

    async delete(key, { lease, modifiedAt } = {}) {
      checkWrite(key, lease);
      const entry = entries.get(key);
      if (entry !== undefined && modifiedAt !== undefined && entry.modifiedAt !== modifiedAt.getTime())
        return false;
      entries.delete(key);
      return true;
    },

    async touch(key) {
      checkWrite(key, undefined);
      const entry = entries.get(key);
      if (entry !== undefined) entry.modifiedAt = now();
      return entry !== undefined;
    },

    async *list(prefix) {
      checkOpen();
      checkPrefix(prefix);
      for (const key of [...entries.keys()].filter((candidate) => candidate.startsWith(prefix)).toSorted()) {
        checkOpen();
        const entry = entries.get(key);
        if (entry !== undefined) yield { key, size: entry.size, modifiedAt: new Date(entry.modifiedAt) };
      }
    },

    async acquire(prefix, { timeoutMs = 0, signal, force = false } = {}) {
      checkOpen();
      checkPrefix(prefix);
      checkTimeout(timeoutMs);
      const folder = leaseFolder(prefix);
      const begun = now();
      for (;;) {
        if (signal?.aborted === true) throw canceled(`Waiting for the lease on '${prefix}'`, signal.reason);
        const holder = held.get(folder);
        if (holder === undefined) return hold(prefix, folder);
        if (force) {
          holder.lose(leaseLost(prefix, 'somebody else has taken it by force'));
          return hold(prefix, folder);
        }
        const left = begun + timeoutMs - now();
        if (left <= 0) throw taskBound(prefix, { name: holderName, since: holder.since });
        await wakeUp(waiting, left, signal);
        checkOpen();
      }
    },

    async leaseInfo(prefix) {
      checkOpen();
      checkPrefix(prefix);
      const holder = held.get(leaseFolder(prefix));
      if (holder === undefined) return undefined;
      const { generation } = holder.lease;
      return { name: holderName, since: holder.since, generation, state: 'live' };
    },

    async close() {
      closed = true;
      for (const { lease, lose } of held.values()) lose(leaseLost(lease.prefix, 'its store was closed'));
      held.clear();
      entries.clear();
      wakeAll();
    },
  };
}

function bytesOf({ pieces, size }: Entry): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Resolves when a lease is given back, when the time is over, or when the signal is aborted. */
async function wakeUp(waiting: Set<() => void>, ms: number, signal: AbortSignal | undefined): Promise<void> {
  let wake: () => void = () => undefined;
  const awake = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const timer = ms === Infinity ? undefined : setTimeout(wake, Math.min(ms, maxTimerMs));
  waiting.add(wake);
  signal?.addEventListener('abort', wake, { once: true });
  await awake;
  clearTimeout(timer);
  waiting.delete(wake);
  signal?.removeEventListener('abort', wake);
}

import { objectKey } from '../store/keys.ts';
import type { StoredObject } from '../store/object-store.ts';
import { evictionOf, type EvictionCause } from './evictions.ts';
import type { CacheEntry, Inventory, StoredLog } from './inventory.ts';
import type { Manifest } from './manifest.ts';
import type { Retention } from './retention.ts';
import { isTagged, lastSuccesses, storedTables, type Protection, type StoredTable } from './stored-tables.ts';

/** Why something is removed, as data. */
export type GcReason =
  /** No manifest names it. */
  | { readonly code: 'orphan' }
  /** Nobody has used it for longer than `maxAge`. */
  | { readonly code: 'max_age'; readonly lastUsedAt: string }
  /** The store holds more than `maxBytes`, and this was used least recently. */
  | { readonly code: 'max_bytes'; readonly lastUsedAt: string }
  /** The run whose log it is has ended. */
  | { readonly code: 'run_over'; readonly runId: string }
  /** It is no manifest, or parts that it names are gone though nobody has evicted them. */
  | { readonly code: 'damaged' };

/** Something that is removed, or would be. */
export interface GcItem {
  /** A table leaves its manifest behind. */
  readonly kind: 'table' | 'orphan' | 'cache_entry' | 'run_log';
  readonly keys: readonly string[];
  readonly bytes: number;
  readonly reason: GcReason;
  /** Whose it is: checkpoints that name it. */
  readonly of: readonly GcOwner[];
}

/** A checkpoint, as {@link GcItem} names it. */
export interface GcOwner {
  readonly pipeline: string;
  readonly step: string;
  readonly scope: Manifest['scope'];
}

/** What is to be removed, and what of the rest is kept whatever retention says. */
export interface Garbage {
  /** Logs and entries; to be removed first. */
  readonly keys: readonly { readonly item: GcItem; readonly object: StoredObject }[];
  readonly parts: readonly { readonly item: GcItem; readonly objects: readonly StoredObject[] }[];
  readonly kept: readonly KeptTables[];
}

/** Tables that stay. */
export interface KeptTables {
  /** The first of the reasons that hold; `within_limits` when none need be. */
  readonly because: Protection | 'within_limits';
  readonly tables: number;
  readonly bytes: number;
}

// Clocks of file systems tell times that are a little late, some by two seconds.
const clockMs = 2000;

const order: readonly Protection[] = [
  'live',
  'recent',
  'scope',
  'failing_rows',
  'keep_tagged',
  'keep_last',
  'unfinished',
];

/**
 * Decides what is garbage, and what retention evicts. Nothing that was modified since the oldest live lease began is
 * touched, nor within the time of grace: parts are stored before the manifest that names them.
 */
export function findGarbage(
  inventory: Inventory,
  retention: Retention,
  { now, graceMs }: { readonly now: number; readonly graceMs: number },
): Garbage {
  const { logs, cache, objects, listedAt } = inventory;
  const liveSince = Math.min(...logs.map((log) => log.liveSince ?? Infinity));
  const recentFrom = Math.min(now - graceMs, Math.min(listedAt, liveSince) - clockMs);
  const isRecent = ({ modifiedAt }: StoredObject): boolean => modifiedAt.getTime() >= recentFrom;
  const over = new Set(overLogs(logs, retention).filter(({ object }) => !isRecent(object)));
  const tables = storedTables(inventory, { ...retention, recentFrom, isOver: (log) => over.has(log) });

  const keys: { item: GcItem; object: StoredObject }[] = [];
  for (const { object, runId = '', manifests } of over) {
    const reason: GcReason = { code: 'run_over', runId };
    keys.push({ object, item: itemOf('run_log', [object], reason, manifests) });
  }
  for (const entry of cache) {
    const reason = isRecent(entry.object) ? undefined : whyRemoved(entry, inventory, retention, now);
    if (reason === undefined) continue;
    const manifests = entry.manifest === undefined ? [] : [entry.manifest];
    keys.push({ object: entry.object, item: itemOf('cache_entry', [entry.object], reason, manifests) });
  }

  const parts: { item: GcItem; objects: readonly StoredObject[] }[] = [];
  const readers = new Map<string, number>();
  for (const { parts: own } of tables)
    for (const sha256 of new Set(own.map((part) => part.sha256)))
      readers.set(sha256, (readers.get(sha256) ?? 0) + 1);
  let bytes = 0;
  for (const [sha256, object] of objects) {
    if (readers.has(sha256) || isRecent(object)) bytes += object.size;
    else parts.push({ objects: [object], item: itemOf('orphan', [object], { code: 'orphan' }, []) });
  }

  const evicted = new Set<StoredTable>();
  const evict = (table: StoredTable, code: 'max_age' | 'max_bytes'): void => {
    evicted.add(table);
    const gone: StoredObject[] = [];
    for (const sha256 of new Set(table.parts.map((part) => part.sha256))) {
      const left = (readers.get(sha256) ?? 0) - 1;
      readers.set(sha256, left);
      const object = objects.get(sha256);
      if (left === 0 && object !== undefined) gone.push(object);
    }
    if (gone.length === 0) return;
    const reason: GcReason = { code, lastUsedAt: new Date(table.usedAt).toISOString() };
    const item = itemOf('table', gone, reason, table.manifests);
    parts.push({ objects: gone, item });
    bytes -= item.bytes;
  };
  const stored = tables
    .filter((table) => table.parts.some(({ sha256 }) => objects.has(sha256)))
    .toSorted(leastRecentlyUsed);
  for (const table of stored)
    if (now - table.usedAt > retention.maxAge && isEvictable(table, 'unfinished')) evict(table, 'max_age');
  for (const table of stored) {
    if (bytes <= retention.maxBytes) break;
    if (!evicted.has(table) && isEvictable(table)) evict(table, 'max_bytes');
  }
  return {
    keys,
    parts,
    kept: keptTables(
      stored.filter((table) => !evicted.has(table)),
      objects,
    ),
  };
}

function isEvictable({ protections }: StoredTable, ...besides: readonly Protection[]): boolean {
  return [...protections].every((protection) => besides.includes(protection));
}

/** Of tables that were last used at one time, what others were made of goes first: it is only needed when they are not. */
function leastRecentlyUsed(one: StoredTable, other: StoredTable): number {
  return one.usedAt - other.usedAt || Number(other.isInput) - Number(one.isInput);
}

/** The logs of runs that have ended, and that nobody comes back to. */
function overLogs(logs: readonly StoredLog[], { keepLast, keepTagged }: Retention): StoredLog[] {
  const kept = new Set(lastSuccesses(logs, keepLast).map(({ log }) => log));
  const working = new Set(
    logs.flatMap(({ liveSince, lastRun }) => (liveSince !== undefined && lastRun ? [lastRun.runId] : [])),
  );
  return logs.filter((log) => {
    const { runId, liveSince, manifests } = log;
    if (runId === undefined || liveSince !== undefined || working.has(runId)) return false;
    // What was put by hand is cleaned up by hand.
    if (manifests.some(({ components }) => components['kind'] === 'put')) return false;
    return !kept.has(log) && !isTagged(log, keepTagged);
  });
}

/** Why a manifest of scope cache is removed; undefined when it stays. Those of evicted tables stay, for `maxAge`. */
function whyRemoved(
  { object, manifest }: CacheEntry,
  { objects, evictions }: Inventory,
  { maxAge }: Retention,
  now: number,
): GcReason | undefined {
  if (manifest === undefined) return { code: 'damaged' };
  const missing = manifest.parts.filter(({ sha256 }) => !objects.has(sha256));
  if (missing.length === 0) return undefined;
  let lastUsedAt = object.modifiedAt.toISOString();
  for (const { sha256 } of missing) {
    const eviction = evictionOf(evictions, manifest, sha256);
    if (eviction === undefined) return { code: 'damaged' };
    if (eviction.at > lastUsedAt) lastUsedAt = eviction.at;
  }
  return now - Date.parse(lastUsedAt) > maxAge ? { code: 'max_age', lastUsedAt } : undefined;
}

function itemOf(
  kind: GcItem['kind'],
  objects: readonly StoredObject[],
  reason: GcReason,
  manifests: readonly Manifest[],
): GcItem {
  const of = new Map<string, GcOwner>();
  for (const { pipeline, step, scope } of manifests)
    of.set(`${pipeline} ${step} ${scope}`, Object.freeze({ pipeline, step, scope }));
  return Object.freeze({
    kind,
    keys: objects.map(({ key }) => key),
    bytes: objects.reduce((sum, { size }) => sum + size, 0),
    reason,
    of: [...of.values()],
  });
}

function keptTables(
  tables: readonly StoredTable[],
  objects: ReadonlyMap<string, StoredObject>,
): KeptTables[] {
  const kept = new Map<KeptTables['because'], { tables: number; bytes: number }>();
  const counted = new Set<string>();
  for (const { parts, protections } of tables) {
    const because = order.find((protection) => protections.has(protection)) ?? 'within_limits';
    const group = kept.get(because) ?? { tables: 0, bytes: 0 };
    kept.set(because, group);
    group.tables += 1;
    for (const { sha256 } of parts) {
      if (!counted.has(sha256)) group.bytes += objects.get(sha256)?.size ?? 0;
      counted.add(sha256);
    }
  }
  return [...kept].map(([because, group]) => Object.freeze({ because, ...group }));
}

/** Why the parts of an item are removed, as the log of evictions has it. */
export function causeOf({ reason }: GcItem): EvictionCause {
  return reason.code === 'max_age' || reason.code === 'max_bytes' ? reason.code : 'orphan';
}

/** The SHA-256 of a part by its key. */
export function partOf({ key }: StoredObject): string {
  return key.slice(objectKey('0'.repeat(64)).length - 64);
}

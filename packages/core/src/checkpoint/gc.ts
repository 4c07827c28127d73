import { checkKeys, isAmount } from '../pipeline/check.ts';
import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import { canceled } from '../errors/run-errors.ts';
import { gcPrefix } from '../store/keys.ts';
import type { Lease, ObjectStore, StoredObject } from '../store/object-store.ts';
import { evictionLog, type Eviction, type EvictionLog } from './evictions.ts';
import { causeOf, findGarbage, partOf, type Garbage, type GcItem, type KeptTables } from './garbage.ts';
import { inventoryReader, type Inventory } from './inventory.ts';
import { checkRetention, type Retention, type RetentionOptions } from './retention.ts';

/** How `runner.gc` goes about it. */
export interface GcOptions {
  /** Only tell what would be removed. @default false */
  readonly dryRun?: boolean | undefined;
  /**
   * Milliseconds. What was put or used within this time is not touched, whatever else is known of it.
   *
   * @default an hour
   */
  readonly graceMs?: number | undefined;
  /** What is kept, this time: to see what another rule would come to. @default the runner's; each option for itself */
  readonly retention?: RetentionOptions | undefined;
  /** Ends it early; what was removed until then is removed. */
  readonly signal?: AbortSignal | undefined;
}

/** What a collector has done, or would do. */
export interface GcReport {
  readonly dryRun: boolean;
  /** When it began; ISO 8601, UTC. */
  readonly at: string;
  /** What was removed, or would be. */
  readonly removed: readonly GcItem[];
  /** Keys that were to be removed, and turned out to be in use. */
  readonly spared: readonly string[];
  /** Tables that stay, and why. */
  readonly kept: readonly KeptTables[];
  /** Parts and their bytes before, and after. */
  readonly before: StoredBytes;
  readonly after: StoredBytes;
}

/** Parts in a store. */
export interface StoredBytes {
  readonly parts: number;
  readonly bytes: number;
}

/** What collects, and where. */
export interface GcParts {
  readonly store: ObjectStore;
  readonly retention: Retention;
  readonly now: () => number;
}

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
/** What is known of who names what is taken for true so long; then it is read again. */
const knownMs = 1000;
/** How many tables are told of in one record. */
const batchSize = 16;

/**
 * Removes what nobody names, and evicts what retention does not keep. Safe beside runs at work, here or elsewhere: parts
 * are listed first and leases and manifests read afterwards, and again every second; and a part goes only when it is as
 * old as it was when it was listed, which whoever stores or takes it in that moment changes.
 *
 * @throws CairnError `canceled`; `task_bound` when another collector is at work; `journal_damaged`, `unsupported_format`, for who does
 *   not know all that is named must not remove anything; `invalid_argument`
 */
export async function collectGarbage(
  { store, retention: usual, now }: GcParts,
  options: GcOptions = {},
): Promise<GcReport> {
  const { dryRun, graceMs, signal } = checkGcOptions(options);
  const retention = checkRetention(options.retention, 'gc', usual);
  const begun = now();
  const reader = inventoryReader(store, now, retention.keepLast);
  const find = (inventory: Inventory): Garbage => findGarbage(inventory, retention, { now: now(), graceMs });
  const report = (
    before: StoredBytes,
    after: StoredBytes,
    found: Pick<GcReport, 'removed' | 'spared' | 'kept'>,
  ): GcReport => Object.freeze({ dryRun, at: new Date(begun).toISOString(), ...found, before, after });

  if (dryRun) {
    const inventory = await reader.read();
    const { keys, parts, kept } = find(inventory);
    const gone = new Set(parts.flatMap(({ objects }) => objects));
    const after = bytesOf([...inventory.objects.values()].filter((object) => !gone.has(object)));
    const removed = [...keys, ...parts].map(({ item }) => item);
    return report(bytesOf(inventory.objects.values()), after, { removed, spared: [], kept });
  }

  const lease = await store.acquire(gcPrefix);
  try {
    const log = evictionLog(store, lease);
    let inventory = await reader.read();
    let known = now();
    const objects = new Map(inventory.objects);
    const before = bytesOf(objects.values());
    const removed: GcItem[] = [];
    const spared: string[] = [];
    for (const { item, object } of find(inventory).keys) {
      goOn(lease, signal);
      if (await store.delete(object.key, { modifiedAt: object.modifiedAt })) removed.push(item);
      else spared.push(object.key);
    }
    let garbage: Garbage;
    for (;;) {
      inventory = await reader.read({ ...inventory, objects });
      known = now();
      garbage = find(inventory);
      if (garbage.parts.length === 0) break;
      for (let at = 0; at < garbage.parts.length && now() - known < knownMs; at += batchSize) {
        goOn(lease, signal);
        const batch = garbage.parts.slice(at, at + batchSize);
        const stayed = await removeParts(store, log, batch, new Date(now()).toISOString());
        for (const { item, objects: gone } of batch) {
          removed.push(withoutKeys(item, gone, stayed));
          for (const object of gone) {
            // One that stays is in use, and not asked for again.
            if (stayed.has(object.key))
              objects.set(partOf(object), { ...object, modifiedAt: new Date(now() + dayMs) });
            else objects.delete(partOf(object));
          }
        }
        spared.push(...stayed);
      }
    }
    await tidyLog(log, inventory, now() - retention.maxAge);
    return report(before, bytesOf(objects.values()), {
      removed: removed.filter(({ keys }) => keys.length > 0),
      spared,
      kept: garbage.kept,
    });
  } finally {
    await lease.release();
  }
}

function checkGcOptions(options: GcOptions): {
  readonly dryRun: boolean;
  readonly graceMs: number;
  readonly signal: AbortSignal | undefined;
} {
  checkKeys('gc', options, ['dryRun', 'graceMs', 'retention', 'signal'], 'option');
  const { dryRun = false, graceMs = hourMs, signal } = options;
  if (typeof dryRun !== 'boolean')
    throw invalidArgument('gc', `dryRun must be true or false, not ${describe(dryRun)}`);
  if (!isAmount(graceMs))
    throw invalidArgument(
      'gc',
      `graceMs must be a number of milliseconds from 0 on, not ${describe(graceMs)}`,
    );
  return { dryRun, graceMs, signal };
}

function goOn(lease: Lease, signal: AbortSignal | undefined): void {
  lease.signal.throwIfAborted();
  if (signal?.aborted === true) throw canceled('The collector', signal.reason);
}

/** Removes parts, telling of it first. Resolves to the keys of those that stay. */
async function removeParts(
  store: ObjectStore,
  log: EvictionLog,
  batch: Garbage['parts'],
  at: string,
): Promise<ReadonlySet<string>> {
  const evictions = new Map<string, Eviction>();
  for (const { item, objects } of batch)
    for (const object of objects) evictions.set(partOf(object), { at, because: causeOf(item) });
  await log.evicted(evictions);
  const stayed = new Set<string>();
  for (const { objects } of batch) {
    for (const { key, modifiedAt } of objects)
      if (!(await store.delete(key, { modifiedAt }))) stayed.add(key);
  }
  if (stayed.size > 0) {
    const parts = batch.flatMap(({ objects }) => objects.filter(({ key }) => stayed.has(key)).map(partOf));
    await log.kept(parts);
  }
  return stayed;
}

/** An item as it came about: without what stays. */
function withoutKeys(item: GcItem, objects: readonly StoredObject[], stayed: ReadonlySet<string>): GcItem {
  if (!objects.some(({ key }) => stayed.has(key))) return item;
  const gone = objects.filter(({ key }) => !stayed.has(key));
  return Object.freeze({ ...item, keys: gone.map(({ key }) => key), bytes: bytesOf(gone).bytes });
}

/** Forgets evictions of parts that are there again, and old ones of parts that nothing names. */
async function tidyLog(
  log: EvictionLog,
  { objects, logs, cache, evictions }: Inventory,
  oldest: number,
): Promise<void> {
  const named = new Set<string>();
  for (const { manifests } of logs)
    for (const { parts } of manifests) for (const { sha256 } of parts) named.add(sha256);
  for (const { manifest } of cache) for (const { sha256 } of manifest?.parts ?? []) named.add(sha256);
  const left = [...evictions].filter(
    ([part, { at }]) => !objects.has(part) && (named.has(part) || Date.parse(at) > oldest),
  );
  await log.compact(new Map(left));
}

function bytesOf(objects: Iterable<StoredObject>): StoredBytes {
  let [parts, bytes] = [0, 0];
  for (const { size } of objects) {
    parts += 1;
    bytes += size;
  }
  return Object.freeze({ parts, bytes });
}

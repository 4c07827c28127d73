import { isCairnError } from '../errors/cairn-error.ts';
import { cachePrefix, journalOf, objectKey, objectsPrefix } from '../store/keys.ts';
import type { ObjectStore, StoredObject } from '../store/object-store.ts';
import { readEvictions, type Evictions } from './evictions.ts';
import { openJournal } from './journal.ts';
import type { LastRun } from './journal-record.ts';
import { asManifest, contentHash, type Manifest, type ManifestPart } from './manifest.ts';

/** What a log of a task, or of a run alone, tells. */
export interface StoredLog {
  readonly object: StoredObject;
  /** Undefined for a log of a run. */
  readonly correlationId: string | undefined;
  /** Of a log of a run. */
  readonly runId: string | undefined;
  /** Undefined when it is no task's, but holds checkpoints alone. */
  readonly pipeline: string | undefined;
  readonly tags: readonly string[];
  readonly lastRun: LastRun | undefined;
  /** The checkpoints that count. */
  readonly manifests: readonly Manifest[];
  /** Rows that failed checks, of each table its parts. */
  readonly failingRows: readonly (readonly ManifestPart[])[];
  /** Of its last successful runs. */
  readonly successes: readonly { readonly at: string; readonly manifests: readonly Manifest[] }[];
  /** When something was last written to it: milliseconds since the epoch. */
  readonly usedAt: number;
  /** Since when somebody works on it; undefined when nobody does. Milliseconds since the epoch. */
  readonly liveSince: number | undefined;
}

/** A manifest of scope cache; undefined when what stands there is none. */
export interface CacheEntry {
  readonly object: StoredObject;
  readonly manifest: Manifest | undefined;
}

/** Parts as they were listed. */
export interface ListedParts {
  /** By SHA-256. */
  readonly objects: ReadonlyMap<string, StoredObject>;
  /** When that was begun: milliseconds since the epoch. */
  readonly listedAt: number;
}

/** What stands in a store, as far as tables are concerned. */
export interface Inventory extends ListedParts {
  readonly logs: readonly StoredLog[];
  readonly cache: readonly CacheEntry[];
  readonly evictions: Evictions;
}

/** Reads a store over and over; what has not changed since is not read again. */
export interface InventoryReader {
  /**
   * @param listed The parts as they were listed before. @default they are listed now, before anything else is read
   * @throws CairnError `journal_damaged`, `unsupported_format`: who does not know all that is named must not remove anything
   */
  read(listed?: ListedParts): Promise<Inventory>;
}

/** A run without a lease that has written nothing for so long has ended. */
const silentMs = 24 * 60 * 60 * 1000;
/** How much is read at once. */
const atOnce = 8;

type JournalFacts = Pick<
  StoredLog,
  'pipeline' | 'tags' | 'lastRun' | 'manifests' | 'failingRows' | 'successes' | 'usedAt'
>;

/**
 * @param keepLast How many successful runs of a log are of interest.
 */
export function inventoryReader(store: ObjectStore, now: () => number, keepLast: number): InventoryReader {
  const remembered = new Map<string, { readonly what: string; readonly value: unknown }>();
  /** Reads what stands at a key, unless it is what it was. */
  const read = async <Value>(
    { key, size, modifiedAt }: StoredObject,
    how: (key: string) => Promise<Value>,
  ): Promise<Value> => {
    const what = `${size} ${modifiedAt.getTime()}`;
    const known = remembered.get(key);
    if (known?.what === what) return known.value as Value;
    const value = await how(key);
    remembered.set(key, { what, value });
    return value;
  };

  const facts = async (key: string): Promise<JournalFacts> => {
    const successes: { at: string; manifests: readonly Manifest[] }[] = [];
    const tablesIn = (committed: Awaited<ReturnType<typeof openJournal>>['committed']): Manifest[] =>
      [...committed.values()].flatMap(({ writers }) =>
        [...writers.values()].filter(({ parts }) => parts.length > 0),
      );
    const journal = await openJournal(store, key, {
      succeeded(at, committed) {
        successes.push({ at, manifests: tablesIn(committed) });
        if (successes.length > keepLast) successes.shift();
      },
    });
    const { task, lastRun, committed, checks, updatedAt } = journal;
    return {
      pipeline: task?.pipeline,
      tags: task?.tags ?? [],
      lastRun,
      manifests: tablesIn(committed),
      failingRows: [...checks.values()].flatMap(({ last }) =>
        last.results.flatMap(({ failingRows }) => (failingRows === null ? [] : [failingRows.parts])),
      ),
      successes,
      usedAt: updatedAt === undefined ? 0 : Date.parse(updatedAt),
    };
  };

  const logAt = async (object: StoredObject): Promise<StoredLog> => {
    const { prefix, correlationId, runId } = journalOf(object.key) ?? { prefix: '' };
    // First, for whoever gives it back has committed all there is before.
    const lease = await store.leaseInfo(prefix);
    // What is held is written to.
    const known = lease === undefined ? await read(object, facts) : await facts(object.key);
    const { lastRun } = known;
    let liveSince: number | undefined;
    if (lease !== undefined && lease.state !== 'stale') liveSince = lease.since.getTime();
    else if (lease === undefined && lastRun !== undefined && lastRun.endedAt === undefined) {
      const isSilent = now() - Math.max(known.usedAt, object.modifiedAt.getTime()) > silentMs;
      if (!isSilent) liveSince = Date.parse(lastRun.begunAt);
    }
    return { ...known, object, correlationId, runId, liveSince };
  };

  const manifestAt = async (key: string): Promise<Manifest | undefined | 'gone'> => {
    const bytes = await store.get(key);
    if (bytes === undefined) return 'gone';
    try {
      const manifest = asManifest(JSON.parse(new TextDecoder().decode(bytes)), key);
      return manifest.contentHash === contentHash(manifest.columns, manifest.parts) ? manifest : undefined;
    } catch (error) {
      if (isCairnError(error, 'unsupported_format')) throw error;
      return undefined;
    }
  };

  return {
    async read(listed) {
      const { objects, listedAt } = listed ?? { listedAt: now(), objects: await listObjects(store) };
      const journals: StoredObject[] = [];
      // A log of a run is begun after that of its task, which so is known whenever the other is.
      for (const prefix of ['runs/', 'correlations/'])
        for await (const object of store.list(prefix)) if (journalOf(object.key)) journals.push(object);
      const logs = await inTurns(journals, logAt);
      const entries: StoredObject[] = [];
      for await (const object of store.list(cachePrefix)) entries.push(object);
      const cache = await inTurns(entries, async (object) => ({
        object,
        manifest: await read(object, manifestAt),
      }));
      const evictions = await readEvictions(store);
      return {
        objects,
        listedAt,
        logs,
        cache: cache.flatMap(({ object, manifest }) => (manifest === 'gone' ? [] : [{ object, manifest }])),
        evictions,
      };
    },
  };
}

async function listObjects(store: ObjectStore): Promise<Map<string, StoredObject>> {
  const objects = new Map<string, StoredObject>();
  const start = objectKey('0'.repeat(64)).length - 64;
  for await (const object of store.list(objectsPrefix)) objects.set(object.key.slice(start), object);
  return objects;
}

async function inTurns<Item, Value>(
  items: readonly Item[],
  work: (item: Item) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    values.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))));
  return values;
}

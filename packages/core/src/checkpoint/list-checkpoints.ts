import { checkKeys } from '../pipeline/check.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { evictionOf, type Eviction } from './evictions.ts';
import { inventoryReader } from './inventory.ts';
import type { Manifest, ManifestPart } from './manifest.ts';
import { checkRetention, type Retention, type RetentionOptions } from './retention.ts';
import { storedTables, type Protection } from './stored-tables.ts';
import { isWhole } from './whole-part.ts';

/** A checkpoint with a table, as `runner.checkpoints` lists it. */
export interface StoredCheckpoint {
  readonly pipeline: string;
  readonly step: string;
  readonly scope: Manifest['scope'];
  readonly fingerprint: string;
  readonly contentHash: string;
  /** True when a volatile function had a hand in it, so that only its own task reuses it. */
  readonly volatile: boolean;
  readonly rows: number;
  /** Of Arrow IPC, stored or not. */
  readonly bytes: number;
  readonly parts: number;
  /** `evicted` when retention has removed parts of it, `damaged` when parts are gone or cut short for another reason. */
  readonly state: 'stored' | 'evicted' | 'damaged';
  /** When and why its table was evicted; undefined when it is stored, or damaged. */
  readonly eviction: Eviction | undefined;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** When it was made, taken from the cache, or there for a run of a task that has it; ISO 8601, UTC. */
  readonly lastUsedAt: string;
  /** True when other tasks can take it from the cache. */
  readonly cached: boolean;
  /** Of the tasks that have it. */
  readonly correlationIds: readonly string[];
  /** Why retention leaves its table alone now; empty when it need not. */
  readonly kept: readonly Protection[];
}

/** Which checkpoints to list; all that is given must hold. */
export interface CheckpointFilter {
  readonly pipeline?: string | undefined;
  readonly step?: string | undefined;
  readonly scope?: Manifest['scope'] | undefined;
  readonly state?: StoredCheckpoint['state'] | undefined;
}

/** How checkpoints are listed. */
export interface ListCheckpointsOptions {
  /** By which `kept` is told. @default the runner's; each option for itself */
  readonly retention?: RetentionOptions | undefined;
}

/**
 * Lists the checkpoints of a store by pipeline, step and scope, those that were used last first.
 *
 * @throws CairnError `journal_damaged`, `unsupported_format`, `invalid_argument`
 */
export async function listCheckpoints(
  store: ObjectStore,
  now: () => number,
  usual: Retention,
  filter: CheckpointFilter = {},
  options: ListCheckpointsOptions = {},
): Promise<readonly StoredCheckpoint[]> {
  checkKeys('checkpoints', options, ['retention'], 'option');
  const { keepLast, keepTagged } = checkRetention(options.retention, 'checkpoints', usual);
  checkKeys('checkpoints', filter, ['pipeline', 'step', 'scope', 'state'], 'filter');
  const inventory = await inventoryReader(store, now, keepLast).read();
  const { objects, evictions, logs, cache } = inventory;
  const recentFrom = Math.min(...logs.map((log) => log.liveSince ?? Infinity));
  const tables = storedTables(inventory, { keepLast, keepTagged, recentFrom, isOver: () => false });
  const cached = new Set(cache.map(({ manifest }) => manifest));
  const tasksOf = new Map<Manifest, string>();
  for (const { correlationId, manifests } of logs)
    if (correlationId !== undefined) for (const manifest of manifests) tasksOf.set(manifest, correlationId);

  const asked = new Map<string, Promise<boolean>>();
  const wholeness = (part: ManifestPart): Promise<boolean> => {
    const before = asked.get(part.sha256);
    const whole = before ?? isWhole(store, part, objects.get(part.sha256)?.size);
    asked.set(part.sha256, whole);
    return whole;
  };
  const found = new Map<string, StoredCheckpoint>();
  for (const { manifests, usedAt, protections } of tables) {
    for (const manifest of manifests) {
      const {
        pipeline,
        step,
        scope,
        fingerprint,
        contentHash = '',
        volatile,
        rows,
        bytes,
        createdAt,
      } = manifest;
      const name = [pipeline, step, scope, fingerprint, contentHash].join(' ');
      const before = found.get(name);
      const task = tasksOf.get(manifest);
      const isThere = await Promise.all(manifest.parts.map(wholeness));
      const wanting = manifest.parts.filter((_, index) => isThere[index] !== true);
      const known = wanting.map(({ sha256 }) =>
        objects.has(sha256) ? undefined : evictionOf(evictions, manifest, sha256),
      );
      const eviction = known.includes(undefined) ? undefined : known[0];
      found.set(name, {
        pipeline,
        step,
        scope,
        fingerprint,
        contentHash,
        volatile,
        rows,
        bytes,
        parts: manifest.parts.length,
        state: wanting.length === 0 ? 'stored' : eviction === undefined ? 'damaged' : 'evicted',
        eviction,
        createdAt,
        lastUsedAt: new Date(usedAt).toISOString(),
        cached: before?.cached === true || cached.has(manifest),
        correlationIds: [
          ...new Set([...(before?.correlationIds ?? []), ...(task === undefined ? [] : [task])]),
        ],
        kept: [...protections],
      });
    }
  }
  const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
  return [...found.values()]
    .filter((one) => wanted.every(([name, value]) => one[name as keyof CheckpointFilter] === value))
    .map((one) => Object.freeze(one))
    .toSorted(
      (one, other) =>
        one.pipeline.localeCompare(other.pipeline) ||
        other.lastUsedAt.localeCompare(one.lastUsedAt) ||
        one.step.localeCompare(other.step),
    );
}

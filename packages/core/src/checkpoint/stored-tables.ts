import type { StoredObject } from '../store/object-store.ts';
import type { Inventory, StoredLog } from './inventory.ts';
import type { Manifest, ManifestPart } from './manifest.ts';

/**
 * Why a table is kept whatever retention says.
 *
 * - `live`: somebody works on a task that it belongs to.
 * - `recent`: a part of it was put or used since the oldest live lease began, or within the time of grace.
 * - `scope`: it is of scope `correlation` or `run`, which have their own rules.
 * - `keep_tagged`, `keep_last`: retention says so.
 * - `failing_rows`: it holds rows that failed a check, and its task's log names them.
 * - `unfinished`: a task that is to be resumed has it; it may grow too old all the same.
 */
export type Protection =
  | 'live'
  | 'recent'
  | 'scope'
  | 'failing_rows'
  | 'keep_tagged'
  | 'keep_last'
  | 'unfinished';

/** A table in a store, and all that is known of who has it. */
export interface StoredTable {
  readonly parts: readonly ManifestPart[];
  readonly manifests: readonly Manifest[];
  /** The correlation ids of the tasks that have it. */
  readonly correlationIds: ReadonlySet<string>;
  /** When it was last made, taken from the cache, or there for a run of a task that has it. Milliseconds since the epoch. */
  readonly usedAt: number;
  readonly protections: ReadonlySet<Protection>;
  /** True when another table was made of it. */
  readonly isInput: boolean;
}

interface Growing extends StoredTable {
  readonly manifests: Manifest[];
  readonly correlationIds: Set<string>;
  usedAt: number;
  readonly protections: Set<Protection>;
  isInput: boolean;
}

/** What tells which tables are kept. */
export interface TableRules {
  readonly keepLast: number;
  readonly keepTagged: readonly string[];
  /** What was modified from then on is recent. Milliseconds since the epoch. */
  readonly recentFrom: number;
  /** Says whether a log is about to be removed: what it names does not count. */
  isOver(log: StoredLog): boolean;
}

const nameOf = (parts: readonly ManifestPart[]): string => parts.map(({ sha256 }) => sha256).join(' ');

/** The tables that any manifest names, each once. */
export function storedTables(
  { objects, logs, cache }: Inventory,
  { keepLast, keepTagged, recentFrom, isOver }: TableRules,
): readonly StoredTable[] {
  const tables = new Map<string, Growing>();
  const inputs = new Set<string>();
  const tableOf = (parts: readonly ManifestPart[]): Growing => {
    const name = nameOf(parts);
    const table = tables.get(name) ?? {
      parts,
      manifests: [],
      correlationIds: new Set(),
      usedAt: 0,
      protections: new Set(),
      isInput: false,
    };
    tables.set(name, table);
    return table;
  };
  const add = (manifest: Manifest, usedAt: number): Growing => {
    const table = tableOf(manifest.parts);
    table.manifests.push(manifest);
    table.usedAt = Math.max(table.usedAt, usedAt, Date.parse(manifest.createdAt) || 0);
    const { inputs: read } = manifest.components as { readonly inputs?: Readonly<Record<string, string>> };
    for (const input of Object.values(read ?? {})) inputs.add(input);
    return table;
  };

  for (const log of logs) {
    if (isOver(log)) continue;
    for (const manifest of log.manifests) {
      const { correlationIds, protections } = add(manifest, log.usedAt);
      if (log.correlationId !== undefined) correlationIds.add(log.correlationId);
      if (log.liveSince !== undefined) protections.add('live');
      if (manifest.scope !== 'cache') protections.add('scope');
      if (isTagged(log, keepTagged)) protections.add('keep_tagged');
      if (isUnfinished(log)) protections.add('unfinished');
    }
    for (const parts of log.failingRows) tableOf(parts).protections.add('failing_rows');
  }
  for (const { object, manifest } of cache)
    if (manifest !== undefined && manifest.parts.length > 0) add(manifest, object.modifiedAt.getTime());
  for (const { manifests } of lastSuccesses(logs, keepLast))
    for (const manifest of manifests) tables.get(nameOf(manifest.parts))?.protections.add('keep_last');

  for (const table of tables.values()) {
    const stored = table.parts.map(({ sha256 }) => objects.get(sha256)).filter(isThere);
    const modified = stored.map(({ modifiedAt }) => modifiedAt.getTime());
    if (modified.some((at) => at >= recentFrom)) table.protections.add('recent');
    table.usedAt = Math.max(table.usedAt, ...modified);
    table.isInput = table.manifests.some((manifest) => inputs.has(manifest.contentHash ?? ''));
  }
  return [...tables.values()];
}

const isThere = (object: StoredObject | undefined): object is StoredObject => object !== undefined;

/** Says whether a log is of a task that has one of these tags. */
export function isTagged({ tags }: StoredLog, keepTagged: readonly string[]): boolean {
  return tags.some((tag) => keepTagged.includes(tag));
}

/** Says whether a task is to be resumed; nobody resumes one without a correlation id. */
function isUnfinished({ correlationId, pipeline, lastRun }: StoredLog): boolean {
  if (correlationId === undefined || pipeline === undefined) return false;
  return lastRun?.status !== 'success' || lastRun.partial === true;
}

/** The last successful runs of each pipeline. */
export function lastSuccesses(
  logs: readonly StoredLog[],
  keepLast: number,
): { readonly log: StoredLog; readonly manifests: readonly Manifest[] }[] {
  const ofPipelines = new Map<string, { at: string; log: StoredLog; manifests: readonly Manifest[] }[]>();
  for (const log of logs) {
    const { pipeline, successes } = log;
    if (pipeline === undefined) continue;
    const all = ofPipelines.get(pipeline) ?? [];
    ofPipelines.set(pipeline, all);
    for (const success of successes) all.push({ ...success, log });
  }
  return [...ofPipelines.values()].flatMap((runs) =>
    runs.toSorted((one, other) => other.at.localeCompare(one.at)).slice(0, keepLast),
  );
}

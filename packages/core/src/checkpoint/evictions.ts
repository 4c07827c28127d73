import { isCairnError } from '../errors/cairn-error.ts';
import { unsupportedFormat } from '../errors/run-errors.ts';
import { journalDamaged } from '../errors/store-errors.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { Json } from '../pipeline/json.ts';
import { gcJournalKey } from '../store/keys.ts';
import type { Lease, ObjectStore } from '../store/object-store.ts';
import type { Manifest } from './manifest.ts';

/** The version of the records that this code writes, and the newest that it reads. */
const formatVersion = 1;

/** Why a part was removed: nothing named it, or retention has a limit. */
export type EvictionCause = 'orphan' | 'max_age' | 'max_bytes';

/** That a part was removed on purpose. */
export interface Eviction {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly because: EvictionCause;
}

/** What was removed on purpose, by the SHA-256 of the part. */
export type Evictions = ReadonlyMap<string, Eviction>;

type EvictionRecord =
  | {
      readonly type: 'evicted';
      readonly formatVersion: number;
      readonly groups: readonly (Eviction & { readonly parts: readonly string[] })[];
    }
  /** These were to be removed, and stay. */
  | { readonly type: 'kept'; readonly formatVersion: number; readonly parts: readonly string[] };

/**
 * Reads what collectors have removed, or were about to. Whoever finds a part missing finds out here whether that is
 * damage.
 *
 * @throws CairnError `journal_damaged`, `unsupported_format`
 */
export async function readEvictions(store: ObjectStore): Promise<Map<string, Eviction>> {
  const found = new Map<string, Eviction>();
  for await (const bytes of store.log(gcJournalKey)) {
    const record = decode(bytes);
    if (record.type === 'kept') for (const part of record.parts) found.delete(part);
    else
      for (const { at, because, parts } of record.groups)
        for (const part of parts) found.set(part, { at, because });
  }
  return found;
}

/** The same for whoever can do without: where the log is damaged, nothing counts as removed on purpose. */
export async function knownEvictions(store: ObjectStore): Promise<Evictions> {
  return readEvictions(store).catch((error: unknown) => {
    if (isCairnError(error, 'journal_damaged')) return new Map<string, Eviction>();
    throw error;
  });
}

/** Says whether a part of a checkpoint was removed on purpose: since it was made, for it may have been put again. */
export function evictionOf(
  evictions: Evictions,
  { createdAt }: Pick<Manifest, 'createdAt'>,
  part: string,
): Eviction | undefined {
  const eviction = evictions.get(part);
  return eviction !== undefined && eviction.at >= createdAt ? eviction : undefined;
}

/** Keeps the log of what collectors remove. */
export interface EvictionLog {
  /** Must be done before the parts are removed: so a part is never gone without a word. */
  evicted(evictions: Evictions): Promise<void>;
  kept(parts: readonly string[]): Promise<void>;
  /** Writes the log anew, in one step, with these alone. */
  compact(evictions: Evictions): Promise<void>;
}

/** @param lease On `gcPrefix`. */
export function evictionLog(store: ObjectStore, lease: Lease): EvictionLog {
  const encoder = new TextEncoder();
  const write = async (record: EvictionRecord, replace = false): Promise<void> => {
    const bytes = encoder.encode(canonicalJson(record as unknown as Json));
    await store.append(gcJournalKey, bytes, { sync: true, lease, replace });
  };
  return {
    evicted: (evictions) => write({ type: 'evicted', formatVersion, groups: grouped(evictions) }),
    kept: (parts) => write({ type: 'kept', formatVersion, parts }),
    async compact(evictions) {
      if (evictions.size === 0) await store.delete(gcJournalKey, { lease });
      else await write({ type: 'evicted', formatVersion, groups: grouped(evictions) }, true);
    },
  };
}

function grouped(evictions: Evictions): (Eviction & { readonly parts: readonly string[] })[] {
  const groups = new Map<string, Eviction & { readonly parts: string[] }>();
  for (const [part, { at, because }] of evictions) {
    const name = `${at} ${because}`;
    const group = groups.get(name) ?? { at, because, parts: [] };
    groups.set(name, group);
    group.parts.push(part);
  }
  return [...groups.values()];
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): EvictionRecord {
  let record: Partial<EvictionRecord>;
  try {
    record = JSON.parse(decoder.decode(bytes)) as Partial<EvictionRecord>;
  } catch (error) {
    throw journalDamaged(gcJournalKey, 'a record is not JSON', error);
  }
  if (Number(record.formatVersion) > formatVersion)
    throw unsupportedFormat('The log of what was evicted', record.formatVersion);
  const lists = record.type === 'evicted' ? record.groups : record.type === 'kept' ? record.parts : undefined;
  if (!Array.isArray(lists)) throw journalDamaged(gcJournalKey, 'a record is none of what was evicted');
  return record as EvictionRecord;
}

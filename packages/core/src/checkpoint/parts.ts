import { checkpointDamaged, checkpointEvicted } from '../errors/run-errors.ts';
import { isCairnError } from '../errors/cairn-error.ts';
import type { Engine, Part, TableRef } from '../engine/engine.ts';
import { takeTurns } from '../engine/pace.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { objectKey } from '../store/keys.ts';
import { evictionOf, knownEvictions } from './evictions.ts';
import type { Manifest, ManifestPart } from './manifest.ts';
import { sha256 } from './sha256.ts';

const partsInFlight = 3;

/**
 * Exports a table and stores its parts durably. Equal parts are stored once.
 * Writes nothing that refers to them: that is the commit, and comes later. `overwrite` replaces parts that are there,
 * for a checkpoint that turned out to be damaged.
 */
export async function writeParts(
  engine: Engine,
  store: ObjectStore,
  table: TableRef,
  options: { readonly signal: AbortSignal; readonly overwrite?: boolean },
): Promise<ManifestPart[]> {
  const put = { ifAbsent: options.overwrite !== true, sync: true, borrow: true };
  const keep = async (part: Part): Promise<ManifestPart> => {
    const { bytes, rows } = part;
    const { length } = bytes;
    // Each copies the part: in a page, all in one go would be felt.
    await takeTurns();
    const hash = await sha256(bytes);
    await takeTurns();
    await store.put(objectKey(hash), bytes, put);
    part.release?.();
    return { sha256: hash, rows, bytes: length };
  };
  const parts: Promise<ManifestPart>[] = [];
  try {
    for await (const part of engine.exportParts(table, { signal: options.signal })) {
      // Parts are hashed and stored while the engine exports the next ones, but few are held at a time.
      await parts.at(-partsInFlight);
      const kept = keep(part);
      kept.catch(() => undefined);
      parts.push(kept);
    }
  } finally {
    await Promise.allSettled(parts);
  }
  return Promise.all(parts);
}

/**
 * One part of a step's checkpoint, verified against its hash.
 *
 * @throws CairnError `checkpoint_damaged` for a part that is missing or is not what the manifest says; a part that is
 *   there and wrong is removed, so that the step that runs again can store it anew. `checkpoint_not_found` for one that
 *   was evicted.
 */
export async function readPart(
  store: ObjectStore,
  manifest: Pick<Manifest, 'step' | 'createdAt'>,
  part: ManifestPart,
): Promise<Uint8Array> {
  const { step } = manifest;
  const key = objectKey(part.sha256);
  let bytes: Uint8Array | undefined;
  try {
    bytes = await store.get(key);
  } catch (error) {
    if (isCairnError(error, 'already_closed')) throw error;
    throw checkpointDamaged(step, `part ${key} cannot be read`, { key }, error);
  }
  if (bytes === undefined) {
    const eviction = evictionOf(await knownEvictions(store), manifest, part.sha256);
    if (eviction !== undefined) throw checkpointEvicted(step, eviction);
    throw checkpointDamaged(step, `part ${key} is missing`, { key });
  }
  if (bytes.length !== part.bytes || (await sha256(bytes)) !== part.sha256) {
    await store.delete(key).catch(() => undefined);
    throw checkpointDamaged(step, `part ${key} is not what its hash says`, { key });
  }
  return bytes;
}

/** All parts of a checkpoint, in order. @throws CairnError `checkpoint_damaged`, `checkpoint_not_found` */
export async function* readParts(
  store: ObjectStore,
  manifest: Pick<Manifest, 'step' | 'createdAt' | 'parts'>,
): AsyncGenerator<Uint8Array> {
  for (const part of manifest.parts) yield await readPart(store, manifest, part);
}

import { checkpointDamaged, checkpointEvicted } from '../errors/run-errors.ts';
import { isCairnError } from '../errors/cairn-error.ts';
import type { Engine, Part, TableRef } from '../engine/engine.ts';
import { takeTurns } from '../engine/pace.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { objectKey } from '../store/keys.ts';
import { evictionOf, knownEvictions } from './evictions.ts';
import { flight as boundedFlight, type Flight } from './flight.ts';
import type { Manifest, ManifestPart } from './manifest.ts';
import { sha256 } from './sha256.ts';

/** A table's parts on their way to the store. */
export interface WrittenParts {
  /** In order. What they hold is known, and they are not stored yet. */
  readonly parts: readonly ManifestPart[];
  /** Resolves once all are stored durably; rejects when one cannot be, once nothing is under way any more. */
  readonly stored: Promise<void>;
}

/**
 * Called when the engine has time for something else: once a part has to wait until others are stored, and when nothing more
 * is read from it.
 *
 * @param hashes Of the parts that have left it, as far as they are known.
 * @param isOver Whether all have.
 */
export type OnIdle = (hashes: readonly (string | undefined)[], isOver: boolean) => void;

/** How {@link writeParts} writes. */
export interface WriteOptions {
  readonly signal: AbortSignal;
  /** Replaces parts that are there, for a checkpoint that turned out to be damaged. */
  readonly overwrite?: boolean;
  /** What bounds the bytes that are held. @default one of its own */
  readonly flight?: Flight;
  /** See `PutObjectOptions.isAwaited`. @default false */
  readonly isAwaited?: boolean;
  /** See {@link OnIdle}. */
  readonly onIdle?: OnIdle;
}

/**
 * Exports a table and begins to store its parts durably; resolves as soon as their hashes are known. Equal parts are
 * stored once. Writes nothing that refers to them: that is the commit, and comes later.
 */
export async function writeParts(
  engine: Engine,
  store: ObjectStore,
  table: TableRef,
  { signal, overwrite, flight = boundedFlight(), isAwaited, onIdle }: WriteOptions,
): Promise<WrittenParts> {
  const keep = ({ bytes, release }: Part): { hash: Promise<string>; stored: Promise<unknown> } => {
    if (store.objects) {
      const how = { overwrite, sync: true, isAwaited, release };
      const { sha256: hash, stored } = store.objects.put(bytes, how);
      return { hash, stored };
    }
    // Each copies the part: in a page, all in one go would be felt.
    const hash = takeTurns().then(() => sha256(bytes));
    const stored = hash.then(async (known) => {
      await takeTurns();
      await store.put(objectKey(known), bytes, { ifAbsent: overwrite !== true, sync: true, borrow: true });
      release?.();
    });
    return { hash, stored };
  };
  const parts: Promise<ManifestPart>[] = [];
  const puts: Promise<void>[] = [];
  const hashes: (string | undefined)[] = [];
  const failures: unknown[] = [];
  let hasWaited = false;
  const throwFirst = (): void => {
    if (failures.length > 0) throw failures[0];
  };
  try {
    for await (const part of engine.exportParts(table, { signal, lend: store.objects !== undefined })) {
      const { rows } = part;
      const { length } = part.bytes;
      if (!hasWaited && flight.isFull(length)) {
        hasWaited = true;
        onIdle?.(hashes, false);
      }
      await flight.enter(length);
      const { hash, stored } = keep(part);
      const at = hashes.push(undefined) - 1;
      const known = hash.then((sha256) => {
        hashes[at] = sha256;
        return { sha256, rows, bytes: length };
      });
      known.catch(() => undefined);
      parts.push(known);
      puts.push(
        stored.then(
          () => flight.leave(length),
          (error: unknown) => {
            flight.leave(length);
            failures.push(error);
          },
        ),
      );
      throwFirst();
    }
    onIdle?.(hashes, true);
    const known = await Promise.all(parts);
    const stored = Promise.allSettled(puts).then(throwFirst);
    stored.catch(() => undefined);
    return { parts: known, stored };
  } catch (error) {
    await Promise.allSettled([...parts, ...puts]);
    throw error;
  }
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
  /** The bytes, and whether they are the part's; undefined when nothing is there. */
  const read = async (): Promise<{ bytes: Uint8Array; isWhole: boolean } | undefined> => {
    const found = store.objects ? await store.objects.get(part.sha256) : { bytes: await store.get(key) };
    const bytes = found?.bytes;
    if (bytes === undefined) return undefined;
    const hash = found && 'sha256' in found ? found.sha256 : undefined;
    const isWhole = bytes.length === part.bytes && (hash ?? (await sha256(bytes))) === part.sha256;
    return { bytes, isWhole };
  };
  try {
    const found = await read();
    if (found?.isWhole === true) return found.bytes;
    if (found !== undefined) {
      for await (const { modifiedAt } of store.list(key)) {
        // Another process may have stored it anew since: that stays.
        const again = await read();
        if (again?.isWhole === true) return again.bytes;
        await store.delete(key, { modifiedAt }).catch(() => undefined);
      }
      throw checkpointDamaged(step, `part ${key} is not what its hash says`, { key });
    }
  } catch (error) {
    if (isCairnError(error, 'already_closed') || isCairnError(error, 'checkpoint_damaged')) throw error;
    throw checkpointDamaged(step, `part ${key} cannot be read`, { key }, error);
  }
  const eviction = evictionOf(await knownEvictions(store), manifest, part.sha256);
  if (eviction !== undefined) throw checkpointEvicted(step, eviction);
  throw checkpointDamaged(step, `part ${key} is missing`, { key });
}

/** So many parts are read, and held against their hashes, while others are worked on. */
const partsAhead = 2;

/**
 * All parts of a checkpoint, in order. A few are read ahead.
 *
 * @param rescue Is told why a part cannot be read, and gives its bytes all the same. @default throws that
 * @throws CairnError `checkpoint_damaged`, `checkpoint_not_found`
 */
export async function* readParts(
  store: ObjectStore,
  manifest: Pick<Manifest, 'step' | 'createdAt' | 'parts'>,
  rescue?: (part: ManifestPart, error: unknown) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const ahead: Promise<Uint8Array>[] = [];
  let begun = 0;
  const begin = (most: number): void => {
    for (const part of manifest.parts.slice(begun, begun + most - ahead.length)) {
      const reading = readPart(store, manifest, part);
      // It may fail while nobody waits for it yet.
      reading.catch(() => undefined);
      ahead.push(reading);
      begun += 1;
    }
  };
  try {
    // Whoever waits for the first one would wait longer if it came beside others.
    begin(1);
    for (const part of manifest.parts) {
      const reading = ahead.shift() as Promise<Uint8Array>;
      const bytes = await reading.catch(async (error: unknown) => {
        if (rescue === undefined) throw error;
        // What is found to be wrong is removed, and must not be once it has been stored again.
        await Promise.allSettled(ahead);
        return rescue(part, error);
      });
      begin(partsAhead);
      yield bytes;
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}

import { evictionOf, knownEvictions, type Evictions } from '../checkpoint/evictions.ts';
import type { Manifest } from '../checkpoint/manifest.ts';
import { isWhole } from '../checkpoint/whole-part.ts';
import { gcPrefix, objectKey } from '../store/keys.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** Which parts a store holds: one listing a run, made when it is first needed, and again when parts are not in it. */
export interface StoredObjects {
  /**
   * Says whether all parts of a checkpoint are there with their sizes; `evicted` when those that are not were removed on
   * purpose. Contents are verified when they are read.
   */
  look(manifest: Manifest): Promise<'stored' | 'evicted' | 'missing'>;
  /** Makes the parts look new, so that no collector removes them. False when one is gone, of which note is taken. */
  claim(manifest: Manifest): Promise<boolean>;
  /** Whether a collector was at work when this was first asked: it may know the task from before it was taken. */
  areCollected(): Promise<boolean>;
  /** Takes note of what was written since. */
  added(manifest: Manifest): void;
}

export function storedObjects(store: ObjectStore): StoredObjects {
  let sizes: Promise<Map<string, number>> | undefined;
  let evictions: Promise<Evictions> | undefined;
  let collected: Promise<boolean> | undefined;
  const listing = async (): Promise<Map<string, number>> => {
    const found = new Map<string, number>();
    for await (const { key, size } of store.list('objects/')) found.set(key, size);
    return found;
  };
  const judge = async (manifest: Manifest): Promise<'stored' | 'evicted' | 'missing'> => {
    const known = await (sizes ??= listing());
    const sizeOf = (sha256: string): number | undefined => known.get(objectKey(sha256));
    const whole = await Promise.all(
      manifest.parts.map(async (part) => {
        const isThere = await isWhole(store, part, sizeOf(part.sha256));
        if (isThere) known.set(objectKey(part.sha256), part.bytes);
        return isThere;
      }),
    );
    const wanting = manifest.parts.filter((_, index) => whole[index] !== true);
    if (wanting.length === 0) return 'stored';
    const removed = await (evictions ??= knownEvictions(store));
    const isEvicted = wanting.every(
      ({ sha256 }) => sizeOf(sha256) === undefined && evictionOf(removed, manifest, sha256) !== undefined,
    );
    return isEvicted ? 'evicted' : 'missing';
  };
  const forget = (): void => {
    sizes = undefined;
    evictions = undefined;
  };
  return {
    async look(manifest) {
      if (manifest.parts.length === 0) return 'stored';
      const verdict = await judge(manifest);
      if (verdict !== 'missing') return verdict;
      // Another run may have stored them since, or a collector was just looking at them.
      forget();
      return judge(manifest);
    },
    async claim({ parts }) {
      const keys = parts.map(({ sha256 }) => objectKey(sha256));
      const there = await Promise.all(keys.map((key) => store.touch(key)));
      if (there.every(Boolean)) return true;
      forget();
      return false;
    },
    areCollected: () => (collected ??= store.leaseInfo(gcPrefix).then((lease) => lease !== undefined)),
    added(manifest) {
      void sizes?.then((known) => {
        for (const part of manifest.parts) known.set(objectKey(part.sha256), part.bytes);
      });
    },
  };
}

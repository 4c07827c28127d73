import type { Manifest } from '../checkpoint/manifest.ts';
import { objectKey } from '../store/keys.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** Which parts a store holds: one listing a run, made when it is first needed. */
export interface StoredObjects {
  /** Says whether all parts of a checkpoint are there with their sizes. Contents are verified when they are read. */
  hold(manifest: Manifest): Promise<boolean>;
  /** Takes note of what was written since. */
  added(manifest: Manifest): void;
}

export function storedObjects(store: ObjectStore): StoredObjects {
  let sizes: Promise<Map<string, number>> | undefined;
  const listing = async (): Promise<Map<string, number>> => {
    const found = new Map<string, number>();
    for await (const { key, size } of store.list('objects/')) found.set(key, size);
    return found;
  };
  return {
    async hold(manifest) {
      if (manifest.parts.length === 0) return true;
      const known = await (sizes ??= listing());
      return manifest.parts.every((part) => known.get(objectKey(part.sha256)) === part.bytes);
    },
    added(manifest) {
      void sizes?.then((known) => {
        for (const part of manifest.parts) known.set(objectKey(part.sha256), part.bytes);
      });
    },
  };
}

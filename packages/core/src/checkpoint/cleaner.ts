import type { ObjectStore } from '../store/object-store.ts';

/** Removes what has ended; replaceable, for stores that can do it in one go. */
export interface Cleaner {
  /** Deletes every key below a prefix, which ends in `/`. No error when there is none. */
  deleteTree(prefix: string): Promise<void>;
}

/** The default: lists the keys and deletes one after the other. */
export function storeCleaner(store: ObjectStore): Cleaner {
  return {
    async deleteTree(prefix) {
      const keys: string[] = [];
      for await (const { key } of store.list(prefix)) keys.push(key);
      for (const key of keys) await store.delete(key);
    },
  };
}

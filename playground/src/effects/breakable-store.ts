import type { ObjectStore } from '@cairn/core';
import { quotaExceeded, type HashedObjects } from '@cairn/core/store';

/** A store that can be told to answer like one on a full disk: nothing is written, everything can be read. */
export function breakableStore<Store extends ObjectStore>(store: Store, isFull: () => boolean): Store {
  const refuse = (key: string): void => {
    if (!isFull()) return;
    const cause = new DOMException('The disk is full, or so the playground says', 'QuotaExceededError');
    throw quotaExceeded(key, store.name, {}, cause);
  };
  const { objects } = store;
  const breakable: HashedObjects | undefined = objects && {
    ...objects,
    put(bytes, options) {
      try {
        refuse('objects/');
      } catch (error) {
        const refused = Promise.reject(error);
        refused.catch(() => undefined);
        options?.release?.();
        return { sha256: refused, stored: refused };
      }
      return objects.put(bytes, options);
    },
  };
  return {
    ...store,
    ...(breakable === undefined ? {} : { objects: breakable }),
    async put(key, value, options) {
      refuse(key);
      return store.put(key, value, options);
    },
    async append(key, record, options) {
      refuse(key);
      return store.append(key, record, options);
    },
  };
}

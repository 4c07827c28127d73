import {
  checkBytes,
  objectKey,
  type HashedObject,
  type HashedObjects,
  type PutObjectOptions,
} from '@cairn/core/store';
import type { KeptObject } from './packing-platform.ts';
import type { StorePacking } from './packing.ts';

/** What {@link hashedObjects} needs of its store. */
export interface ObjectEntries {
  readonly packing: StorePacking;
  /** Throws once the store is closed. */
  checkOpen(): void;
  /** Work whose errors are told as the store's. */
  failingAs<Value>(operation: string, key: string, work: Promise<Value>): Promise<Value>;
  /** Writes what was packed of so many bytes. */
  put(
    key: string,
    kept: KeptObject,
    length: number,
    how: { readonly ifAbsent: boolean; readonly sync: boolean },
  ): Promise<boolean>;
  /** Makes now the time that an object was modified at; false when nothing is there. */
  touch(key: string): Promise<boolean>;
  get(key: string): Promise<HashedObject | undefined>;
  lengthOf(key: string): Promise<number | undefined>;
}

/** What is packed in less time than a transaction takes is packed before anybody knows whether it is there. */
const askedBytes = 2 ** 18;

/** The objects of a store in IndexedDB. */
export function hashedObjects(entries: ObjectEntries): HashedObjects {
  const { packing, checkOpen, failingAs } = entries;
  return {
    put(given, { overwrite = false, sync = false, isAwaited = false, release }: PutObjectOptions = {}) {
      checkOpen();
      checkBytes('put', 'objects/', given);
      // A digest and a Blob take no memory that threads share.
      const bytes = given.buffer instanceof ArrayBuffer ? given : new Uint8Array(given);
      const { length } = bytes;
      let isReleased = false;
      const giveBack = (memory?: Uint8Array): void => {
        if (!isReleased) release?.(memory);
        isReleased = true;
      };
      const being = packing.take(bytes, release && giveBack, isAwaited);
      const sha256 = failingAs('write', 'objects/', being.sha256);
      const store = async (): Promise<boolean> => {
        let isAsked = false;
        try {
          const key = objectKey(await sha256);
          if (!overwrite && length >= askedBytes && (await entries.touch(key))) return false;
          isAsked = true;
          const kept = await failingAs('write', key, being.pack());
          return await entries.put(key, kept, length, { ifAbsent: !overwrite, sync });
        } finally {
          if (!isAsked) await being.drop().catch(() => undefined);
        }
      };
      const stored = store().finally(giveBack);
      stored.catch(() => undefined);
      return { sha256, stored };
    },

    warm: () => packing.warm(),

    async get(sha256) {
      checkOpen();
      return entries.get(objectKey(sha256));
    },

    async lengthOf(sha256) {
      checkOpen();
      return entries.lengthOf(objectKey(sha256));
    },
  };
}

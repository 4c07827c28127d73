import {
  checkBytes,
  objectKey,
  packedHeaderBytes,
  unpackedLength,
  type HashedObjects,
  type PutObjectOptions,
} from '@cairn/core/store';
import { readBeginning } from './key-files.ts';
import { toWrite, type StorePacking } from './packing.ts';
import { findPlace } from './places.ts';
import { isShared } from './shared-pieces.ts';

/** What {@link hashedObjects} needs of its store. */
export interface ObjectFiles {
  readonly root: string;
  readonly packing: StorePacking;
  /** Throws once the store is closed. */
  checkOpen(): void;
  /** Work that `close` waits for, and whose errors are told as the store's. */
  attempt<Value>(operation: string, key: string, work: () => Promise<Value>): Promise<Value>;
  /** What stands at a key. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Puts what `content` gives, which is asked when it is to be written. */
  write(
    key: string,
    how: { readonly ifAbsent: boolean; readonly sync: boolean },
    content: () => Promise<Uint8Array>,
  ): Promise<boolean>;
}

/** The objects of a store in a folder. */
export function hashedObjects({
  root,
  packing,
  checkOpen,
  attempt,
  read,
  write,
}: ObjectFiles): HashedObjects {
  return {
    put(
      bytes,
      {
        overwrite = false,
        sync = false,
        isAwaited = false,
        release = () => undefined,
      }: PutObjectOptions = {},
    ) {
      checkOpen();
      checkBytes('put', 'objects/', bytes);
      const being = packing.take(bytes, undefined, isAwaited);
      let isReleased = false;
      const letGo = (): void => {
        if (!isReleased) release();
        isReleased = true;
      };
      const object = toWrite(bytes, being, () => void (isShared(bytes) && letGo()));
      const stored = attempt('write', 'objects/', async () => {
        let isAsked = false;
        try {
          const key = objectKey(await being.sha256);
          return await write(key, { ifAbsent: !overwrite, sync }, () => {
            isAsked = true;
            return object.content();
          });
        } finally {
          if (!isAsked) await being.drop().catch(() => undefined);
          object.written();
          letGo();
        }
      });
      stored.catch(() => undefined);
      return { sha256: being.sha256, stored };
    },

    warm: () => packing.warm(),

    async get(sha256) {
      checkOpen();
      const key = objectKey(sha256);
      return attempt('read', key, async () => {
        const found = await read(key);
        return found && packing.unpack(found, key);
      });
    },

    async lengthOf(sha256) {
      checkOpen();
      const key = objectKey(sha256);
      return attempt('read', key, async () => {
        const found = await readBeginning((await findPlace(root, key)).path, packedHeaderBytes);
        return found && unpackedLength(found.bytes, found.size);
      });
    },
  };
}

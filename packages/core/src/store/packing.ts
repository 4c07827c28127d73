import { isPacked, packObject, unpackedLength, unpackObject } from './packed-object.ts';
import type { HashedObject } from './object-store.ts';
import { loadPacker, type Packer } from './packer.ts';

/**
 * What work on objects takes from a runtime. `Kept` is what its store writes and reads.
 */
export interface PackingPlatform<Kept> {
  /** The SHA-256 of bytes in lower-case hex. */
  sha256(bytes: Uint8Array): Promise<string>;
  /** Memory for a packed object of so many bytes, whatever it holds. @default its own */
  room?(bytes: number): Uint8Array;
  /** What the store writes of an object. */
  keep(object: Uint8Array): Kept;
  /** The bytes of what was kept; undefined when they cannot be read. */
  open(kept: Kept): Promise<Uint8Array | undefined>;
}

/** Bytes that are hashed, and packed when they are to be stored. */
export interface BeingPacked<Kept> {
  readonly sha256: Promise<string>;
  /** What the store writes; called at most once, with the hash known. */
  pack(): Promise<Kept>;
  /** They are not packed, for they are there already; called at most once. */
  drop(): Promise<void>;
}

/** Work on objects, wherever it is done. */
export interface Packing<Kept> {
  /**
   * @param free Is given the memory of the bytes once they are packed and not read any more; not of those that are kept.
   * @param isAwaited See `PutObjectOptions.isAwaited`.
   */
  take(bytes: Uint8Array, free?: (memory: Uint8Array) => void, isAwaited?: boolean): BeingPacked<Kept>;
  /**
   * What was packed, and its hash; undefined when it cannot be read.
   *
   * @throws CairnError `unsupported_format`
   */
  unpack(kept: Kept, key: string): Promise<HashedObject | undefined>;
}

/** Does the work on objects in the thread that asks. */
export function packingHere<Kept>({ sha256, room, keep, open }: PackingPlatform<Kept>): Packing<Kept> {
  let loading: Promise<Packer> | undefined;
  const packer = (): Promise<Packer> => (loading ??= loadPacker(room));
  return {
    take: (bytes, free) => ({
      sha256: sha256(bytes),
      async pack() {
        // Where WebAssembly is not allowed, objects stay as they are.
        const kept = keep(packObject(bytes, await packer().catch(() => undefined)));
        if (!(kept instanceof Uint8Array && kept.buffer === bytes.buffer)) free?.(bytes);
        return kept;
      },
      drop: async () => free?.(bytes),
    }),
    async unpack(kept, key) {
      const object = await open(kept);
      if (object === undefined) return undefined;
      const bytes = isPacked(object) ? unpackObject(object, await packer(), key) : object;
      return { bytes, sha256: await sha256(bytes) };
    },
  };
}

/** From this size on the work is worth a message to another thread, in bytes. */
const largeBytes = 2 ** 18;
/** From this size on it is worth a thread's start: that takes longer than to hash and pack it here. */
const startBytes = 2 ** 20;
/** From this size on it is worth a second thread's start. */
const secondBytes = 2 ** 22;
/** More objects do not wait for the first thread: whoever made them will soon wait, too, and leave a processor to a second one. */
const mostWaiting = 4;

/** Says whether work on a stored object is worth a message to another thread. */
export function isLargeObject(object: Uint8Array): boolean {
  return (unpackedLength(object, object.length) ?? 0) >= largeBytes;
}

/**
 * Does the work on small objects here, and on large ones in a thread; what is awaited also in a second one, and what comes faster
 * than one can work.
 *
 * @param thread Starts one of the two, or gives the one that there is; undefined where there can be none.
 * @param isReady Whether the first one is there by now.
 * @param isLarge Says whether what was kept may be a large object.
 */
export function packingThere<Kept>(
  here: Packing<Kept>,
  thread: (isSecond: boolean) => Promise<Packing<Kept> | undefined>,
  isReady: () => boolean,
  isLarge: (kept: Kept) => boolean,
): Packing<Kept> {
  const waiting = { first: 0, second: 0 };
  return {
    take(bytes, free, isAwaited = false) {
      const { length } = bytes;
      if (length < largeBytes || (length < startBytes && !isReady())) return here.take(bytes, free);
      const isSecond =
        length >= secondBytes &&
        waiting.first > waiting.second &&
        (isAwaited || waiting.first >= mostWaiting);
      const which = isSecond ? 'second' : 'first';
      const taken = thread(isSecond).then((there) => (there ?? here).take(bytes, free));
      waiting[which] += 1;
      const ended = (): void => void (waiting[which] -= 1);
      return {
        sha256: taken.then(({ sha256 }) => sha256),
        pack: async () => (await taken).pack().finally(ended),
        drop: async () => (await taken).drop().finally(ended),
      };
    },
    async unpack(kept, key) {
      const there = isLarge(kept) ? ((await thread(false)) ?? here) : here;
      return there.unpack(kept, key);
    },
  };
}

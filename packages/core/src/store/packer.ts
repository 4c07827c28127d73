import { packingWasm } from './packing-wasm.ts';

/** How an object is packed. Numbers stand in stored objects and never change their meaning. */
export const codecs = {
  /** Not at all. */
  none: 0,
  /** See packing.wat. */
  splitLz4: 1,
} as const;

/** Packs and unpacks bytes, each in one go: see packing.wat. */
export interface Packer {
  /**
   * The bytes packed, behind so many of anything; undefined when that would not save an eighth. Memory of several threads may
   * be given.
   */
  pack(bytes: Uint8Array, behind: number): Uint8Array | undefined;
  /** The bytes that were packed, as many as are said to be; undefined when it is damaged. */
  unpack(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> | undefined;
}

/** What the module exports. Places and lengths are in bytes. */
interface Codec {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** Gives 0 when it takes more than `capacity`. */
  compress(from: number, length: number, to: number, capacity: number): number;
  /** Gives -1 when it is damaged. */
  decompress(from: number, length: number, to: number, capacity: number): number;
  /** Puts a flag for each block before the blocks. */
  split(from: number, length: number, to: number): void;
  /** `length` is without the flags. */
  join(from: number, length: number, to: number): void;
}

const pageBytes = 2 ** 16;
/** The module may write so far beyond what it was given. */
const roomBehind = 64;
/** Before it the compressor's table stands, and nothing is found at a distance of zero. */
const first = 2 * pageBytes;
/** As packing.wat has it. */
const blockBytes = 4096;
/** Larger ones are not packed: twice as much must fit into the memory. */
const mostBytes = 2 ** 29;
/** An instance whose memory had to grow beyond it is not kept: memory never shrinks. */
const keptBytes = 2 ** 26;

/** Of a large object a few places are tried first. */
const [tries, triedBytes] = [8, 2 ** 13];

/**
 * Makes what packs, for one thread. Its WebAssembly has 4 KB and is part of the code.
 *
 * @param room Gives memory for so many packed bytes.
 * @throws whatever the platform says where WebAssembly or its vectors are missing or not allowed
 */
export async function loadPacker(
  room: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Promise<Packer> {
  const module = await WebAssembly.compile(Uint8Array.from(atob(packingWasm), (char) => char.charCodeAt(0)));
  const instantiate = (): Codec => new WebAssembly.Instance(module).exports as Codec;
  let codec = instantiate();

  /** Gives the codec room for two areas, and calls what works in them. */
  const within = <Value>(one: number, other: number, work: (a: number, b: number) => Value): Value => {
    const [a, b] = [first, first + one + roomBehind];
    const missing = b + other + roomBehind - codec.memory.buffer.byteLength;
    if (missing > 0) codec.memory.grow(Math.ceil(missing / pageBytes));
    try {
      return work(a, b);
    } finally {
      if (codec.memory.buffer.byteLength > keptBytes) codec = instantiate();
    }
  };
  const flagsOf = (length: number): number => Math.floor(length / blockBytes);
  const at = (place: number, length: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(codec.memory.buffer, place, length);

  /** Packs what is given into the second area, where it was; gives its length, or 0 when it saves too little. */
  const packAt = (bytes: Uint8Array, split: number, whole: number): number => {
    const { length } = bytes;
    at(whole, length).set(bytes);
    codec.split(whole, length, split);
    return codec.compress(split, length + flagsOf(length), whole, length - Math.ceil(length / 8));
  };
  const isPromising = (bytes: Uint8Array, split: number, whole: number): boolean => {
    if (bytes.length < 4 * tries * triedBytes) return true;
    const step = Math.floor(bytes.length / tries);
    for (let from = 0; from + triedBytes <= bytes.length; from += step)
      if (packAt(bytes.subarray(from, from + triedBytes), split, whole) > 0) return true;
    return false;
  };

  return {
    pack(bytes, behind) {
      const { length } = bytes;
      if (length > mostBytes) return undefined;
      try {
        return within(length + flagsOf(length), length, (split, whole) => {
          const packed = isPromising(bytes, split, whole) ? packAt(bytes, split, whole) : 0;
          if (packed === 0) return undefined;
          const given = room(behind + packed);
          given.set(at(whole, packed), behind);
          return given;
        });
      } catch (error) {
        // There is no memory for it.
        if (error instanceof RangeError) return undefined;
        throw error;
      }
    },
    unpack(packed, length) {
      if (length > mostBytes) return undefined;
      const splitLength = length + flagsOf(length);
      return within(splitLength, Math.max(length, packed.length), (split, whole) => {
        at(whole, packed.length).set(packed);
        if (codec.decompress(whole, packed.length, split, splitLength) !== splitLength) return undefined;
        codec.join(split, length, whole);
        return at(whole, length).slice();
      });
    },
  };
}

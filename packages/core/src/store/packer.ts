import { packingWasm } from './packing-wasm.ts';

/** How an object is packed. Numbers stand in stored objects and never change their meaning. */
export const codecs = {
  /** Not at all. */
  none: 0,
  /** In one go; none is packed like this any more. */
  splitLz4: 1,
  /** Piece by piece, each behind its length. */
  splitLz4Pieces: 2,
} as const;

/** Packs and unpacks bytes: see packing.wat. */
export interface Packer {
  /**
   * The bytes packed piece by piece, behind so many of anything; undefined when that would not save an eighth. Memory of several
   * threads may be given.
   */
  pack(bytes: Uint8Array, behind: number): Uint8Array | undefined;
  /** The bytes that were packed piece by piece, as many as are said to be; undefined when they are damaged. */
  unpack(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> | undefined;
  /** The bytes that were packed in one go. */
  unpackWhole(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> | undefined;
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
/** What is worked on at a time: it stays in a processor's own cache on its way. */
const pieceBytes = 2 ** 18;
/** Bytes of the length before a piece. */
const lengthBytes = 4;
/** Larger ones are not packed: they must fit into the memory. */
const mostBytes = 2 ** 29;
/** An instance whose memory had to grow beyond it is not kept: memory never shrinks. */
const keptBytes = 2 ** 26;

/** Of a large object a few places are tried first. */
const [tries, triedBytes] = [8, 2 ** 13];

const flagsOf = (length: number): number => Math.floor(length / blockBytes);

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

  /** Gives the codec room for areas of so many bytes, and calls what works in them with where they begin. */
  const within = <Value>(
    sizes: readonly [number, number, number],
    work: (heap: Uint8Array<ArrayBuffer>, a: number, b: number, c: number) => Value,
  ): Value => {
    const a = first;
    const b = a + sizes[0] + roomBehind;
    const c = b + sizes[1] + roomBehind;
    const missing = c + sizes[2] + roomBehind - codec.memory.buffer.byteLength;
    if (missing > 0) codec.memory.grow(Math.ceil(missing / pageBytes));
    try {
      return work(new Uint8Array(codec.memory.buffer), a, b, c);
    } finally {
      if (codec.memory.buffer.byteLength > keptBytes) codec = instantiate();
    }
  };

  /** Unpacks bytes that were packed in one go, and gives them to whoever copies them; false when they are damaged. */
  const unpackPiece = (
    packed: Uint8Array,
    length: number,
    take: (bytes: Uint8Array<ArrayBuffer>) => void,
  ): boolean => {
    const splitLength = length + flagsOf(length);
    return within([Math.max(length, packed.length), splitLength, 0], (heap, whole, split) => {
      heap.set(packed, whole);
      if (codec.decompress(whole, packed.length, split, splitLength) !== splitLength) return false;
      codec.join(split, length, whole);
      take(heap.subarray(whole, whole + length));
      return true;
    });
  };

  return {
    pack(bytes, behind) {
      const { length } = bytes;
      if (length > mostBytes) return undefined;
      const capacity = length - Math.ceil(length / 8);
      const most = Math.min(length, pieceBytes);
      try {
        return within(
          [most, most + flagsOf(most), capacity + most + lengthBytes],
          (heap, whole, split, out) => {
            /** Packs what is given; gives its length, or 0 when it would be as long as it may not be. */
            const packAt = (piece: Uint8Array, at: number, tooLong: number): number => {
              heap.set(piece, whole);
              codec.split(whole, piece.length, split);
              return codec.compress(split, piece.length + flagsOf(piece.length), at, tooLong - 1);
            };
            const isPromising = (): boolean => {
              if (length < 4 * tries * triedBytes) return true;
              const step = Math.floor(length / tries);
              for (let from = 0; from + triedBytes <= length; from += step) {
                const tried = bytes.subarray(from, from + triedBytes);
                if (packAt(tried, out, triedBytes - triedBytes / 8) > 0) return true;
              }
              return false;
            };
            if (!isPromising()) return undefined;
            const view = new DataView(heap.buffer);
            let at = out;
            for (let from = 0; from < length; from += pieceBytes) {
              const piece = bytes.subarray(from, from + pieceBytes);
              let packed = packAt(piece, at + lengthBytes, piece.length);
              if (packed === 0) {
                heap.set(piece, at + lengthBytes);
                packed = piece.length;
              }
              view.setUint32(at, packed, true);
              at += lengthBytes + packed;
              if (at - out > capacity) return undefined;
            }
            const given = room(behind + at - out);
            given.set(heap.subarray(out, at), behind);
            return given;
          },
        );
      } catch (error) {
        // There is no memory for it.
        if (error instanceof RangeError) return undefined;
        throw error;
      }
    },

    unpack(packed, length) {
      if (length > mostBytes) return undefined;
      const bytes = new Uint8Array(length);
      const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
      let at = 0;
      for (let from = 0; from < length; from += pieceBytes) {
        const size = Math.min(pieceBytes, length - from);
        const begin = at + lengthBytes;
        if (begin > packed.length) return undefined;
        at = begin + view.getUint32(at, true);
        if (at > packed.length || at - begin > size) return undefined;
        const piece = packed.subarray(begin, at);
        const take = (unpacked: Uint8Array): void => bytes.set(unpacked, from);
        if (piece.length === size) take(piece);
        else if (!unpackPiece(piece, size, take)) return undefined;
      }
      return at === packed.length ? bytes : undefined;
    },

    unpackWhole(packed, length) {
      if (length > mostBytes) return undefined;
      let bytes: Uint8Array<ArrayBuffer> | undefined;
      unpackPiece(packed, length, (unpacked) => (bytes = unpacked.slice()));
      return bytes;
    },
  };
}

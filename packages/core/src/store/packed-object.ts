import { unsupportedFormat } from '../errors/run-errors.ts';
import { crc32 } from './crc32.ts';
import { codecs, type Packer } from './packer.ts';

// A packed object is a header of 20 bytes and what it holds. All numbers are unsigned, 32 bits, little-endian: the magic, the
// codec, how many bytes there are, how many follow, the CRC-32 of the header so far.
//
// What begins otherwise is an object as it is. One that would begin like this by itself stands behind a header too.
const magic = [0xc4, 0x1a, 0x72, 0x03] as const;

/** Length of the header of a packed object, in bytes. */
export const packedHeaderBytes = 20;

/** What is smaller gains nothing: files and database entries come in pages of 4 KiB. */
const leastBytes = 2 ** 13;
/** A block of LZ4 cannot hold more, whatever it says. */
const mostTimes = 256;

/** What the header of a packed object says. */
interface PackedHeader {
  readonly codec: number;
  /** Bytes of what is packed. */
  readonly length: number;
  /** Bytes behind the header. */
  readonly packed: number;
}

function beginsAsPacked(bytes: Uint8Array): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

/** Undefined for an object as it is, and for a header that is damaged. */
function readHeader(bytes: Uint8Array): PackedHeader | undefined {
  if (bytes.length < packedHeaderBytes || !beginsAsPacked(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, packedHeaderBytes);
  if (view.getUint32(16, true) !== crc32(bytes.subarray(0, 16))) return undefined;
  const [codec, length, packed] = [4, 8, 12].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  return { codec, length, packed };
}

/** Writes the header into the first bytes, before what is packed. */
function writeHeader(bytes: Uint8Array, codec: number, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  bytes.set(magic);
  view.setUint32(4, codec, true);
  view.setUint32(8, length, true);
  view.setUint32(12, bytes.length - packedHeaderBytes, true);
  view.setUint32(16, crc32(bytes.subarray(0, 16)), true);
}

/**
 * An object as a store keeps it: packed, or the very bytes given where that does not pay.
 *
 * @param packer Undefined where nothing can be packed.
 */
export function packObject(bytes: Uint8Array, packer: Packer | undefined): Uint8Array {
  const object = bytes.length < leastBytes ? undefined : packer?.pack(bytes, packedHeaderBytes);
  if (object !== undefined) {
    writeHeader(object, codecs.splitLz4Pieces, bytes.length);
    return object;
  }
  if (!beginsAsPacked(bytes)) return bytes;
  const behind = new Uint8Array(packedHeaderBytes + bytes.length);
  behind.set(bytes, packedHeaderBytes);
  writeHeader(behind, codecs.none, bytes.length);
  return behind;
}

/** Says whether an object may have to be unpacked. */
export function isPacked(object: Uint8Array): boolean {
  return readHeader(object) !== undefined;
}

/**
 * What a stored object holds. One that is damaged is given as it is: its hash tells, as it does of one that was never packed.
 *
 * @param key As its error tells it.
 * @throws CairnError `unsupported_format` for one that a newer version has packed
 */
export function unpackObject(object: Uint8Array, packer: Packer, key: string): Uint8Array {
  const header = readHeader(object);
  if (header === undefined) return object;
  const { codec, length } = header;
  const packed = object.subarray(packedHeaderBytes);
  const isWhole = packed.length === header.packed && length <= packed.length * mostTimes;
  switch (codec) {
    case codecs.none:
      return isWhole && length === packed.length ? packed : object;
    case codecs.splitLz4:
      return (isWhole ? packer.unpackWhole(packed, length) : undefined) ?? object;
    case codecs.splitLz4Pieces:
      return (isWhole ? packer.unpack(packed, length) : undefined) ?? object;
    default:
      throw unsupportedFormat(`The codec of '${key}'`, codec);
  }
}

/**
 * How many bytes `unpackObject` would give, by how an object begins and how many bytes it has; undefined for one that is cut
 * short or whose header is damaged.
 *
 * @param beginning At least {@link packedHeaderBytes}, or all there is.
 */
export function unpackedLength(beginning: Uint8Array, size: number): number | undefined {
  if (!beginsAsPacked(beginning)) return size;
  const header = readHeader(beginning);
  return header && size === packedHeaderBytes + header.packed ? header.length : undefined;
}

import { journalDamaged } from '../errors/store-errors.ts';
import { crc32 } from './crc32.ts';

// A log is a row of frames, and a frame is a header of 20 bytes and the record. All numbers are unsigned, 32 bits,
// little-endian: the magic, the record's length, the gap, the CRC-32 of the record, the CRC-32 of the header so far.
//
// A gap of n says: the n bytes before this frame are the rest of a write that was cut short, and hold no record. So
// nothing is ever cut off a log, and an append can destroy nothing, whoever else appends at the same time.
//
// A fence is a header alone, with another last byte in its magic: nothing that follows it counts. Appends to one file
// have an order that everybody sees alike, so a fence divides what was written in time from what came too late.
const magic = [0xc4, 0x1a, 0x72] as const;
const [recordKind, fenceKind] = [0x01, 0x02] as const;
const headerSize = 20;

/** One record as it stands in a log. `gap` is the length of the torn rest before it: what {@link readLog} left over. */
export function encodeRecord(record: Uint8Array, gap = 0): Uint8Array {
  return encodeFrame(recordKind, record, gap);
}

/** What ends a log for good: whatever follows it is not there. `gap` is what it is for {@link encodeRecord}. */
export function encodeFence(gap = 0): Uint8Array {
  return encodeFrame(fenceKind, new Uint8Array(), gap);
}

/** Says whether bytes begin as a log's file does; zeros are what a loss of power may leave of a first record. */
export function beginsAsLog(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 4);
  return start.every((byte, at) => byte === (magic[at] ?? recordKind)) || start.every((byte) => byte === 0);
}

function encodeFrame(kind: number, record: Uint8Array, gap: number): Uint8Array {
  const frame = new Uint8Array(headerSize + record.length);
  const view = new DataView(frame.buffer);
  frame.set([...magic, kind]);
  view.setUint32(4, record.length, true);
  view.setUint32(8, gap, true);
  view.setUint32(12, crc32(record), true);
  view.setUint32(16, crc32(frame.subarray(0, 16)), true);
  frame.set(record, headerSize);
  return frame;
}

/** What {@link readLog} finds. */
export interface LogContents {
  /** The whole records in order, as views of the bytes given. */
  readonly records: readonly Uint8Array[];
  /** The offset at which the last whole record ends; whatever follows it is the rest of a write that was cut short. */
  readonly end: number;
  /** The offset of the fence that ends the log, where there is one. */
  readonly fence: number | undefined;
}

/**
 * Reads a log, or the part of it that begins at the frame boundary `base`.
 *
 * Bytes at the end that are no whole record are a torn write, and no error: a record that is not all there, zeros, a
 * last record whose checksum is wrong. Where something that was written later stands behind such a place, that place
 * is damaged.
 *
 * @throws CairnError `journal_damaged`, naming the key and the offset
 */
export function readLog(key: string, bytes: Uint8Array, base = 0): LogContents {
  const records: Uint8Array[] = [];
  const ends = [0];
  let at = 0;
  let whole = 0;
  // A torn record that later bytes happen to complete looks whole, until a frame's gap says that it was not: it was
  // never acknowledged, and the frame that tells may begin within it.
  const takeBack = (boundary: number): void => {
    const index = ends.lastIndexOf(boundary);
    if (index < 0) return;
    ends.length = index + 1;
    records.length = index;
  };
  while (at < bytes.length) {
    const header = headerAt(bytes, at);
    const end = header === undefined ? Infinity : at + headerSize + header.length;
    if (header?.isFence === true) {
      takeBack(at - header.gap);
      return { records, end: base + (ends.at(-1) ?? 0), fence: base + at };
    }
    const record = bytes.subarray(at + headerSize, Math.min(end, bytes.length));
    if (header !== undefined && end <= bytes.length && crc32(record) === header.recordCrc) {
      takeBack(at - header.gap);
      records.push(record);
      ends.push(end);
      at = whole = end;
      continue;
    }
    const later = laterFrames(bytes, at === whole && records.length > 0 ? at - headerSize : at);
    const boundaries = new Set(ends);
    const next = later.find(({ offset, gap }) => offset !== at && boundaries.has(offset - gap));
    if (next !== undefined) {
      at = next.offset;
      whole = at - next.gap;
      takeBack(whole);
      continue;
    }
    if (base + at === 0 && !beginsAsLog(bytes)) {
      throw journalDamaged(key, 'it does not begin as a log does (byte 0)', undefined, 0);
    }
    // A sound header with too few bytes behind it was torn, whatever its record looks like inside.
    const isCutShort = header !== undefined && end > bytes.length;
    if (later.some(({ offset }) => offset > at) && !isCutShort) {
      const offset = base + at;
      throw journalDamaged(key, `the record at byte ${offset} is not what was written`, undefined, offset);
    }
    break;
  }
  return { records, end: base + whole, fence: undefined };
}

interface Header {
  readonly isFence: boolean;
  readonly length: number;
  readonly gap: number;
  readonly recordCrc: number;
}

function headerAt(bytes: Uint8Array, at: number): Header | undefined {
  if (at + headerSize > bytes.length || magic.some((byte, index) => bytes[at + index] !== byte))
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, headerSize);
  const kind = view.getUint8(3);
  if (kind !== recordKind && kind !== fenceKind) return undefined;
  if (view.getUint32(16, true) !== crc32(bytes.subarray(at, at + 16))) return undefined;
  return {
    isFence: kind === fenceKind,
    length: view.getUint32(4, true),
    gap: view.getUint32(8, true),
    recordCrc: view.getUint32(12, true),
  };
}

function laterFrames(bytes: Uint8Array, after: number): { readonly offset: number; readonly gap: number }[] {
  const found: { offset: number; gap: number }[] = [];
  for (let at = bytes.indexOf(magic[0], after + 1); at !== -1; at = bytes.indexOf(magic[0], at + 1)) {
    const header = headerAt(bytes, at);
    if (header !== undefined) found.push({ offset: at, gap: header.gap });
  }
  return found;
}

const magic = 0x184d2204;
const storedBit = 0x80000000;
const minMatch = 4;

function damaged(): never {
  throw new RangeError('a buffer compressed with LZ4 is damaged');
}

/**
 * Decompresses an LZ4 frame. Its checksums are not looked at.
 *
 * @param size How many bytes it comes to.
 * @throws RangeError when it does not, or is damaged
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function decompressLz4(frame: Uint8Array, size: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (view.getUint32(0, true) !== magic) damaged();
  const flags = view.getUint8(4);
  const hasBlockChecksums = (flags & 0x10) !== 0;
  // Behind the flags: the largest block, the size of the content, the number of a dictionary, a checksum.
  let at = 6 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4) + 1;
  const out = new Uint8Array(size);
  let made = 0;
  for (;;) {
    const header = view.getUint32(at, true);
    at += 4;
    if (header === 0) break;
    const length = header % storedBit;
    const block = frame.subarray(at, at + length);
    if (block.length < length) damaged();
    if (header >= storedBit) {
      if (made + length > size) damaged();
      out.set(block, made);
      made += length;
    } else {
      made = decompressBlock(block, out, made);
    }
    at += length + (hasBlockChecksums ? 4 : 0);
  }
  if (made !== size) throw new RangeError(`a buffer of ${size} bytes comes to ${made}`);
  return out;
}

/**
 * Decompresses a block behind what is there already, of which it may repeat parts.
 *
 * @returns where the output then ends
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
function decompressBlock(block: Uint8Array, out: Uint8Array, start: number): number {
  let [from, to] = [0, start];
  const next = (): number => block[from++] ?? damaged();
  const longer = (length: number): number => {
    let sum = length;
    if (length !== 15) return sum;
    for (let more = 255; more === 255;) {
      more = next();
      sum += more;
    }
    return sum;
  };
  while (from < block.length) {
    const token = next();
    const literals = longer(token >> 4);
    if (from + literals > block.length || to + literals > out.length) damaged();
    out.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === block.length) break;
    const distance = next() + 256 * next();
    const length = longer(token & 15) + minMatch;
    if (distance === 0 || distance > to || to + length > out.length) damaged();
    if (distance >= length) out.copyWithin(to, to - distance, to - distance + length);
    // It repeats what it has just written.
    else for (let end = to + length, at = to; at < end; at += 1) out[at] = out[at - distance] as number;
    to += length;
  }
  return to;
}

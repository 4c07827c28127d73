const text = new TextDecoder('utf-8', { fatal: true });

/**
 * Says whether bytes are UTF-8, and each text in them begins with a whole character.
 *
 * @param offsets Where texts begin; the last one is where they end.
 */
export function isText(bytes: Uint8Array, offsets: Int32Array): boolean {
  const [first = 0, last = 0] = [offsets[0], offsets.at(-1)];
  const all = bytes.subarray(first, last);
  if (isAscii(all)) return true;
  try {
    text.decode(all);
  } catch {
    return false;
  }
  for (let index = 0; index < offsets.length; index += 1) {
    const offset = offsets[index] as number;
    // Bytes within a character begin with 10.
    if (offset < last && ((bytes[offset] as number) & 0xc0) === 0x80) return false;
  }
  return true;
}

function isAscii(bytes: Uint8Array): boolean {
  const head = (8 - (bytes.byteOffset % 8)) % 8;
  const words = Math.max(0, Math.floor((bytes.length - head) / 4));
  const middle = new Uint32Array(bytes.buffer, bytes.byteOffset + Math.min(head, bytes.length), words);
  let seen = 0;
  for (let index = 0; index < words; index += 1) seen |= middle[index] as number;
  if ((seen & 0x80808080) !== 0) return false;
  for (const byte of bytes.subarray(0, head)) if (byte > 127) return false;
  for (const byte of bytes.subarray(head + 4 * words)) if (byte > 127) return false;
  return true;
}

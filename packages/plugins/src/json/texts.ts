import { node, type Tape } from './tape.ts';

/** The text of a node, its escapes replaced. */
export function decodeText(bytes: Uint8Array, tape: Tape, index: number): string {
  const [start, end] = [tape.starts[index] as number, tape.ends[index] as number];
  if (tape.kinds[index] === node.escaped) {
    return JSON.parse(
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start - 1, end + 1)),
    ) as string;
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end));
}

const simple: Readonly<Record<number, number>> = { 0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9 };

/** Gives the bytes of a text with escapes in it, one by one, its escapes replaced. */
export function unescape(bytes: Uint8Array, start: number, end: number, put: (byte: number) => void): void {
  const unit = (at: number): number =>
    Number.parseInt(String.fromCharCode(...bytes.subarray(at, at + 4)), 16);
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte !== 0x5c) {
      put(byte);
      continue;
    }
    at += 1;
    const kind = bytes[at] as number;
    if (kind !== 0x75) {
      put(simple[kind] ?? kind);
      continue;
    }
    let code = unit(at + 1);
    at += 4;
    if (code >= 0xd800 && code < 0xdc00) {
      code = 0x10000 + ((code - 0xd800) << 10) + unit(at + 3) - 0xdc00;
      at += 6;
    }
    putCharacter(code, put);
  }
}

/** A character as UTF-8. */
function putCharacter(code: number, put: (byte: number) => void): void {
  if (code < 0x80) {
    put(code);
    return;
  }
  if (code < 0x800) put(0xc0 | (code >> 6));
  else {
    if (code < 0x10000) put(0xe0 | (code >> 12));
    else {
      put(0xf0 | (code >> 18));
      put(0x80 | ((code >> 12) & 63));
    }
    put(0x80 | ((code >> 6) & 63));
  }
  put(0x80 | (code & 63));
}

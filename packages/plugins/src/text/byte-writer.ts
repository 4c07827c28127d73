/** Bytes that grow at their end. */
export interface ByteWriter {
  readonly length: number;
  byte(value: number): void;
  /** A range of other bytes. */
  bytes(from: Uint8Array, start: number, end: number): void;
  /** A text, as UTF-8. */
  text(value: string): void;
  /** A range of other bytes in quotes, those inside doubled. */
  quoted(from: Uint8Array, start: number, end: number): void;
  /** A copy of what was written behind a length. */
  tail(from: number): Uint8Array;
  /** Goes back to an earlier length. */
  cut(length: number): void;
  /** What was written, and begins anew. */
  take(): Uint8Array;
}

const quote = 0x22;

/** @param size How many bytes there is room for at first. */
export function createByteWriter(size: number): ByteWriter {
  let buffer = new Uint8Array(size);
  let length = 0;
  const encoder = new TextEncoder();
  const room = (more: number): void => {
    if (length + more <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, length + more));
    larger.set(buffer.subarray(0, length));
    buffer = larger;
  };
  const bytes = (from: Uint8Array, start: number, end: number): void => {
    room(end - start);
    // Most ranges are so short that a call costs more than copying.
    if (end - start < 32) for (let at = start; at < end; at += 1) buffer[length++] = from[at] as number;
    else {
      buffer.set(from.subarray(start, end), length);
      length += end - start;
    }
  };
  return {
    get length() {
      return length;
    },
    byte: (value) => {
      if (length === buffer.length) room(1);
      buffer[length++] = value;
    },
    bytes,
    text: (value) => {
      const encoded = encoder.encode(value);
      bytes(encoded, 0, encoded.length);
    },
    quoted: (from, start, end) => {
      room((end - start) * 2 + 2);
      buffer[length++] = quote;
      for (let at = start; at < end; at += 1) {
        const byte = from[at] as number;
        buffer[length++] = byte;
        if (byte === quote) buffer[length++] = quote;
      }
      buffer[length++] = quote;
    },
    tail: (from) => buffer.slice(from, length),
    cut: (to) => {
      length = to;
    },
    take: () => {
      const taken = buffer.slice(0, length);
      length = 0;
      return taken;
    },
  };
}

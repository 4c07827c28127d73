/** Which bytes {@link Input.chunks} gives, and how many at a time. */
export interface ChunkOptions {
  /** The first byte. @default 0 */
  readonly start?: number;
  /** The byte after the last one. @default the end */
  readonly end?: number;
  /** The most bytes of a chunk; all but the last have as many, so that equal bytes are cut alike. @default 1_048_576 */
  readonly size?: number;
}

/**
 * A source's bytes, read as they are needed. Whatever is given out may be shared with the input, and is not to be written to.
 */
export interface Input {
  /** The path or URL, as far as messages may show it. */
  readonly name: string;
  /** Begins a sentence about it: `The file 'data/a.csv'`. */
  readonly label: string;
  /** Bytes; undefined where that is known only when they have all been read. */
  readonly size: number | undefined;
  /**
   * Identifies exactly the bytes that are read, where they are still the same at `close`. A hash of the content is free once
   * `chunks` has given all bytes, and else has to read them.
   */
  identity(): Promise<string>;
  /** The bytes from `offset` on: `length` of them, or fewer where they end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The bytes in order. */
  chunks(options?: ChunkOptions): AsyncIterable<Uint8Array>;
  /** All bytes at once. */
  bytes(): Promise<Uint8Array>;
  /** Idempotent. @throws CairnError `invalid_data` when the bytes changed since they were opened */
  close(): Promise<void>;
}

/** How many bytes a chunk has, unless it is said. */
export const usualChunk: number = 1024 * 1024;

/** Cuts pieces of any length into chunks of one, without copying what need not be. */
export async function* cutEvenly(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array | undefined;
  let filled = 0;
  for await (const piece of pieces) {
    let at = 0;
    while (at < piece.length) {
      if (waiting === undefined && piece.length - at >= size) {
        yield piece.subarray(at, at + size);
        at += size;
        continue;
      }
      waiting ??= new Uint8Array(size);
      const part = piece.subarray(at, at + size - filled);
      waiting.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield waiting;
      [waiting, filled] = [undefined, 0];
    }
  }
  if (waiting !== undefined) yield waiting.subarray(0, filled);
}

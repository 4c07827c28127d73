/** Where the bytes of parts come from. */
export interface PieceRoom {
  /** Memory for so many bytes, or more. */
  take(bytes: number): Uint8Array;
  /** The first bytes of what was taken, to be given away. */
  give(piece: Uint8Array, length: number): Uint8Array;
  /** Takes memory back that nobody has seen. */
  giveBack(piece: Uint8Array): void;
}

/** How parts are made: what stands before and behind their batches, and how many bytes these reach. */
export interface PartFrame {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly enough: number;
}

/** Memory for parts that is used again has so much more than the bytes of a part. */
const spareBytes = 2 ** 21 - 2 ** 10;
/** So many bytes at either end of a table's first batch are held against DuckDB's conversion. */
const comparedBytes = 2 ** 19;

/** Writes the parts of one table, batch by batch. */
export interface PartWriter {
  /** Some bytes of a batch. */
  put(bytes: Uint8Array): void;
  batchEnds(): void;
  /** Whether the first batch of the first part is this one. */
  beginsWith(bytes: Uint8Array): boolean;
  /** The next part that is whole. */
  take(): Uint8Array | undefined;
  /** What there is of the last one. */
  close(): Uint8Array;
  giveBack(): void;
}

/**
 * Makes what writes the parts of one table.
 *
 * @param expected About how many bytes all batches have.
 * @param batch About how many each has.
 */
export function partWriter(
  { head, tail, enough }: PartFrame,
  room: PieceRoom,
  expected: number,
  batch: number,
): PartWriter {
  // Memory that is used again has room for a part, unless its batches are very large.
  const whole = head.length + 1.1 * Math.ceil(enough / batch) * batch + tail.length;
  const full = batch <= 2 * spareBytes ? enough + spareBytes : Math.ceil(whole);
  const ready: Uint8Array[] = [];
  let left = expected + head.length + tail.length + batch;
  let piece: Uint8Array | undefined;
  let [at, batches, begun] = [0, 0, 0];
  const add = (bytes: Uint8Array): void => {
    piece ??= room.take(Math.min(full, Math.max(left, head.length + batch + tail.length)));
    const needed = at + bytes.length + tail.length;
    if (needed > piece.length) {
      const larger = room.take(
        needed <= full && 2 * piece.length > full ? full : Math.max(needed, 2 * piece.length),
      );
      larger.set(piece.subarray(0, at));
      room.giveBack(piece);
      piece = larger;
    }
    piece.set(bytes, at);
    at += bytes.length;
  };
  const close = (): Uint8Array => {
    if (at === 0) add(head);
    add(tail);
    const whole = room.give(piece as Uint8Array, at);
    left -= at;
    piece = undefined;
    [at, batches] = [0, 0];
    return whole;
  };
  return {
    put(bytes) {
      if (at === 0) {
        add(head);
        begun = at;
      }
      add(bytes);
    },
    batchEnds() {
      batches += at - begun;
      begun = at;
      if (batches >= enough) ready.push(close());
    },
    beginsWith(bytes) {
      const from = ready[0] ?? piece;
      for (let index = 0; index < bytes.length; index += 1) {
        // Of large ones the beginning and the end say enough.
        if (index === comparedBytes) index = Math.max(index, bytes.length - comparedBytes);
        if (from?.[head.length + index] !== bytes[index]) return false;
      }
      return true;
    },
    take: () => ready.shift(),
    close,
    giveBack() {
      if (piece) room.giveBack(piece);
      for (const one of ready) room.giveBack(one);
    },
  };
}

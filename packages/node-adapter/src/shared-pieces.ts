/*
 * Large pieces reach and leave the engine's thread in memory that both threads see, used again and again. What a thread allocates, or
 * is handed, counts as garbage to come, and makes it look through all that DuckDB's scripts hold, some 57 MB: that cost
 * more than everything else about an export, and a good part of an import.
 */

/** Room for a part of 16 MiB, with a schema and a batch more. */
const pieceBytes = 2 ** 24 + 2 ** 21;
/** As many are hashed and packed at a time, and more are needed only when the processor is busy with other things. */
const mostPieces = 6;
/** Where a piece's bytes begin; before them stands whether it is in use. */
const start = 8;

function state(buffer: SharedArrayBuffer): Int32Array {
  return new Int32Array(buffer, 0, 1);
}

/** The pieces of one thread. */
export interface SharedPieces {
  /** A free piece with room for so many bytes, which is in use from now on. */
  take(bytes: number): Uint8Array<SharedArrayBuffer> | undefined;
}

export function sharedPieces(): SharedPieces {
  const buffers: SharedArrayBuffer[] = [];
  return {
    take(bytes) {
      if (bytes > pieceBytes - start) return undefined;
      let free = buffers.find((buffer) => Atomics.load(state(buffer), 0) === 0);
      if (!free) {
        if (buffers.length >= mostPieces) return undefined;
        free = new SharedArrayBuffer(pieceBytes);
        buffers.push(free);
      }
      Atomics.store(state(free), 0, 1);
      return new Uint8Array(free, start);
    },
  };
}

/** Says whether bytes lie in a shared piece. */
export function isShared(bytes: Uint8Array): bytes is Uint8Array<SharedArrayBuffer> {
  return bytes.buffer instanceof SharedArrayBuffer;
}

/** Gives a shared piece back to the thread that took it. */
export function giveBack({ buffer }: Uint8Array<SharedArrayBuffer>): void {
  Atomics.store(state(buffer), 0, 0);
}

/** As many copies are kept as are hashed and stored at a time, and one on its way. */
const mostCopies = 4;

/** Copies of what lay in shared pieces. */
export interface OwnCopies {
  /** A copy of what lies in a shared piece, which is given back. */
  of(piece: Uint8Array<SharedArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** Takes back a copy that nobody reads any more; other bytes are left alone. */
  recycle(copy: Uint8Array): void;
}

/** Makes what copies pieces, into memory of copies that are not needed any more. */
export function ownCopies(): OwnCopies {
  const given = new WeakSet<ArrayBufferLike>();
  const free: ArrayBuffer[] = [];
  return {
    of(piece) {
      // A small table's would hold much more than it shows, if it is kept.
      const buffer =
        piece.length < pieceBytes / 4
          ? new ArrayBuffer(piece.length)
          : (free.pop() ?? new ArrayBuffer(pieceBytes));
      if (buffer.byteLength === pieceBytes) given.add(buffer);
      const copy = new Uint8Array(buffer, 0, piece.length);
      copy.set(piece);
      giveBack(piece);
      return copy;
    },
    recycle({ buffer }) {
      if (given.delete(buffer) && free.length < mostCopies) free.push(buffer as ArrayBuffer);
    },
  };
}

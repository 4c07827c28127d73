/** Fewest bytes that are looked at in one go: scanning them takes no longer than a millisecond or two. */
const leastBytes = 256 * 1024;

/** The bytes of a stream that are looked at now: from the first that is still needed on. */
export interface Window {
  readonly bytes: Uint8Array;
  /** How many bytes of the stream are before these. */
  readonly start: number;
  /** True when nothing comes after these. */
  readonly last: boolean;
  /**
   * Lets go of the first bytes and gets more, at least as many as are kept: so what is looked at twice because it went on is
   * in all no more than what is looked at once.
   */
  advance(done: number): Promise<void>;
  /** Lets go of the stream. */
  close(): Promise<void>;
}

/** A window on the beginning of a stream; it has bytes once it was advanced. */
export function windowOf(chunks: AsyncIterable<Uint8Array>): Window {
  const iterator = chunks[Symbol.asyncIterator]();
  let bytes: Uint8Array = new Uint8Array(0);
  let start = 0;
  let ahead: Promise<IteratorResult<Uint8Array, unknown>> | undefined;
  let last = false;
  const take = (): Promise<IteratorResult<Uint8Array, unknown>> => {
    const next = iterator.next();
    // It may fail while nobody waits for it yet.
    next.catch(() => undefined);
    return next;
  };
  return {
    get bytes() {
      return bytes;
    },
    get start() {
      return start;
    },
    get last() {
      return last;
    },
    advance: async (done) => {
      const kept = bytes.subarray(done);
      const pieces: Uint8Array[] = [];
      let size = 0;
      while (!last && size < Math.max(leastBytes, kept.length)) {
        const next = await (ahead ?? take());
        if (next.done === true) {
          last = true;
          break;
        }
        pieces.push(next.value);
        size += next.value.length;
        ahead = take();
      }
      // What was read ahead says whether these bytes are the last ones.
      if (!last && ahead !== undefined) last = (await ahead).done === true;
      start += done;
      if (kept.length === 0 && pieces.length === 1) {
        bytes = pieces[0] as Uint8Array;
        return;
      }
      const joined = new Uint8Array(kept.length + size);
      joined.set(kept);
      let at = kept.length;
      for (const piece of pieces) {
        joined.set(piece, at);
        at += piece.length;
      }
      bytes = joined;
    },
    close: async () => {
      if (last) return;
      await ahead?.catch(() => undefined);
      await iterator.return?.();
    },
  };
}

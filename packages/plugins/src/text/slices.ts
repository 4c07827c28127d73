/** A range of a stream's bytes. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Ranges of a stream, which follow one another, each with its bytes behind some of the caller's. */
export async function* slicesOf<Slice extends Range>(
  chunks: AsyncIterable<Uint8Array>,
  ranges: readonly Slice[],
  before: Uint8Array,
): AsyncGenerator<readonly [Slice, Uint8Array]> {
  let next = 0;
  let at = 0;
  let slice: Uint8Array | undefined;
  let filled = 0;
  for await (const chunk of chunks) {
    for (;;) {
      const range = ranges[next];
      if (range === undefined) return;
      const [from, to] = [Math.max(range.start, at), Math.min(range.end, at + chunk.length)];
      if (slice === undefined) {
        slice = new Uint8Array(before.length + range.end - range.start);
        slice.set(before);
        filled = before.length;
      }
      if (to > from) {
        slice.set(chunk.subarray(from - at, to - at), filled);
        filled += to - from;
      }
      if (range.end > at + chunk.length) break;
      yield [range, slice];
      [slice, next] = [undefined, next + 1];
    }
    at += chunk.length;
  }
  // An empty range may be all there is, at the end.
  for (const range of ranges.slice(next)) yield [range, slice ?? before];
}

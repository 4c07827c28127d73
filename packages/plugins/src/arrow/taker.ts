import { concatBytes } from '../columnar/bytes.ts';

/** Takes as many bytes as are wanted from chunks of any length. */
export interface Taker {
  /** The next bytes. @throws RangeError saying `why` when there are not so many */
  take(length: number, why: string): Promise<Uint8Array>;
  isAtEnd(): Promise<boolean>;
  /** Takes no more. */
  close(): Promise<void>;
}

/** No more memory is taken than there are bytes, however many are asked for. */
export function createTaker(chunks: AsyncIterable<Uint8Array>): Taker {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);

  const fill = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const next = await source.next();
      if (next.done === true) return false;
      rest = next.value;
    }
    return true;
  };

  return {
    take: async (length, why) => {
      const pieces: Uint8Array[] = [];
      for (let missing = length; missing > 0;) {
        if (!(await fill())) throw new RangeError(why);
        const piece = rest.subarray(0, missing);
        rest = rest.subarray(piece.length);
        pieces.push(piece);
        missing -= piece.length;
      }
      return concatBytes(pieces);
    },
    isAtEnd: async () => !(await fill()),
    close: async () => {
      await source.return?.();
    },
  };
}

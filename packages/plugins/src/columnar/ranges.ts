import type { Input } from '../input/input.ts';

/** Bytes of a known size that are read where they are needed. */
export interface Ranges {
  readonly size: number;
  /** The bytes from `offset` on: `length` of them, or fewer where they end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** An input to read anywhere in: where its size is not known, all of it is read first. */
export async function rangesOf(input: Input): Promise<Ranges> {
  if (input.size !== undefined)
    return { size: input.size, read: (offset, length) => input.read(offset, length) };
  return rangesOfBytes(await input.bytes());
}

/** Bytes that are there already. */
export function rangesOfBytes(bytes: Uint8Array): Ranges {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

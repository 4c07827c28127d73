import { decompressLz4 } from './lz4.ts';

/** How the buffers of a record batch are compressed. */
export type Codec = 'lz4' | 'zstd';

/**
 * Decompresses a buffer.
 *
 * @param size How many bytes it comes to.
 * @throws RangeError when it does not, or is damaged
 */
export async function decompressBuffer(codec: Codec, bytes: Uint8Array, size: number): Promise<Uint8Array> {
  if (codec === 'lz4') return decompressLz4(bytes, size);
  const { decompress } = await import('fzstd');
  const made = decompress(bytes, new Uint8Array(size));
  if (made.length !== size) throw new RangeError(`a buffer of ${size} bytes comes to ${made.length}`);
  return made;
}

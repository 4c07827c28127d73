import { createPace } from '@cairn/core/plugin';
import { type ChunkOptions, type Input, usualChunk } from './input.ts';
import { createSha256 } from '#sha256';

/** Bytes of a known size that can be read anywhere. */
export interface RandomAccess {
  readonly size: number;
  /** Exactly these bytes. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** The parts of an {@link Input} that follow from reading anywhere, and the hash of what was read. */
export interface Reading extends Pick<Input, 'size' | 'read' | 'chunks' | 'bytes'> {
  /** The SHA-256 of all bytes in lower-case hex; known without reading once `chunks` gave them all. */
  hash(): Promise<string>;
}

/**
 * @param hashing Whether `chunks` hashes along the way. @default false
 */
export function readingOf(
  { size, read }: RandomAccess,
  signal: AbortSignal,
  hashing: boolean = false,
): Reading {
  let hashed: string | undefined;
  const within = (offset: number, length: number): [number, number] => {
    const start = Math.min(Math.max(offset, 0), size);
    return [start, Math.min(Math.max(length, 0), size - start)];
  };

  async function* chunks({
    start = 0,
    end = size,
    size: step = usualChunk,
  }: ChunkOptions = {}): AsyncGenerator<Uint8Array> {
    const stop = Math.min(end, size);
    const hash = hashing && hashed === undefined && start === 0 && stop === size ? createSha256() : undefined;
    const pace = createPace();
    for (let at = start; at < stop; at += step) {
      signal.throwIfAborted();
      const chunk = await read(at, Math.min(step, stop - at));
      await hash?.update(chunk, pace);
      yield chunk;
    }
    signal.throwIfAborted();
    if (hash !== undefined) hashed = await hash.digest();
  }

  return {
    size,
    read: async (offset, length) => {
      signal.throwIfAborted();
      return read(...within(offset, length));
    },
    chunks,
    bytes: async () => {
      const whole = new Uint8Array(size);
      const pace = createPace();
      let at = 0;
      for await (const chunk of chunks()) {
        whole.set(chunk, at);
        at += chunk.length;
        await pace();
      }
      return whole;
    },
    hash: async () => {
      if (hashed !== undefined) return hashed;
      const hash = createSha256();
      const pace = createPace();
      for (let at = 0; at < size; at += usualChunk) {
        signal.throwIfAborted();
        await hash.update(await read(at, Math.min(usualChunk, size - at)), pace);
      }
      return (hashed = await hash.digest());
    },
  };
}

import { invalidData } from '@cairn/core/plugin';
import type { Log } from './open-log.ts';

/** As much as is read at once, and the longest line there may be. */
const pieceBytes = 4 * 1024 * 1024;

/** A log that is read once from its beginning to its end, and says afterwards what it was. */
export interface CheckedReader {
  pieces(): AsyncGenerator<Uint8Array>;
  /** Says whether it was read to its end. */
  isDone(): boolean;
  /** The {@link contentHash} of all that was read. */
  hash(): Promise<string>;
}

/** Identifies a log by its bytes: the hash of the hashes of its pieces, which need not be in memory together. */
export async function contentHash(log: Log, signal: AbortSignal): Promise<string> {
  const reader = checkedReader(log);
  for await (const _ of reader.pieces()) signal.throwIfAborted();
  return reader.hash();
}

export function checkedReader(log: Log, progress?: (done: number, total: number) => void): CheckedReader {
  const hashes: string[] = [];
  let done = false;
  return {
    async *pieces() {
      for (let offset = 0; offset < log.size; offset += pieceBytes) {
        const piece = await log.read(offset, pieceBytes);
        hashes.push(await sha256(piece));
        yield piece;
        progress?.(Math.min(offset + pieceBytes, log.size), log.size);
      }
      done = true;
    },
    isDone: () => done,
    hash: () => sha256(new TextEncoder().encode(hashes.join())),
  };
}

/** The same bytes in pieces of whole lines; at least one piece. */
export async function* linesOf(reader: CheckedReader, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array();
  let isFirst = true;
  for await (const piece of reader.pieces()) {
    signal.throwIfAborted();
    const whole = new Uint8Array(rest.length + piece.length);
    whole.set(rest);
    whole.set(piece, rest.length);
    const end = whole.lastIndexOf(0x0a) + 1;
    if (whole.length - end > pieceBytes)
      throw invalidData(`the log has a line of more than ${pieceBytes} bytes`);
    rest = whole.slice(end);
    if (end === 0) continue;
    isFirst = false;
    yield whole.subarray(0, end);
  }
  if (rest.length > 0 || isFirst) yield rest;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

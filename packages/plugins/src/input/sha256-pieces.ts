import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Few enough that hashing them takes no longer than a millisecond or two. */
const pieceBytes = 256 * 1024;

/** The SHA-256 of bytes that come in pieces, which the platform's `crypto.subtle` cannot do. */
export interface Sha256 {
  /** Adds bytes, a little at a time: `pace` is called in between, so that others have their turn. */
  update(bytes: Uint8Array, pace: () => Promise<void> | undefined): Promise<void>;
  /** The hash in lower-case hex; called at most once, and nothing can be added after it. */
  digest(): Promise<string>;
}

/** Hashes in JavaScript, on the thread that asks. */
export function createSha256Here(): Sha256 {
  const hash = sha256.create();
  return {
    async update(bytes, pace) {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        hash.update(bytes.subarray(at, at + pieceBytes));
        const pausing = pace();
        if (pausing !== undefined) await pausing;
      }
    },
    digest: async () => bytesToHex(hash.digest()),
  };
}

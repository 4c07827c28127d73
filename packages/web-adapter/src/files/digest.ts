import { createPace } from '@cairn/core/plugin';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Up to this size the platform hashes, which is faster and holds all of it in memory. */
const platformBytes = 32 * 1024 * 1024;
const pieceBytes = 256 * 1024;

/** The SHA-256 of what comes in pieces, in lower-case hex. */
export interface Digest {
  add(bytes: Uint8Array): Promise<void>;
  end(): string;
}

/** Hashes a little at a time, so that a page stays alive. */
export function createDigest(): Digest {
  const hash = sha256.create();
  const pace = createPace();
  return {
    async add(bytes) {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        hash.update(bytes.subarray(at, at + pieceBytes));
        await pace();
      }
    },
    end: () => bytesToHex(hash.digest()),
  };
}

/**
 * The SHA-256 of a file in lower-case hex.
 *
 * @param check Called now and then; what it throws ends it.
 */
export async function digestOf(file: Blob, check: () => void): Promise<string> {
  if (file.size <= platformBytes) {
    return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())));
  }
  const digest = createDigest();
  for await (const piece of file.stream()) {
    check();
    await digest.add(piece);
  }
  return digest.end();
}

import { createPace, insecureContext } from '@cairn/core/plugin';
import { bytesToHex } from '@noble/hashes/utils.js';
import { createSha256 } from './sha256-pieces.ts';

export { createSha256 };

/** The most that the platform hashes: it copies the bytes first, and a page stands still for that long. */
const nativeBytes = 2 * 1024 * 1024;

/** The SHA-256 of bytes in lower-case hex. @throws CairnError `insecure_context` */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (crypto.subtle === undefined) throw insecureContext();
  if (bytes.length <= nativeBytes)
    return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  const hash = createSha256();
  await hash.update(bytes, createPace());
  return hash.digest();
}

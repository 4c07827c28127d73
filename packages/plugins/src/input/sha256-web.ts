import { insecureContext } from '@cairn/core/plugin';
import { hexOf, Sha256 } from './sha256-pieces.ts';
import { createPace } from './turns.ts';

/** The most that the platform hashes: it copies the bytes first, and a page stands still for that long. */
const nativeBytes = 2 * 1024 * 1024;

/** The SHA-256 of bytes in lower-case hex. @throws CairnError `insecure_context` */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (crypto.subtle === undefined) throw insecureContext();
  if (bytes.length <= nativeBytes) return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  const hash = new Sha256();
  await hash.updateInTurns(bytes, createPace());
  return hash.digest();
}

import { insecureContext } from '@cairn/core/plugin';
import { bytesToHex } from '@noble/hashes/utils.js';

/** The SHA-256 of bytes in lower-case hex. @throws CairnError `insecure_context` */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (crypto.subtle === undefined) throw insecureContext();
  return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

import { sha256 as hashNow } from '@noble/hashes/sha2.js';
import { insecureContext } from '../errors/run-errors.ts';
import { hex } from '../pipeline/params.ts';

/** Up to so many bytes, the platform's hash takes longer to ask than ours to do. */
const smallBytes = 4096;

/**
 * The SHA-256 of bytes in lower-case hex.
 *
 * @throws CairnError `insecure_context` where there is no `crypto.subtle`
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const { subtle } = crypto;
  if (subtle === undefined) throw insecureContext();
  if (bytes.length <= smallBytes) return hex(hashNow(bytes));
  return hex(new Uint8Array(await subtle.digest('SHA-256', bytes)));
}

const encoder = new TextEncoder();

/** The SHA-256 of a short text's UTF-8 in lower-case hex, at once: the platform's takes longer to ask than to do. */
export function hashText(text: string): string {
  return hex(hashNow(encoder.encode(text)));
}

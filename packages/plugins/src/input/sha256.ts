import { insecureContext } from '@cairn/core/plugin';

/** The SHA-256 of bytes in lower-case hex. @throws CairnError `insecure_context` */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (crypto.subtle === undefined) throw insecureContext();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

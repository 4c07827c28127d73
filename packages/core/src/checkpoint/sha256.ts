import { insecureContext } from '../errors/run-errors.ts';

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * The SHA-256 of bytes, or of a text's UTF-8, in lower-case hex.
 *
 * @throws CairnError `insecure_context` where there is no `crypto.subtle`
 */
export async function sha256(data: Uint8Array | string): Promise<string> {
  const { subtle } = crypto;
  if (subtle === undefined) throw insecureContext();
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  let text = '';
  for (const byte of digest) text += hex[byte];
  return text;
}

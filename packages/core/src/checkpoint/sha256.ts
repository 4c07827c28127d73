import { insecureContext } from '../errors/run-errors.ts';
import { hex } from '../pipeline/params.ts';

/**
 * The SHA-256 of bytes, or of a text's UTF-8, in lower-case hex.
 *
 * @throws CairnError `insecure_context` where there is no `crypto.subtle`
 */
export async function sha256(data: Uint8Array | string): Promise<string> {
  const { subtle } = crypto;
  if (subtle === undefined) throw insecureContext();
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  return hex(new Uint8Array(await subtle.digest('SHA-256', bytes)));
}

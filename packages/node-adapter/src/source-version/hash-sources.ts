import { createHash } from 'node:crypto';

/** The name of the function, which the Vite plugin looks for. */
export const functionName = 'sourceVersion';

/**
 * The version of some source texts: SHA-256 over all of them in order, each with its length before it, the first 16 hex
 * digits. The ends of lines count alike (LF, CR LF), and so does a byte order mark: a checkout on another system changes them.
 */
export function hashSources(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) {
    const same = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
    hash.update(`${Buffer.byteLength(same)}\n`).update(same);
  }
  return hash.digest('hex').slice(0, 16);
}

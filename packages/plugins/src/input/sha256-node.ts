import { insecureContext } from '@cairn/core/plugin';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Sha256 } from './sha256-pieces.ts';

/** What is used of Node. Asked of the process and not imported, for a bundler that takes this file would fail on `node:`. */
interface Host {
  readonly process: {
    getBuiltinModule(name: 'node:crypto'): {
      createHash(algorithm: 'sha256'): {
        update(bytes: Uint8Array): unknown;
        digest(encoding: 'hex'): string;
      };
    };
  };
}

/** The SHA-256 of bytes in lower-case hex. @throws CairnError `insecure_context` */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (crypto.subtle === undefined) throw insecureContext();
  return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** The host's own, five times as fast as JavaScript's. */
export function createSha256(): Sha256 {
  const hash = (globalThis as unknown as Host).process.getBuiltinModule('node:crypto').createHash('sha256');
  return {
    update: async (bytes, pace) => {
      hash.update(bytes);
      await pace();
    },
    digest: async () => hash.digest('hex'),
  };
}

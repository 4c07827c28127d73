import { readFile } from 'node:fs/promises';
import type { ProcessIdentity } from './process-identity.ts';
import { hasCode } from './system-error.ts';

/** What the file of a lease tells of its holder. */
export interface ClaimFile {
  readonly holder: ProcessIdentity;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** A claim as it is written: JSON and a line's end. The heartbeat writes that last byte again. */
export function claimBytes(claim: ClaimFile): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(claim)}\n`);
}

/** Reads a claim; undefined when it is not there any more. @throws Error when the file is no claim */
export async function readClaim(path: string): Promise<ClaimFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const claim = JSON.parse(text) as ClaimFile;
    if (typeof claim.holder.pid === 'number' && !Number.isNaN(Date.parse(claim.since))) return claim;
  } catch {
    // Told below, together with what parses and is no claim.
  }
  throw new Error(`'${path}' is no lease: remove it when nobody is at work there`);
}

import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClaimFile } from './claim-file.ts';
import type { LeaseTimes } from './lease-times.ts';
import { liveness, type ProcessIdentity } from './process-identity.ts';

/** What is known of a holder. */
export interface HolderLife {
  /** `unknown`: it cannot be asked, and has missed some signs of life, but not enough of them. */
  readonly state: 'live' | 'stale' | 'unknown';
  /** True when nothing is left of the holder that could still write. */
  readonly isGone?: boolean;
  /** For how long a holder that cannot be asked has given no sign of life. */
  readonly silentMs?: number;
}

/** Watches the holder of one lease. */
export type HolderWatch = (claim: ClaimFile, path: string) => Promise<HolderLife>;

/**
 * Finds out whether holders live, by asking the system where it can be asked, else by their signs of life: the time of
 * their file.
 *
 * At first sight, that time is compared with the time which the same file system gives to a new file, so that nothing
 * depends on the clocks of two hosts being set alike. From then on only changes count, on our own steady clock, so that a
 * file system whose clock is set anew keeps no dead holder alive for long.
 */
export function watchHolder(self: ProcessIdentity, { beatMs, silentMs: limitMs }: LeaseTimes): HolderWatch {
  let seen: { readonly path: string; readonly beat: number; readonly since: number } | undefined;
  return async (claim, path) => {
    const life = await liveness(claim.holder, self);
    if (life !== 'unknown') return { state: life === 'alive' ? 'live' : 'stale', isGone: life === 'gone' };
    const beat = await modifiedAt(path);
    if (seen?.path !== path || seen.beat !== beat) {
      const silentMs = seen?.path === path ? 0 : Math.max(0, (await timeThere(dirname(path))) - beat);
      seen = { path, beat, since: performance.now() - silentMs };
    }
    const silentMs = performance.now() - seen.since;
    if (silentMs >= limitMs) return { state: 'stale', silentMs };
    return { state: silentMs < 3 * beatMs ? 'live' : 'unknown', silentMs };
  };
}

/** The time of a file. Opened, because network file systems answer from memory about files that are not. */
async function modifiedAt(path: string): Promise<number> {
  const handle = await open(path, 'r');
  try {
    return (await handle.stat()).mtimeMs;
  } finally {
    await handle.close();
  }
}

async function timeThere(folder: string): Promise<number> {
  const path = join(folder, `new-${randomUUID()}`);
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.write('\n');
      return (await handle.stat()).mtimeMs;
    } finally {
      await handle.close();
      await rm(path, { force: true });
    }
  } catch {
    // Where nothing can be written, our own clock must do.
    return Date.now();
  }
}

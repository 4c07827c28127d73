import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { leaseLost, storeFailed, type Lease } from '@cairn/core/store';
import { folderPath } from './file-names.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { LeaseTools } from './lease.ts';
import { readLeaseFolder } from './lease-folder.ts';
import type { Ground } from './places.ts';
import { hasCode } from './system-error.ts';
import { takeOver } from './take-over.ts';

/** A lease that was just taken. */
export interface TakenLease {
  readonly prefix: string;
  /** The prefix without its last `/`. */
  readonly folder: string;
  readonly generation: number;
  /** The claim's file. */
  readonly path: string;
  /** The directory in which the keys stand. */
  readonly data: string;
  /** The offset of the claim's last byte. */
  readonly lastByte: number;
}

/** A lease as its store keeps it. */
export interface HeldLease {
  readonly lease: Lease;
  readonly isReleased: boolean;
  /** The directory in which the keys below the prefix stand, as far as is known. */
  readonly folder: string;
  /** The same once no take-over is copying it. */
  ground(): Promise<Ground>;
  /** Asks the file system. @throws CairnError `lease_lost` when somebody else has taken it */
  check(): Promise<void>;
  /** Starts work that must end before the lease is given back. @throws CairnError `lease_lost` when it was */
  during<Value>(start: () => Promise<Value>): Promise<Value>;
  /** Gives the lease back, and tells whoever still works under it. */
  close(): Promise<void>;
}

/** Keeps a lease: gives signs of life, and looks from time to time whether it was taken away. */
export function heldLease(taken: TakenLease, { root, times }: LeaseTools): HeldLease {
  const { prefix, folder, generation, path } = taken;
  const at = folderPath(root, folder);
  const depth = folder === '' ? 0 : folder.split('/').length;
  const lost = new AbortController();
  const working = new Set<Promise<unknown>>();
  let ground: Ground = { folder: taken.data, depth, isWhole: true };
  let isReleased = false;
  let isGivenBack = false;
  let releasing: Promise<void> | undefined;

  const check = async (): Promise<void> => {
    if (!lost.signal.aborted) {
      const { claim, data } = await readLeaseFolder(at);
      if (isGivenBack) return;
      if (claim?.path !== path || data === undefined) {
        lose(`somebody else has taken it, or '${path}' was removed`);
      } else {
        ground = { folder: data.path, depth, isWhole: data.isWhole };
      }
    }
    if (lost.signal.aborted) throw lost.signal.reason;
  };
  const lose = (why: string): void => {
    stop();
    lost.abort(leaseLost(prefix, why));
  };
  const stopHeartbeat = startHeartbeat(path, taken.lastByte, times);
  const looking = setInterval(() => void check().catch(() => undefined), times.lookMs).unref();
  const stop = (): void => {
    clearInterval(looking);
    stopHeartbeat();
  };

  const giveBack = async (): Promise<void> => {
    await Promise.allSettled(working);
    isGivenBack = true;
    await rename(path, join(dirname(path), `free-${generation}`)).catch((error: unknown) => {
      // It was taken by somebody else.
      if (!hasCode(error, 'ENOENT')) throw storeFailed('unlock', prefix, `the store at ${root}`, error);
    });
    stop();
  };
  const release = (): Promise<void> => {
    isReleased = true;
    // What failed may be tried again.
    return (releasing ??= giveBack().catch((error: unknown) => {
      releasing = undefined;
      throw error;
    }));
  };
  return {
    lease: { prefix, generation, signal: lost.signal, release },
    get isReleased() {
      return isReleased;
    },
    get folder() {
      return ground.folder;
    },
    async ground() {
      for (let waits = 1; !ground.isWhole; waits += 1) {
        // Somebody who takes over a longer or a shorter prefix copies it, or did not live to the end of it.
        await pause(20);
        if (waits % 100 === 0) await takeOver(at, () => check().then(() => true));
        await check();
      }
      return ground;
    },
    check,
    during(start) {
      if (isReleased) throw leaseLost(prefix, 'it was given back');
      const work = start();
      working.add(work);
      return work.finally(() => working.delete(work));
    },
    async close() {
      if (!isReleased && !lost.signal.aborted) lost.abort(leaseLost(prefix, 'its store was closed'));
      await release();
    },
  };
}

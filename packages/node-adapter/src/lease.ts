import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  canceled,
  isCairnError,
  leaseFolder,
  taskBound,
  type AcquireOptions,
  type LeaseInfo,
} from '@cairn/core/store';
import { adopt, clearPlain } from './adopt.ts';
import type { AtomicWriter } from './atomic-write.ts';
import { claimBytes, readClaim, type ClaimFile } from './claim-file.ts';
import type { DurableFolders } from './durable-folders.ts';
import { folderPath } from './file-names.ts';
import { heldLease, type HeldLease } from './held-lease.ts';
import { watchHolder, type HolderLife } from './holder-life.ts';
import { leftovers, readLeaseFolder } from './lease-folder.ts';
import type { LeaseTimes } from './lease-times.ts';
import { findWholePlace } from './places.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { hasCode } from './system-error.ts';
import { isSettled, takeOver } from './take-over.ts';

const [firstPauseMs, longestPauseMs] = [10, 250];

/** What leases of one store are made with. */
export interface LeaseTools {
  readonly root: string;
  readonly folders: DurableFolders;
  readonly writer: AtomicWriter;
  readonly now: () => number;
  readonly times: LeaseTimes;
  readonly identity: () => Promise<ProcessIdentity>;
}

/** The leases of one store. */
export interface Leases {
  /** @throws CairnError `task_bound`, `canceled`, `already_closed` when that is the signal's reason */
  acquire(prefix: string, options: Required<AcquireOptions>): Promise<HeldLease>;
  /** What is known of the lease on a prefix. */
  info(prefix: string): Promise<LeaseInfo | undefined>;
}

/** Takes leases, of which each is the newest of a row of claims: see {@link readLeaseFolder}. */
export function createLeases(tools: LeaseTools): Leases {
  const { root, folders, writer, now, times } = tools;
  // Claims of ours that could not be taken back when the rest of a take-over had failed: nobody holds them.
  const abandoned = new Set<string>();

  /** Makes the next claim, which only one can; undefined when somebody else has gone ahead. */
  const take = async (
    prefix: string,
    folder: string,
    generation: number,
    isOrderly: boolean,
  ): Promise<HeldLease | undefined> => {
    const claim: ClaimFile = { holder: await tools.identity(), since: new Date(now()).toISOString() };
    const bytes = claimBytes(claim);
    const at = folderPath(root, folder);
    const leaseAt = join(at, '.lease');
    const path = join(leaseAt, `held-${generation}`);
    const isNewest = async (): Promise<boolean> => {
      const { names, claim: newest } = await readLeaseFolder(at);
      return newest?.path === path && !names.includes(`free-${generation}`);
    };
    let isOurs = false;
    try {
      isOurs = await writer.write(path, bytes, { ifAbsent: true, sync: true });
      if (!isOurs) return undefined;
      await folders.sync(leaseAt);
      const before = await readLeaseFolder(at);
      if (!isOrderly || before.data?.isWhole === false) await takeOver(at, isNewest);
      if (before.data === undefined) await adopt(at, () => placeOf(folder));
      else if (!isOrderly) await clearPlain(at);
      const after = await readLeaseFolder(at);
      if ((await isNewest()) && after.data?.isWhole === true) {
        for (const name of leftovers(after))
          await rm(join(leaseAt, name), { recursive: true, force: true }).catch(() => undefined);
        const data = after.data.path;
        return heldLease({ prefix, folder, generation, path, data, lastByte: bytes.length - 1 }, tools);
      }
      await rm(path, { force: true });
      return undefined;
    } catch (error) {
      if (isOurs) await rm(path, { force: true }).catch(() => abandoned.add(path));
      throw error;
    }
  };

  const placeOf = async (folder: string): Promise<string> =>
    folder === '' ? root : (await findWholePlace(root, folder)).path;

  return {
    async acquire(prefix, { timeoutMs, signal, force }) {
      const folder = leaseFolder(prefix);
      const begun = now();
      const watch = watchHolder(await tools.identity(), times);
      let defeats = 0;
      for (let pauseMs = firstPauseMs; ;) {
        if (signal.aborted) {
          if (isCairnError(signal.reason, 'already_closed')) throw signal.reason;
          throw canceled(`Waiting for the lease on '${prefix}'`, signal.reason);
        }
        const { claim } = await readLeaseFolder(folderPath(root, folder));
        const generation = (claim?.generation ?? 0) + 1;
        if (claim === undefined || claim.isFree) {
          const taken = await take(prefix, folder, generation, true);
          if (taken !== undefined) return taken;
          continue;
        }
        const found = await look(claim.path, watch);
        if (found === undefined) continue;
        if (force || found.life.state === 'stale' || abandoned.has(claim.path)) {
          // Mostly it was killed, and then its task goes on where it was, without a copy of all that it has written.
          const isOrderly = found.life.isGone === true && (await isSettled(folderPath(root, folder)));
          const taken = await take(prefix, folder, generation, isOrderly);
          if (taken !== undefined) return taken;
          // Of some that use force against each other, none would ever come to the end of a take-over.
          defeats += 1;
          const longest = Math.min(firstPauseMs * 2 ** defeats, 4 * longestPauseMs);
          await pause(Math.random() * longest, undefined, { signal }).catch(() => undefined);
          continue;
        }
        const left = begun + timeoutMs - now();
        if (left <= 0) throw taskBound(prefix, describe(found, times));
        await pause(Math.min(pauseMs, left), undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    },

    async info(prefix) {
      const watch = watchHolder(await tools.identity(), times);
      for (;;) {
        const { claim } = await readLeaseFolder(folderPath(root, leaseFolder(prefix)));
        if (claim === undefined || claim.isFree) return undefined;
        const found = await look(claim.path, watch);
        if (found === undefined) continue;
        const { name, since } = describe(found);
        return { name, since, generation: claim.generation, state: found.life.state };
      }
    },
  };
}

interface FoundHolder {
  readonly claim: ClaimFile;
  readonly life: HolderLife;
}

/** Undefined when the claim was given back or taken away meanwhile. */
async function look(path: string, watch: ReturnType<typeof watchHolder>): Promise<FoundHolder | undefined> {
  try {
    const claim = await readClaim(path);
    return claim && { claim, life: await watch(claim, path) };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function describe({ claim, life }: FoundHolder, times?: LeaseTimes): { name: string; since: Date } {
  const { holder, since } = claim;
  const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
  const hint =
    times === undefined || life.silentMs === undefined
      ? ''
      : ` (which cannot be asked from here; it gave a sign of life ${seconds(life.silentMs)} ago, and counts as dead after ${seconds(times.silentMs)})`;
  return { name: `process ${holder.pid} on host '${holder.host}'${hint}`, since: new Date(since) };
}

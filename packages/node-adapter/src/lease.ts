import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  canceled,
  isCairnError,
  leaseLost,
  taskBound,
  type AcquireOptions,
  type Lease,
  type LeaseInfo,
} from '@cairn/core/store';
import type { AtomicWriter } from './atomic-write.ts';
import { liveness, thisProcess, type ProcessIdentity } from './process-identity.ts';
import { hasCode } from './system-error.ts';

// The lease on a folder is a row of files `.lease-<generation>`: the highest one says who holds it, or that it was
// given back. To take it over is to make the next one with link(2), which only one process can; no file is ever
// taken away from a holder. The file before the highest is kept, so that a taker that was slow still sees a higher one.
const leasePattern = /^\.lease-([1-9]\d{0,14})$/;
const [firstPauseMs, longestPauseMs] = [10, 250];

interface LeaseFile {
  readonly holder: ProcessIdentity;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly released?: boolean;
}

/** A lease as its store keeps it. */
export interface HeldLease {
  readonly lease: Lease;
  readonly isReleased: boolean;
  /** Asks the file system. @throws CairnError `lease_lost` when somebody else has taken it */
  check(): Promise<void>;
  /** Starts work that must end before the lease is given back. @throws CairnError `lease_lost` when it was */
  during<Value>(start: () => Promise<Value>): Promise<Value>;
  /** Gives the lease back, and tells whoever still works under it. */
  close(): Promise<void>;
}

/**
 * Takes the lease on a folder.
 *
 * @throws CairnError `task_bound`, `canceled`, `already_closed` when that is the signal's reason
 */
export async function acquireLease(
  folder: string,
  prefix: string,
  writer: AtomicWriter,
  now: () => number,
  { timeoutMs, signal, force }: Required<AcquireOptions>,
): Promise<HeldLease> {
  const self = await thisProcess();
  const begun = now();
  for (let pauseMs = firstPauseMs; ;) {
    if (signal.aborted) {
      if (isCairnError(signal.reason, 'already_closed')) throw signal.reason;
      throw canceled(`Waiting for the lease on '${prefix}'`, signal.reason);
    }
    const latest = Math.max(0, ...(await generations(folder)));
    const found = latest === 0 ? undefined : await readLease(leasePath(folder, latest));
    // Gone since it was listed: somebody has gone ahead.
    if (latest > 0 && found === undefined) continue;
    const life = found === undefined || found.released === true ? 'dead' : await liveness(found.holder, self);
    if (found === undefined || life === 'dead' || force) {
      const contents: LeaseFile = { holder: self, since: new Date(now()).toISOString() };
      if (await claim(folder, latest + 1, contents, writer)) {
        return heldLease(folder, prefix, latest + 1, contents, writer);
      }
      continue;
    }
    const left = begun + timeoutMs - now();
    if (left <= 0)
      throw taskBound(prefix, describe(found, life === 'unknown' ? leasePath(folder, latest) : undefined));
    await pause(Math.min(pauseMs, left), undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** What is known of the lease on a folder. */
export async function leaseInfo(folder: string): Promise<LeaseInfo | undefined> {
  const latest = Math.max(0, ...(await generations(folder)));
  const found = latest === 0 ? undefined : await readLease(leasePath(folder, latest));
  if (found === undefined || found.released === true) return undefined;
  const life = await liveness(found.holder, await thisProcess());
  const state = life === 'alive' ? 'live' : life === 'dead' ? 'stale' : 'unknown';
  return { ...describe(found, undefined), generation: latest, state };
}

async function claim(
  folder: string,
  generation: number,
  contents: LeaseFile,
  writer: AtomicWriter,
): Promise<boolean> {
  const path = leasePath(folder, generation);
  if (!(await writer.write(path, bytesOf(contents), { ifAbsent: true, sync: true }))) return false;
  const all = await generations(folder);
  if (Math.max(...all) !== generation) {
    await rm(path, { force: true });
    return false;
  }
  for (const old of all) if (old < generation - 1) await rm(leasePath(folder, old), { force: true });
  return true;
}

function heldLease(
  folder: string,
  prefix: string,
  generation: number,
  contents: LeaseFile,
  writer: AtomicWriter,
): HeldLease {
  const path = leasePath(folder, generation);
  const lost = new AbortController();
  const working = new Set<Promise<unknown>>();
  let released: Promise<void> | undefined;

  const isStillOurs = async (): Promise<boolean> => {
    const [own, next] = await Promise.all([isThere(path), isThere(leasePath(folder, generation + 1))]);
    return own && !next;
  };
  const giveBack = async (): Promise<void> => {
    await Promise.allSettled(working);
    if (!(await isStillOurs())) return;
    // A full disk must not keep the lease taken for as long as this process lives.
    await writer.write(path, bytesOf({ ...contents, released: true })).catch(() => rm(path, { force: true }));
  };
  const release = (): Promise<void> => (released ??= giveBack());
  return {
    lease: { prefix, generation, signal: lost.signal, release },
    get isReleased() {
      return released !== undefined;
    },
    async check() {
      if (!lost.signal.aborted && !(await isStillOurs())) {
        lost.abort(leaseLost(prefix, `somebody else has taken it, or '${path}' was removed`));
      }
      if (lost.signal.aborted) throw lost.signal.reason;
    },
    during(start) {
      if (released !== undefined) throw leaseLost(prefix, 'it was given back');
      const work = start();
      working.add(work);
      return work.finally(() => working.delete(work));
    },
    async close() {
      if (released === undefined) lost.abort(leaseLost(prefix, 'its store was closed'));
      await release();
    },
  };
}

const leasePath = (folder: string, generation: number): string => join(folder, `.lease-${generation}`);

const bytesOf = (contents: LeaseFile): Uint8Array => new TextEncoder().encode(JSON.stringify(contents));

async function generations(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names.flatMap((name) => leasePattern.exec(name)?.[1] ?? []).map(Number);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
      throw error;
    },
  );
}

async function readLease(path: string): Promise<LeaseFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const file = JSON.parse(text) as LeaseFile;
    if (typeof file.holder.pid === 'number' && !Number.isNaN(Date.parse(file.since))) return file;
  } catch {
    // Told below, together with what parses and is no lease.
  }
  throw new Error(`'${path}' is no lease: remove it when nobody is at work there`);
}

function describe({ holder, since }: LeaseFile, path: string | undefined): { name: string; since: Date } {
  const hint = path === undefined ? '' : ` (which cannot be asked from here: remove '${path}' if it is gone)`;
  return { name: `process ${holder.pid} on host '${holder.host}'${hint}`, since: new Date(since) };
}

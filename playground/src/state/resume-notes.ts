import type { CacheUse, RunResult } from '@cairn/core';
import type { Fault } from './faults.ts';

/** What is remembered of a project's runs beside Cairn's own records. It survives a reload. */
export interface ResumeNotes {
  /** The content hashes of the last run that succeeded. */
  readonly good?: Hashes | undefined;
  /** What the last run was told, while it has not succeeded. */
  readonly unfinished?: Unfinished | undefined;
}

/** A run that is to be gone on with. */
export interface Unfinished {
  /** Milliseconds since the epoch; undefined when no run has begun since what is stored was broken. */
  readonly begunAt?: number | undefined;
  readonly cache?: CacheUse | undefined;
  readonly include?: readonly string[] | undefined;
  /** What has broken it, when it was broken on purpose. */
  readonly fault?: Fault | undefined;
}

/** By step, what its table is made of and what it is. */
export type Hashes = Readonly<Record<string, { readonly fingerprint: string; readonly contentHash: string }>>;

/** Where notes are kept. */
export interface ResumeShelf {
  load(project: string): Promise<ResumeNotes>;
  save(project: string, notes: ResumeNotes): Promise<void>;
}

/** The hashes that a result tells of. */
export function hashesOf({ steps }: RunResult): Hashes {
  return Object.fromEntries(
    [...steps].flatMap(([name, { fingerprint, contentHash }]) =>
      fingerprint === undefined || contentHash === undefined ? [] : [[name, { fingerprint, contentHash }]],
    ),
  );
}

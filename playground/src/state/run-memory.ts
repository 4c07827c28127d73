import type { CacheUse, RunOptions, RunResult } from '@cairn/core';
import type { Faults } from './faults.ts';
import { resumptionOf, type Resumption } from './resumption.ts';
import { hashesOf, type ResumeShelf, type ResumeNotes, type Unfinished } from './resume-notes.ts';
import { createStore, type Readable } from './store.ts';

/** What a run is told besides the project's own. */
export interface RunRequest {
  /** Steps to run although their checkpoints hold. */
  readonly force?: readonly string[] | undefined;
  /** Steps that the run is about. @default all */
  readonly include?: readonly string[] | undefined;
  /** How it uses what earlier runs have left. @default as the run that it goes on with; everything anew for one that is to break */
  readonly cache?: CacheUse | undefined;
}

/** Remembers of a project's runs what a resume needs: how the last one was begun, and what the steps came to before. */
export interface RunMemory {
  /** The run that is to be gone on with, if there is one. */
  readonly unfinished: Readable<Unfinished | undefined>;
  /** What came of the last resume; undefined when the last run was none. */
  readonly resumption: Readable<Resumption | undefined>;
  /** Resolves once it is known what was kept. */
  readonly loaded: Promise<void>;
  /** How the next run uses what is stored. */
  cache(): CacheUse | undefined;
  /** Looks again at what is kept: another tab may have changed it. */
  reload(): Promise<void>;
  /** A run begins: says what it is told. */
  begin(request: RunRequest): Promise<Pick<RunOptions, 'force' | 'include' | 'cache'>>;
  /** The run has succeeded. */
  succeeded(result: RunResult): Promise<void>;
  /** What is stored was broken, without a run. */
  broken(fault: NonNullable<Unfinished['fault']>): Promise<void>;
}

/** @param shelf Notes are a help: what cannot be kept is remembered as long as the page lives. */
export function createRunMemory(project: string, shelf: ResumeShelf, faults: Faults): RunMemory {
  const unfinished = createStore<Unfinished | undefined>(undefined);
  const resumption = createStore<Resumption | undefined>(undefined);
  let notes: ResumeNotes = {};
  let resumed: Unfinished | undefined;

  const reload = async (): Promise<void> => {
    notes = await shelf.load(project).catch(() => notes);
    unfinished.set(notes.unfinished);
  };
  const loaded = reload();
  const keep = async (next: ResumeNotes): Promise<void> => {
    notes = next;
    unfinished.set(next.unfinished);
    await shelf.save(project, next).catch(() => undefined);
  };
  const cache = (): CacheUse | undefined =>
    faults.getSnapshot().armed === undefined ? notes.unfinished?.cache : 'refresh';

  return {
    unfinished,
    resumption,
    loaded,
    cache,
    reload,
    async begin({ force, include, cache: asked = cache() }) {
      await loaded;
      resumption.set(undefined);
      resumed = notes.unfinished;
      const fault = faults.getSnapshot().armed ?? resumed?.fault;
      await keep({ ...notes, unfinished: { begunAt: Date.now(), cache: asked, include, fault } });
      return {
        ...(force === undefined ? {} : { force }),
        ...(include === undefined ? {} : { include }),
        ...(asked === undefined ? {} : { cache: asked }),
      };
    },
    async succeeded(result) {
      const { struck } = faults.getSnapshot();
      if (resumed !== undefined || struck !== undefined)
        resumption.set(resumptionOf(result, notes.good, resumed?.fault ?? struck));
      faults.mended();
      await keep({ good: { ...notes.good, ...hashesOf(result) } });
    },
    async broken(fault) {
      await loaded;
      await keep({ ...notes, unfinished: { ...notes.unfinished, fault } });
    },
  };
}

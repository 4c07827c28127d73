import type { ErrorFacts, Pipeline, Runner } from '@cairn/core';
import type { SharedRuns } from '@cairn/web';
import type { Faults } from './faults.ts';
import type { ResumeShelf } from './resume-notes.ts';
import type { RunAccounts } from './run-accounts.ts';
import type { KnownTypes } from './complete-yaml.ts';

/** What the user works on: a pipeline as text, and values for its params. Its files are kept beside it. */
export interface Project {
  /** Names it in the address, in storage and as the task of its runs. */
  readonly id: string;
  readonly title: string;
  /** The example that it was made of. */
  readonly example?: string | undefined;
  readonly yaml: string;
  /** What differs from the params' defaults, by name. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The user's own files that it reads. */
  readonly files?: readonly ProjectFile[] | undefined;
  /** Counts what was kept of it, so that two tabs notice each other. @default 0 */
  readonly revision?: number | undefined;
}

/** A file of the user's that a project reads. */
export interface ProjectFile {
  /** By which the pipeline names it. */
  readonly path: string;
  readonly size: number;
  /** `copy`: in the page's own storage; `handle`: where the user has it, and the browser may ask before it is read again. */
  readonly kept: 'copy' | 'handle';
}

/** A file that the user has chosen or dropped. */
export interface GivenFile {
  readonly name: string;
  readonly size: number;
  readonly blob: Blob;
  /** Where the browser gives one. */
  readonly handle?: FileSystemFileHandle | undefined;
}

/** Where the files of projects are kept. */
export interface ProjectFiles {
  /** A small file is copied, a large one stays where it is if the browser can find it again. @throws CairnError `quota_exceeded`, `file_not_readable` */
  keep(project: string, path: string, file: GivenFile): Promise<ProjectFile>;
  /** Forgets what is kept of a project's files; the user's own stay. @param paths @default all */
  forget(project: string, paths?: readonly string[]): Promise<void>;
  /** The files for which the user has to be asked before they can be read. */
  locked(project: Project): Promise<readonly string[]>;
  /** Asks the user, which a browser does only when something was just pressed. @throws CairnError `permission_needed` */
  unlock(project: string, paths: readonly string[]): Promise<void>;
}

/** Where projects are kept. */
export interface Shelf {
  load(id: string): Promise<Project | undefined>;
  /**
   * Keeps a project, and tells the other tabs.
   *
   * @param over The revision that it was made of. When another one stands there, that is the answer, and nothing is kept. @default
   *   whatever stands there
   */
  save(project: Project, over?: number): Promise<Project | undefined>;
  remove(id: string): Promise<void>;
  list(): Promise<readonly Project[]>;
  /** Calls back when another tab has kept or removed a project, by its id; returns a function that ends it. */
  watch(listener: (id: string) => void): () => void;
}

/** What reads and runs pipelines. It is large, so it is loaded when a project is opened. */
export interface Workshop {
  /** @throws CairnError `invalid_pipeline_file` with all that is wrong */
  read(yaml: string): Promise<Pipeline>;
  /** What runs a project; the same one each time. */
  bench(project: string): Bench;
}

/** What runs one project. */
export interface Bench {
  /** The paths in its pipelines are the project's files. */
  readonly runner: Runner;
  /** The project's runs, of this tab and of others. */
  readonly runs: SharedRuns;
  /** What plugins contribute, by the names that a pipeline knows them by. */
  readonly types: KnownTypes;
  /** Breaks what is stored of a step. */
  corrupt(step: string): Promise<Damage>;
}

/** What was done to a stored table. */
export interface Damage {
  readonly step: string;
  /** The SHA-256 of the part that it has a byte of flipped. */
  readonly part: string;
  /** Which byte, of how many. */
  readonly at: number;
  readonly bytes: number;
  /** Why the table could not be read afterwards; undefined would be a bug of Cairn. */
  readonly refused: ErrorFacts | undefined;
}

/** The examples that ship with the app, as far as opening one needs them. */
export interface Examples {
  /** The project that an example begins as; undefined when there is none of that id. */
  load(id: string): Promise<Project | undefined>;
}

/** What the state asks the world outside for. Effects implement it. */
export interface World {
  readonly shelf: Shelf;
  readonly resumes: ResumeShelf;
  readonly files: ProjectFiles;
  /** Breaks the runs of this tab on purpose. */
  readonly faults: Faults;
  readonly examples: Examples;
  workshop(): Promise<Workshop>;
  readonly accounts: RunAccounts;
  /** Calls back once, later; returns a function that prevents it. */
  later(ms: number, work: () => void): () => void;
}

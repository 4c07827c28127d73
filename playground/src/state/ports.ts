import type { ErrorFacts, Pipeline, Runner } from '@cairn/core';
import type { SharedRuns } from '@cairn/web';
import type { Faults } from './faults.ts';
import type { NoteShelf } from './run-notes.ts';
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
  /** Counts what was kept of it, so that two tabs notice each other. @default 0 */
  readonly revision?: number | undefined;
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
  readonly notes: NoteShelf;
  /** Breaks the runs of this tab on purpose. */
  readonly faults: Faults;
  readonly examples: Examples;
  workshop(): Promise<Workshop>;
  /** Calls back once, later; returns a function that prevents it. */
  later(ms: number, work: () => void): () => void;
}

import type { Runner } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { standardPlugins } from '@cairn/plugins';
import type { RunView } from '@cairn/web';
import { createFaults } from '../../playground/src/state/faults.js';
import type { Project, World } from '../../playground/src/state/ports.js';
import type { ResumeNotes } from '../../playground/src/state/resume-notes.js';
import type { RunAccount } from '../../playground/src/state/run-accounts.js';
import type { Readable } from '../../playground/src/state/store.js';

const registry = contributions(standardPlugins());

/** What a session's world is made of in Node: a real runner, and shelves in memory. */
export interface NodeWorldOptions {
  readonly runner: Runner;
  /** Observes the runner. */
  readonly view: RunView;
  /** Reading a pipeline waits for it. @default nothing */
  readonly gate?: () => Promise<void> | undefined;
}

/** The world of a session, and what it was given to keep. */
export interface NodeWorld extends World {
  readonly saved: Project[];
}

export function nodeWorld({ runner, view, gate = () => undefined }: NodeWorldOptions): NodeWorld {
  const saved: Project[] = [];
  const accounts: RunAccount[] = [];
  let notes: ResumeNotes = {};
  const runs = {
    observer: view.observer,
    view,
    running: 'nowhere' as const,
    onVacant: () => () => undefined,
    close: () => undefined,
  };
  return {
    saved,
    shelf: {
      load: async () => undefined,
      save: async (project) => {
        saved.push(project);
        return undefined;
      },
      remove: async () => undefined,
      list: async () => [],
      watch: () => () => undefined,
    },
    examples: { load: async () => undefined },
    resumes: {
      load: async () => notes,
      save: async (_project, next) => {
        notes = next;
      },
    },
    accounts: {
      add: async (_project, account) => void accounts.unshift(account),
      list: async () => accounts,
      remove: async () => undefined,
    },
    faults: createFaults(),
    files: {
      keep: async (_project, path, { size }) => ({ path, size, kept: 'copy' }),
      forget: async () => undefined,
      locked: async () => [],
      unlock: async () => undefined,
    },
    workshop: async () => ({
      async read(text) {
        await gate();
        return pipelineFromYaml(text, { registry });
      },
      bench: () => ({
        runner,
        runs,
        types: { source: [], sink: [], transform: [], check: [] },
        corrupt: async () => {
          throw new Error('nothing is broken here');
        },
      }),
    }),
    // Nobody types in here, so nothing has to be waited for.
    later(_ms, work) {
      const timer = setTimeout(work, 0);
      return () => clearTimeout(timer);
    },
  };
}

/** Resolves once a store's value is such. */
export async function once<Value>(store: Readable<Value>, isSuch: (value: Value) => boolean): Promise<Value> {
  return new Promise((resolve) => {
    let stop = (): void => undefined;
    const look = (): void => {
      const value = store.getSnapshot();
      if (!isSuch(value)) return;
      stop();
      resolve(value);
    };
    stop = store.subscribe(look);
    look();
  });
}

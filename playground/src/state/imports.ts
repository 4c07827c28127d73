import { errorFacts, type EngineLoading, type ErrorFacts } from '@cairn/core';
import type { ReadFile } from './read-files.ts';
import type { GivenFile, World } from './ports.ts';
import { unused } from './step-names.ts';
import { createStore, type Readable } from './store.ts';

/** Files on their way to become a project. */
export type ImportState =
  | { readonly status: 'closed' }
  | {
      /** `reading`: what is in the files is not known yet; `ready`: it waits for the user; `creating`: it is kept. */
      readonly status: 'reading' | 'ready' | 'creating';
      /** The id of the project that it will be. */
      readonly project: string;
      readonly title: string;
      readonly files: readonly ReadFile[];
      /** While the engine is fetched. */
      readonly loading?: EngineLoading | undefined;
      /** Why nothing came of it. */
      readonly error?: ErrorFacts | undefined;
    };

/** Makes projects of the user's files. */
export interface Imports extends Readable<ImportState> {
  /**
   * Reads files and shows what is in them. A pipeline's text among them is kept at once, with the other files beside it.
   *
   * @returns the id of the project to open, when there is nothing to ask first
   */
  open(files: readonly GivenFile[]): Promise<string | undefined>;
  setTitle(title: string): void;
  /** Goes on without a file. */
  leaveOut(path: string): void;
  /** Keeps the project; resolves to its id, or to undefined when it could not be kept. */
  create(): Promise<string | undefined>;
  cancel(): void;
}

/** Reads with the same runner that will run the project, so that what was read once need not be read again. */
export function createImports(world: World): Imports {
  const store = createStore<ImportState>({ status: 'closed' });
  let reading = new AbortController();
  const patch = (part: object): void => {
    const state = store.getSnapshot();
    if (state.status !== 'closed') store.set({ ...state, ...part });
  };

  const discard = (): void => {
    const state = store.getSnapshot();
    reading.abort();
    store.set({ status: 'closed' });
    if (state.status === 'closed') return;
    const paths = state.files.map(({ path }) => path);
    void world.files.forget(state.project, paths).catch(() => undefined);
  };

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    async open(given) {
      if (given.length === 0) return undefined;
      discard();
      const own = new AbortController();
      reading = own;
      const { begin, keepPipeline, readAll } = await import('./read-files.ts');
      const found = await begin(given);
      if (own.signal.aborted) return undefined;
      const known = await world.shelf.list().catch(() => []);
      const titles = known.map((one) => one.title);
      const begun = { ...found, title: unused(found.title, titles, ' ') };
      const { project, title, files, pipeline } = begun;
      let { error } = begun;
      if (pipeline !== undefined && error === undefined) {
        try {
          return await keepPipeline(world, begun, pipeline);
        } catch (failure) {
          error = errorFacts(failure);
        }
      }
      store.set({ status: error === undefined ? 'reading' : 'ready', project, title, files, error });
      if (error !== undefined) return undefined;
      try {
        await readAll(world, begun, {
          signal: own.signal,
          tell: (part) => {
            if (!own.signal.aborted) patch(part);
          },
        });
      } catch (failure) {
        if (!own.signal.aborted) patch({ error: errorFacts(failure) });
      }
      if (!own.signal.aborted) patch({ status: 'ready', loading: undefined });
      return undefined;
    },
    setTitle: (title) => patch({ title }),
    leaveOut(path) {
      const state = store.getSnapshot();
      if (state.status !== 'ready') return;
      void world.files.forget(state.project, [path]).catch(() => undefined);
      const files = state.files.filter((file) => file.path !== path);
      if (files.length === 0) discard();
      else patch({ files });
    },
    async create() {
      const state = store.getSnapshot();
      if (state.status !== 'ready') return undefined;
      patch({ status: 'creating', error: undefined });
      try {
        const { projectOf } = await import('./read-files.ts');
        await world.shelf.save(projectOf(state.project, state.title, state.files));
      } catch (error) {
        patch({ status: 'ready', error: errorFacts(error) });
        return undefined;
      }
      store.set({ status: 'closed' });
      return state.project;
    },
    cancel: discard,
  };
}

import { errorFacts, type ErrorFacts } from '@cairn/core';
import { createImports, type Imports } from './imports.ts';
import type { Project, World } from './ports.ts';
import type { Session } from './session.ts';
import { createStore, type Readable } from './store.ts';

/** What is on the screen: the gallery, or a project. */
export type Screen =
  | { readonly name: 'start' }
  | { readonly name: 'opening'; readonly project: string }
  | { readonly name: 'project'; readonly session: Session }
  | { readonly name: 'missing'; readonly project: string; readonly error: ErrorFacts | undefined };

/** The whole app, as far as it is no view. */
export interface AppState {
  readonly screen: Readable<Screen>;
  /** Projects that the user has changed or made, for the gallery. */
  readonly projects: Readable<readonly Project[]>;
  /** Opens a project, or an example of that id; `run` begins a run at once. */
  open(id: string, options?: { readonly run?: boolean }): Promise<void>;
  /** Files of the user's that are to become a project. */
  readonly imports: Imports;
  /** Keeps a new project with a pipeline to begin with; resolves to its id. */
  createEmpty(): Promise<string>;
  rename(id: string, title: string): Promise<void>;
  /** Forgets what was changed of an example, or a project with its files. What it has stored is garbage from then on. */
  forget(id: string): Promise<void>;
  leave(): Promise<void>;
}

const emptyPipeline = `# Drop files on the page to read your own data, or begin here.
name: untitled

processes:
  main:
    - step: numbers
      inputs: []
      sql: select n, n * n as square from range(1, 11) t(n)
`;

/** Puts the state together over the world that it is given. */
export function createAppState(world: World): AppState {
  const screen = createStore<Screen>({ name: 'start' });
  const projects = createStore<readonly Project[]>([]);
  let turn = 0;

  const list = async (): Promise<void> => {
    projects.set(await world.shelf.list().catch(() => []));
  };
  const leave = async (): Promise<void> => {
    if (screen.getSnapshot().name === 'start') return;
    turn += 1;
    const before = screen.getSnapshot();
    screen.set({ name: 'start' });
    if (before.name === 'project') await before.session.close();
    await list();
  };
  void list();
  world.shelf.watch(() => void list());

  return {
    screen,
    projects,
    async open(id, { run = false } = {}) {
      const before = screen.getSnapshot();
      if (before.name === 'opening' && before.project === id) return;
      if (before.name === 'project') {
        if (before.session.project.getSnapshot().id === id) {
          if (run) void before.session.start();
          return;
        }
        void before.session.close();
      }
      const own = ++turn;
      screen.set({ name: 'opening', project: id });
      try {
        const found = (await world.shelf.load(id)) ?? (await world.examples.load(id));
        if (own !== turn) return;
        if (found === undefined) {
          screen.set({ name: 'missing', project: id, error: undefined });
          return;
        }
        // It reads pipelines, which the gallery does not.
        const { createSession } = await import('./session.ts');
        if (own !== turn) return;
        const session = createSession(found, world);
        screen.set({ name: 'project', session });
        if (run) void session.start();
      } catch (error) {
        if (own === turn) screen.set({ name: 'missing', project: id, error: errorFacts(error) });
      }
    },
    imports: createImports(world),
    async createEmpty() {
      const id = `untitled-${crypto.randomUUID().slice(0, 8)}`;
      await world.shelf.save({ id, title: 'Untitled', yaml: emptyPipeline, params: {} });
      return id;
    },
    async rename(id, title) {
      const project = await world.shelf.load(id);
      if (project === undefined || title.trim() === '') return;
      const revision = project.revision ?? 0;
      await world.shelf.save({ ...project, title: title.trim(), revision: revision + 1 }, revision);
      await list();
    },
    async forget(id) {
      const project = await world.shelf.load(id);
      await world.shelf.remove(id);
      await list();
      await world.resumes.save(id, {}).catch(() => undefined);
      if (project?.files !== undefined) await world.files.forget(id);
    },
    leave,
  };
}

import { errorFacts, isCairnError, type ErrorFacts, type OpenedRun, type OpenedTask } from '@cairn/core';
import type { Session } from './session.ts';
import { createStore, type Readable } from './store.ts';

/** The stored tables of the project, as far as they are there. */
export type OpenedTables =
  | { readonly status: 'opening' }
  /** The project has never run. */
  | { readonly status: 'none' }
  | { readonly status: 'failed'; readonly error: ErrorFacts }
  | {
      readonly status: 'open';
      readonly opened: OpenedTask;
      /** The run whose tables these are; undefined for what stands now. */
      readonly runId: string | undefined;
      /** The runs whose tables can be opened, the last first. */
      readonly runs: readonly OpenedRun[];
    };

/** The tables themselves. */
export type OpenTables = Extract<OpenedTables, { readonly status: 'open' }>;

/** Opens the stored tables of a project, once for all panels, and anew after each run. */
export interface TablesOfProject extends Readable<OpenedTables> {
  /** Shows the tables as a run left them; undefined for what stands now. */
  openRun(runId: string | undefined): void;
  /** Opens what stands now, again. */
  reopen(): void;
}

const known = new WeakMap<Session, TablesOfProject>();

/** The same for all panels of a session. They are opened when somebody looks at them first. */
export function tablesOf(session: Session): TablesOfProject {
  const before = known.get(session);
  if (before !== undefined) return before;
  const made = createTablesOfProject(session);
  known.set(session, made);
  return made;
}

function createTablesOfProject(session: Session): TablesOfProject {
  const store = createStore<OpenedTables>({ status: 'opening' });
  const { id } = session.project.getSnapshot();
  let runId: string | undefined;
  let turn = 0;
  let listeners = 0;
  let stop = (): void => undefined;
  /** What the tables were opened after. */
  let seen: string | undefined;

  const replace = (next: OpenedTables): void => {
    const last = store.getSnapshot();
    if (last.status === 'open' && (next.status !== 'open' || next.opened !== last.opened))
      void last.opened.close();
    store.set(next);
  };
  const open = async (): Promise<void> => {
    const own = ++turn;
    try {
      const { runner } = await session.bench();
      const opened = await runner.open(id, { runId, ...pipelineOf(session) });
      const last = store.getSnapshot();
      if (own !== turn || session.closed.aborted) return await opened.close();
      const runs = opened.runs.toReversed();
      // What is the same stays as it is, with all that was loaded of it.
      if (last.status === 'open' && isSame(last.opened, opened)) {
        replace({ ...last, runId, runs });
        return await opened.close();
      }
      replace({ status: 'open', opened, runId, runs });
    } catch (error) {
      if (own !== turn || session.closed.aborted) return;
      if (runId === undefined && isCairnError(error, 'unknown_task')) replace({ status: 'none' });
      else replace({ status: 'failed', error: errorFacts(error) });
    }
  };
  const follow = (): void => {
    const { run, running } = session.view.getSnapshot();
    const { status } = session.run.getSnapshot();
    const isAtWork = running !== 'nowhere' || status === 'running' || status === 'canceling';
    // While it runs, the step that one looks at is shown as soon as it is there.
    const chosen = session.selected.getSnapshot();
    const step = chosen === undefined ? undefined : run?.steps.get(chosen)?.status;
    if (isAtWork && step !== 'complete') return;
    const now = isAtWork ? `${run?.runId} makes ${chosen}` : `${run?.runId} ${run?.status}`;
    if (now === seen) return;
    seen = now;
    void open();
  };
  session.closed.addEventListener('abort', () => replace({ status: 'none' }), { once: true });

  return {
    getSnapshot: store.getSnapshot,
    subscribe(listener) {
      if ((listeners += 1) === 1) {
        const stops = [session.run, session.view, session.selected].map((one) => one.subscribe(follow));
        stop = () => stops.forEach((one) => one());
        follow();
      }
      const end = store.subscribe(listener);
      return () => {
        end();
        if ((listeners -= 1) === 0) stop();
      };
    },
    openRun(next) {
      if (next === runId) return;
      runId = next;
      void open();
    },
    reopen: () => void open(),
  };
}

/** A project whose pipeline was given another name has tasks of both. */
function pipelineOf(session: Session): { readonly pipeline?: string } {
  const definition = session.definition.getSnapshot();
  return definition.status === 'defined' ? { pipeline: definition.plan.pipeline } : {};
}

function isSame(one: OpenedTask, other: OpenedTask): boolean {
  if (one.pipeline !== other.pipeline || one.steps.size !== other.steps.size) return false;
  return [...one.steps].every(
    ([step, { contentHash }]) => other.steps.get(step)?.contentHash === contentHash,
  );
}

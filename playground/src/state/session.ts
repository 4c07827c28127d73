import { errorFacts, isCairnError, type ErrorFacts, type RunHandle, type RunResult } from '@cairn/core';
import { lastDefined, type Definition } from './definition.ts';
import type { Forecast } from './forecast.ts';
import { foresee } from './foresight.ts';
import { followSteps, type Steps } from './steps.ts';
import type { RunViewSnapshot, Vacancy } from '@cairn/web';
import type { Fault, Faults } from './faults.ts';
import { interruptionOf, type Interruption } from './interruption.ts';
import { createKeptProject } from './kept-project.ts';
import type { Bench, Damage, Project, World } from './ports.ts';
import type { Resumption } from './resumption.ts';
import { createRunMemory, type RunRequest } from './run-memory.ts';
import type { Unfinished } from './resume-notes.ts';
import { accountOf, type RunAccount } from './run-accounts.ts';
import { followText } from './reading.ts';
import { createStore, type Readable } from './store.ts';

/** Whether a run is under way, and how the last one of this page ended. */
export type RunState =
  | { readonly status: 'idle' }
  | { readonly status: 'running' | 'canceling' }
  | { readonly status: 'ended'; readonly result: RunResult }
  | { readonly status: 'failed'; readonly error: ErrorFacts; readonly result: RunResult | undefined };

/** An opened project: its text, what it comes to, what a run would do, and the runs. */
export interface Session {
  readonly project: Readable<Project>;
  readonly definition: Readable<Definition>;
  readonly forecast: Readable<Forecast>;
  readonly run: Readable<RunState>;
  /** The current run, of this tab or of another one, or else the last that this page has seen. */
  readonly view: Readable<RunViewSnapshot>;
  /** All that is known of each step; undefined before the text was read once. */
  readonly steps: Readable<Steps | undefined>;
  /** What is going to break, and what did. */
  readonly faults: Faults;
  /** The last run, while it has not succeeded. */
  readonly unfinished: Readable<Unfinished | undefined>;
  /** A run that went away with its page, and that nobody goes on with yet. */
  readonly interruption: Readable<Interruption | undefined>;
  /** What came of the last run, if it went on where another one had stopped. */
  readonly resumption: Readable<Resumption | undefined>;
  /** What was broken in the store, until the next run mends it; or why nothing could be. */
  readonly damage: Readable<Damage | ErrorFacts | undefined>;
  /** Whether the run that is under way was taken over from a tab that is gone. */
  readonly tookOver: Readable<boolean>;
  /** The step that panels are about. */
  readonly selected: Readable<string | undefined>;
  select(step: string | undefined): void;
  /** What runs the project, for what panels ask of it; resolves once it is loaded. */
  bench(): Promise<Bench>;
  /** What another tab has made of the project while this one changed it too: one of the two has to go. */
  readonly conflict: Readable<Project | undefined>;
  keepMine(): void;
  takeTheirs(): void;
  /** The user's files that the browser wants to ask for before they are read. */
  readonly locked: Readable<readonly string[]>;
  /** Asks for them. To be called when something was just pressed. @throws CairnError `permission_needed` */
  unlock(): Promise<void>;
  setYaml(yaml: string): void;
  setParams(params: Readonly<Record<string, unknown>>): void;
  /** Runs the project, once its text is read. Resolves when the run has ended, however it did. */
  start(request?: RunRequest): Promise<void>;
  /** Goes on with the last run, as that was begun. */
  resume(): Promise<void>;
  cancel(): void;
  /** Breaks what is stored of a step, now; `damage` says what came of it. */
  corrupt(step: string): Promise<void>;
  /** What its runs were begun with, and why their steps stood as they did; the last first. */
  accounts(): Promise<readonly RunAccount[]>;
  /** Asks again what a run would do: after files or stored tables have changed. */
  refresh(): void;
  /** Aborted when it is closed. */
  readonly closed: AbortSignal;
  /** Cancels what is under way and lets go of everything. */
  close(): Promise<void>;
}

/** Opens a project. */
export function createSession(given: Project, world: World): Session {
  const { id } = given;
  const { shelf, workshop: load, later, faults, accounts } = world;
  const kept = createKeptProject(given, shelf);
  const { project } = kept;
  const closed = new AbortController();
  const memory = createRunMemory(id, world.resumes, faults);
  const run = createStore<RunState>({ status: 'idle' });
  const interruption = createStore<Interruption | undefined>(undefined);
  const damage = createStore<Damage | ErrorFacts | undefined>(undefined);
  const tookOver = createStore(false);
  const locked = createStore<readonly string[]>([]);
  const selected = createStore<string | undefined>(undefined);
  const view = createStore<RunViewSnapshot>({ status: 'idle', running: 'nowhere' });
  let handle: RunHandle | undefined;
  let running: Promise<void> | undefined;
  const isAtWork = (): boolean => ['running', 'canceling'].includes(run.getSnapshot().status);
  const reading = followText(project, {
    read: async (yaml) => (await load()).read(yaml),
    later,
    closed: closed.signal,
  });
  const { definition } = reading;
  const foresight = foresee(definition, {
    async plan({ pipeline, params }) {
      const { runner } = await bench();
      const cache = memory.cache();
      return runner.plan(pipeline, params, {
        correlationId: id,
        ...(cache === undefined ? {} : { cache }),
      });
    },
    isAtWork,
    later,
    closed: closed.signal,
  });
  const { forecast, ask } = foresight;
  let opened: Promise<Bench> | undefined;
  let unfollow = (): void => undefined;
  const bench = (): Promise<Bench> => {
    opened ??= load().then((workshop) => {
      const found = workshop.bench(id);
      const follow = (): void => {
        const before = view.getSnapshot().running;
        view.set(found.runs.view.getSnapshot());
        // What another tab has done is stored for this one too.
        if (before === 'elsewhere' && view.getSnapshot().running === 'nowhere') void ask();
        if (before !== 'elsewhere' && view.getSnapshot().running === 'elsewhere') foresight.outdate();
      };
      if (!closed.signal.aborted) {
        const stop = [found.runs.view.subscribe(follow), found.runs.onVacant(takeOver)];
        unfollow = () => {
          for (const one of stop) one();
        };
        follow();
        void notice(found);
      }
      return found;
    });
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };

  /** Sees whether the last run was interrupted. */
  const notice = async ({ runner, runs }: Bench): Promise<void> => {
    await Promise.all([memory.loaded, reading.settled()]);
    const { plan } = lastDefined(definition.getSnapshot()) ?? {};
    const unfinished = memory.unfinished.getSnapshot();
    const found = await interruptionOf(runner.tasks, id, { plan, unfinished }).catch(() => undefined);
    if (!isAtWork() && runs.running === 'nowhere' && !closed.signal.aborted) interruption.set(found);
  };
  /** The tab that ran is gone: one of those that are left goes on with its run. */
  const takeOver = async (vacancy: Vacancy): Promise<void> => {
    if (!(await vacancy.take()) || isAtWork() || closed.signal.aborted) return;
    await memory.reload();
    tookOver.set(true);
    await resume();
    tookOver.set(false);
    if (run.getSnapshot().status === 'idle') void notice(await bench());
  };

  const account = async (request: RunRequest, result: RunResult | undefined): Promise<void> => {
    const snapshot = handle?.getSnapshot();
    if (snapshot === undefined) return;
    const { params } = project.getSnapshot();
    await accounts.add(id, accountOf(snapshot, result, { ...request, params })).catch(() => undefined);
  };

  const execute = async (request: RunRequest): Promise<void> => {
    run.set({ status: 'running' });
    try {
      await reading.now();
      const defined = definition.getSnapshot();
      if (defined.status !== 'defined') {
        run.set({ status: 'idle' });
        return;
      }
      const { runner } = await bench();
      if (run.getSnapshot().status === 'canceling' || closed.signal.aborted) {
        run.set({ status: 'idle' });
        return;
      }
      foresight.hold();
      interruption.set(undefined);
      damage.set(undefined);
      const told = await memory.begin(request);
      foresight.outdate();
      handle = runner.start(defined.pipeline, defined.params, {
        correlationId: id,
        signal: closed.signal,
        ...told,
      });
      const result = await handle.result;
      await memory.succeeded(result);
      await account(request, result);
      run.set({ status: 'ended', result });
    } catch (error) {
      const result = resultOf(error);
      await account(request, result);
      run.set({ status: 'failed', error: errorFacts(error), result });
    } finally {
      handle = undefined;
      running = undefined;
      if (!closed.signal.aborted) void ask();
    }
  };

  const start = (request: RunRequest = {}): Promise<void> => (running ??= execute(request));
  const resume = (): Promise<void> => start({ include: memory.unfinished.getSnapshot()?.include });

  const lookForLocks = async (): Promise<void> => {
    if (given.files?.some((file) => file.kept === 'handle') !== true) return;
    locked.set(await world.files.locked(project.getSnapshot()).catch(() => []));
  };

  void bench().catch(() => undefined);
  void lookForLocks();
  // What is armed, and what a resume goes on with, changes what the next run would do.
  let armed: Fault | undefined;
  const unwatch = [
    memory.unfinished.subscribe(() => void ask()),
    faults.subscribe(() => {
      const { armed: next } = faults.getSnapshot();
      if (next !== armed) void ask();
      armed = next;
    }),
  ];

  return {
    project,
    definition,
    forecast,
    run,
    view,
    steps: followSteps({ definition, forecast, view }),
    selected,
    select: selected.set,
    bench,
    setYaml: (yaml) => kept.change({ yaml }),
    setParams: (params) => kept.change({ params }),
    conflict: kept.conflict,
    keepMine: kept.keepMine,
    takeTheirs: kept.takeTheirs,
    locked,
    async unlock() {
      try {
        await world.files.unlock(id, locked.getSnapshot());
      } finally {
        await lookForLocks();
        void ask();
      }
    },
    faults,
    unfinished: memory.unfinished,
    interruption,
    resumption: memory.resumption,
    tookOver,
    start,
    resume,
    damage,
    async corrupt(step) {
      try {
        damage.set(await (await bench()).corrupt(step));
        faults.note({ kind: 'corrupt', step });
        await memory.broken({ kind: 'corrupt', step });
      } catch (error) {
        damage.set(errorFacts(error));
      }
      void ask();
    },
    cancel() {
      if (run.getSnapshot().status !== 'running') return;
      run.set({ status: 'canceling' });
      void handle?.cancel('canceled by the user');
    },
    accounts: () => accounts.list(id),
    refresh: () => void ask(),
    closed: closed.signal,
    async close() {
      closed.abort();
      reading.close();
      foresight.close();
      unfollow();
      kept.close();
      for (const stop of unwatch) stop();
      faults.disarm();
      await running?.catch(() => undefined);
    },
  };
}

/** A run that failed has a result all the same. */
function resultOf(error: unknown): RunResult | undefined {
  return isCairnError(error, 'run_failed') ? (error.details['result'] as RunResult | undefined) : undefined;
}

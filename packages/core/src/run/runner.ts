import { alreadyClosed } from '../errors/store-errors.ts';
import { canceled, insecureContext } from '../errors/run-errors.ts';
import type { Clock } from '../events/clock.ts';
import type { CairnEvent } from '../events/event.ts';
import { announcer, type Observer } from '../events/observer.ts';
import { compile } from '../pipeline/compile.ts';
import type { Pipeline, PipelineParams, PipelineStages, PipelineSteps } from '../pipeline/define.ts';
import { isPlainObject } from '../pipeline/check.ts';
import { cleanupCorrelation, cleanupRun } from '../checkpoint/cleanup.ts';
import type { GcOptions, GcReport } from '../checkpoint/gc.ts';
import type {
  CheckpointFilter,
  ListCheckpointsOptions,
  StoredCheckpoint,
} from '../checkpoint/list-checkpoints.ts';
import { storeCatalog, type TaskCatalog } from '../task/catalog.ts';
import type { History } from '../records/history.ts';
import { recordsObserver } from '../records/observer.ts';
import type { Plan } from '../pipeline/plan.ts';
import type { Task } from '../task/task.ts';
import type { TaskOptions } from '../task/task-options.ts';
import { abortable, stopOf } from './abortable.ts';
import { anyOf, bindPlan, type RunTask, type TaskHost } from './bind-task.ts';
import { circuits } from './circuits.ts';
import { boundedDispatcher } from './dispatcher.ts';
import type { OpenedTask, OpenOptions } from './open.ts';
import { recordLastRun } from './recover-records.ts';
import type { RunResult } from './result.ts';
import type { RunHooks } from './plugin-hooks.ts';
import type { PluginHost } from './plugin-host.ts';
import { eventLog, runWatch, type RunHandle } from './run-handle.ts';
import {
  checkPlanOptions,
  checkRunOptions,
  type ExecuteOptions,
  type PlanOptions,
  type RunOptions,
} from './run-options.ts';
import type { RunPlan } from './run-plan.ts';
import { checkRunnerOptions, type RunnerOptions } from './runner-options.ts';
import { secretKeeper } from './secrets.ts';
import type { RunnerParts } from './session.ts';

/** A {@link Task} of a runner. */
export type RunnerTask<Steps extends string = string, Stages extends string = string> = Task<
  RunResult<Steps>,
  ExecuteOptions<Stages>
>;

/** Runs pipelines. Two runners share nothing but the store they are given. */
export interface Runner {
  /**
   * Compiles and runs a pipeline, resuming its task.
   *
   * @throws CairnError `run_failed` with `details.result` and the first error in time as its cause; `canceled`; errors
   *   of compiling and of options as themselves, before any event; `task_bound` when the task is at work elsewhere
   */
  run<P extends Pipeline>(
    pipeline: P,
    params?: PipelineParams<P>,
    options?: RunOptions<PipelineStages<P>>,
  ): Promise<RunResult<PipelineSteps<P>>>;
  /** The same as a handle, for whoever wants to watch and to cancel. */
  start<P extends Pipeline>(
    pipeline: P,
    params?: PipelineParams<P>,
    options?: RunOptions<PipelineStages<P>>,
  ): RunHandle<PipelineSteps<P>>;
  /**
   * Binds the task of a pipeline and its params, so that nobody else works on it: to execute it, to look at its stages
   * and to cancel it. `run` is to bind, to execute once and to unbind.
   *
   * @throws CairnError `task_bound` when it is bound elsewhere, `invalid_task`, `canceled`, `journal_damaged`
   * @example
   * await using task = await runner.bind(pipeline, params, { correlationId: 'nightly' });
   * await task.execute();
   */
  bind<P extends Pipeline>(
    pipeline: P,
    params?: PipelineParams<P>,
    options?: TaskOptions,
  ): Promise<RunnerTask<PipelineSteps<P>, PipelineStages<P>>>;
  /**
   * Tells what a run would do with each step, and why. Nothing runs, nothing is bound, and no engine starts; sources are
   * asked for their identity, sinks whether their targets are intact.
   *
   * @throws CairnError errors of compiling, of options and of `include`, as `run` does; `journal_damaged`
   */
  plan<P extends Pipeline>(
    pipeline: P,
    params?: PipelineParams<P>,
    options?: PlanOptions<PipelineStages<P>>,
  ): Promise<RunPlan>;
  /**
   * Opens a task's stored tables, after a restart as well, to read them and to query them. It is not bound, and nothing runs.
   *
   * @throws CairnError `unknown_task`, `invalid_id`, `invalid_argument` where several pipelines have a task of that id,
   *   `journal_damaged`, `unsupported_format`
   * @example
   * await using opened = await runner.open('nightly');
   * const worst = await opened.query('from by_origin order by n desc limit 10');
   */
  open(correlationId: string, options?: OpenOptions): Promise<OpenedTask>;
  /** The tasks that stand in the store, of all pipelines. */
  readonly tasks: TaskCatalog;
  /**
   * All recorded runs of the store, as they are now, to be asked in SQL.
   *
   * @throws CairnError `unsupported_format`, `already_closed`
   * @example
   * await using history = await runner.history();
   * const failed = await history.query("select * from pipeline_runs where status = 'failed'");
   */
  history(): Promise<History>;
  /** Forgets the checkpoints of scope `run` that a run left; no error when there are none. @throws CairnError `invalid_id`, `task_bound` */
  cleanupRun(runId: string): Promise<void>;
  /** Forgets a correlation's checkpoints, in all its pipelines; no error when there are none. @throws CairnError `invalid_id`, `task_bound` */
  cleanupCorrelation(correlationId: string): Promise<void>;
  /**
   * Removes what nothing in the store names any more, and evicts tables that `retention` does not keep: their manifests
   * stay, so what was made of them is reused all the same. Safe beside runs, here and elsewhere. Nothing does it by itself.
   *
   * @throws CairnError `task_bound` when another collector is at work, `journal_damaged`, `unsupported_format`,
   *   `invalid_argument`
   * @example
   * const { removed } = await runner.gc({ dryRun: true });
   * for (const { kind, bytes, reason } of removed) console.log(kind, bytes, reason.code);
   */
  gc(options?: GcOptions): Promise<GcReport>;
  /**
   * Lists the checkpoints with tables that stand in the store, of all pipelines.
   *
   * @throws CairnError `journal_damaged`, `unsupported_format`, `invalid_argument`
   */
  checkpoints(
    filter?: CheckpointFilter,
    options?: ListCheckpointsOptions,
  ): Promise<readonly StoredCheckpoint[]>;
  /** Flushes the runner's observers, which every run does at its end; what they throw is logged. */
  flush(): Promise<void>;
  /** Cancels what is running, and closes engine and store. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a runner of its parts. Adapters have factories that supply them: `createNodeRunner` in `@cairn/node`.
 *
 * @throws CairnError `invalid_argument`, and `insecure_context` where the platform offers no `crypto.subtle`
 */
export function createRunner(options: RunnerOptions): Runner {
  const checked = checkRunnerOptions(options);
  const { store, engine, observers, logger, concurrency, dispatcher, cleaner, files, secrets } = checked;
  const { records, retention, plugins, memoryBudget } = checked;
  if (crypto.subtle === undefined) throw insecureContext();

  const clock: Clock = options.clock ?? Date;
  let hooks: RunHooks | undefined;
  const parts: RunnerParts = {
    store,
    engine,
    files,
    allowUrls: checked.allowUrls === undefined ? undefined : Object.freeze([...checked.allowUrls]),
    logger,
    now: () => clock.now(),
    uuid: options.uuid ?? (() => uuidV7(clock.now())),
    random: options.random ?? Math.random,
    sleep: (ms, signal) => abortable(clock.sleep?.(ms, signal) ?? pause(ms, signal), stopOf(signal)),
    dispatcher: () => dispatcher ?? boundedDispatcher(concurrency),
    cleaner,
    memoryBudget,
    maxLostWorkMs: checked.maxLostWorkMs,
    circuits: circuits(),
    get hooks() {
      return hooks;
    },
    ...secretKeeper(secrets),
  };
  const catalog = options.catalog ?? storeCatalog(store, logger);
  const recorders = records ? [recordsObserver({ store, redact: parts.redact })] : [];
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const tasks = new Set<RunTask>();
  let closed: Promise<void> | undefined;
  // Most runners have none, and so do not load what they need.
  const plugIn = async (): Promise<PluginHost> => {
    const { hostPlugins } = await import('./plugin-host.ts');
    const host = await hostPlugins(plugins, { logger, clock, signal: closing.signal }, parts);
    hooks = host.hooks;
    return host;
  };
  const plugged = plugins.length === 0 ? undefined : plugIn();
  // Whoever runs something is told what they threw.
  plugged?.catch(() => undefined);

  /** What plugins have to say before anything is done with a plan. */
  const planned = async (plan: Plan, signal?: AbortSignal): Promise<void> => {
    if (plugged === undefined) return;
    const wanted = anyOf(closing.signal, signal);
    await abortable(plugged, stopOf(wanted)).catch((error: unknown) => {
      throw wanted.aborted ? canceled(`The run of pipeline '${plan.pipeline}'`, wanted.reason) : error;
    });
    await hooks?.planCompiled(plan, wanted, parts);
  };

  const host = (extra: readonly Observer[] = []): TaskHost => ({
    parts,
    catalog,
    observers: [...observers, ...recorders, ...extra],
    found: records ? recordLastRun(parts) : undefined,
    closing: closing.signal,
    tasks,
  });

  const run = async (
    pipeline: Pipeline,
    params: unknown,
    given: RunOptions,
    extra: readonly Observer[],
  ): Promise<RunResult> => {
    if (closed !== undefined) throw alreadyClosed('The runner');
    const plan = await compile(pipeline, params as never);
    const { correlationId, execution } = checkRunOptions(given, plan);
    const { signal, runId } = execution;
    if (signal?.aborted === true) throw canceled(`The run of pipeline '${plan.pipeline}'`, signal.reason);
    await planned(plan, signal);
    const task = await bindPlan(host(extra), plan, { correlationId, signal }, runId);
    try {
      return await task.execute(execution);
    } finally {
      await task.close();
    }
  };

  // Most pages never ask for these, and so do not load them.
  const look = async (pipeline: Pipeline, params: unknown, given: PlanOptions): Promise<RunPlan> => {
    if (closed !== undefined) throw alreadyClosed('The runner');
    const plan = await compile(pipeline, params as never);
    const options = checkPlanOptions(given);
    await planned(plan);
    const { lookAhead } = await import('./look-ahead.ts');
    return lookAhead(host(), plan, options);
  };

  const bind = async (pipeline: Pipeline, params: unknown, given: TaskOptions): Promise<RunTask> => {
    if (closed !== undefined) throw alreadyClosed('The runner');
    const plan = await compile(pipeline, params as never);
    await planned(plan, (given as TaskOptions | null)?.signal);
    return bindPlan(host(), plan, given);
  };

  const history = async (): Promise<History> => {
    if (closed !== undefined) throw alreadyClosed('The runner');
    const namespace = `history_${parts.uuid().replaceAll(/\W/g, '_')}`;
    const { openHistory } = await import('../records/history.ts');
    return openHistory({ store, engine, logger, namespace, closing: closing.signal });
  };

  const collect = async (given: GcOptions): Promise<GcReport> => {
    const { collectGarbage } = await import('../checkpoint/gc.ts');
    return collectGarbage({ store, retention, now: parts.now }, given);
  };
  const list = async (
    filter?: CheckpointFilter,
    options?: ListCheckpointsOptions,
  ): Promise<readonly StoredCheckpoint[]> => {
    const { listCheckpoints } = await import('../checkpoint/list-checkpoints.ts');
    return listCheckpoints(store, parts.now, retention, filter, options);
  };

  const track = <Value>(work: Promise<Value>): Promise<Value> => {
    running.add(work);
    const done = (): void => {
      running.delete(work);
    };
    work.then(done, done);
    return work;
  };

  const close = (): Promise<void> => {
    closed ??= (async () => {
      closing.abort('the runner was closed');
      await Promise.allSettled(running);
      await Promise.allSettled([...tasks].map((task) => task.close()));
      const host = await plugged?.catch(() => undefined);
      await host?.close();
      try {
        await engine.close();
      } finally {
        await store.close();
      }
    })();
    return closed;
  };

  return Object.freeze({
    run: (pipeline: Pipeline, params?: unknown, given: RunOptions = {}) =>
      track(run(pipeline, params, given, [])),
    start(pipeline: Pipeline, params?: unknown, given: RunOptions = {}) {
      const stop = new AbortController();
      const log = eventLog();
      const watch = runWatch(logger);
      // What is no object is refused by the run.
      const options: RunOptions = isPlainObject(given as unknown)
        ? { ...given, signal: anyOf(stop.signal, given.signal) }
        : given;
      const onEvent = (event: CairnEvent): void => {
        log.push(event);
        watch.push(event);
      };
      const observer: Observer = { name: 'events', onEvent };
      const result = track(run(pipeline, params, options, [observer]));
      const end = (): void => {
        log.end();
        watch.end();
      };
      const ended = result.then(end, end);
      return {
        events: log.events,
        result,
        getSnapshot: watch.getSnapshot,
        subscribe: watch.subscribe,
        cancel(reason?: unknown) {
          stop.abort(reason);
          return ended;
        },
      };
    },
    bind: (pipeline: Pipeline, params?: unknown, given: TaskOptions = {}) =>
      track(bind(pipeline, params, given)),
    history: () => track(history()),
    plan: (pipeline: Pipeline, params?: unknown, given: PlanOptions = {}) =>
      track(look(pipeline, params, given)),
    async open(correlationId: string, given?: OpenOptions) {
      if (closed !== undefined) throw alreadyClosed('The runner');
      const { openTask } = await import('./open.ts');
      return openTask(parts, correlationId, given);
    },
    tasks: catalog,
    cleanupRun: (runId: string) => cleanupRun({ store, cleaner, now: clock.now() }, runId),
    cleanupCorrelation: (correlationId: string) =>
      cleanupCorrelation({ store, cleaner, now: clock.now() }, correlationId),
    async gc(given: GcOptions = {}) {
      if (closed !== undefined) throw alreadyClosed('The runner');
      const options: GcOptions = isPlainObject(given as unknown)
        ? { ...given, signal: anyOf(closing.signal, given.signal) }
        : given;
      return track(collect(options));
    },
    async checkpoints(filter?: CheckpointFilter, given?: ListCheckpointsOptions) {
      if (closed !== undefined) throw alreadyClosed('The runner');
      return track(list(filter, given));
    },
    flush: () => announcer(observers, logger).flush(),
    close,
    [Symbol.asyncDispose]: close,
  }) as Runner;
}

/** Waits with a timer, which ends with the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}

/** A UUID of version 7 (RFC 9562): the time in milliseconds, and the random bits of one of version 4. */
function uuidV7(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

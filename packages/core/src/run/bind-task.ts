import { openJournal } from '../checkpoint/journal.ts';
import { invalidArgument } from '../errors/pipeline-errors.ts';
import { announcer, type Observer } from '../events/observer.ts';
import type { Plan } from '../pipeline/plan.ts';
import { taskJournalKey } from '../store/keys.ts';
import type { TaskCatalog } from '../task/catalog.ts';
import { identifyTask, readBinding, type Binding, type LastRunFound } from '../task/binding.ts';
import { stageStates } from '../task/stage-states.ts';
import { bindTask, type OwnedTask } from '../task/task.ts';
import { checkTaskOptions, type TaskOptions } from '../task/task-options.ts';
import { attempt } from './attempt.ts';
import { cancelStages, onCancel } from './cancel.ts';
import type { RunResult } from './result.ts';
import { checkExecuteOptions, type ExecuteOptions, type PlanOptions } from './run-options.ts';
import { estimatesOf, planRun, type RunPlan, type StepEstimate } from './run-plan.ts';
import { openSession, type RunnerParts, type Session } from './session.ts';

/** A task as its runner holds it. */
export type RunTask = OwnedTask<RunResult, ExecuteOptions>;

/** What the tasks of a runner have in common. */
export interface TaskHost {
  readonly parts: RunnerParts;
  readonly catalog: TaskCatalog;
  readonly observers: readonly Observer[];
  /** Is told of the last run of a task that is bound. */
  readonly found: LastRunFound | undefined;
  /** Aborted when the runner is closed. */
  readonly closing: AbortSignal;
  /** Those that are bound. */
  readonly tasks: Set<RunTask>;
}

/**
 * Binds the task of a plan.
 *
 * @param runId The first execution's; and what a task without a correlation id goes by.
 * @throws CairnError `invalid_task`, `invalid_argument`, `invalid_id`, `correlation_id_required`, `task_bound`, `canceled`
 */
export async function bindPlan(
  { parts, catalog, observers, found, closing, tasks }: TaskHost,
  plan: Plan,
  options: TaskOptions,
  runId?: string,
): Promise<RunTask> {
  const checked = checkTaskOptions(plan, options);
  parts.circuits.define(plan);
  const firstRunId = runId ?? parts.uuid();
  const identity = identifyTask(plan, checked, firstRunId);
  let isFirst = true;
  return bindTask<RunResult, ExecuteOptions>(
    {
      store: parts.store,
      catalog,
      logger: parts.logger,
      now: parts.now,
      found,
      async execute(binding, given, stop) {
        const { onEvent, ...execution } = checkExecuteOptions(given ?? {}, plan);
        const nextRunId = isFirst ? firstRunId : parts.uuid();
        isFirst = false;
        const told = onEvent === undefined ? observers : [...observers, { name: 'onEvent', onEvent }];
        const signal = anyOf(closing, stop, execution.signal);
        return attempt(
          parts,
          binding,
          { ...execution, onEvent, runId: execution.runId ?? nextRunId, signal },
          told,
        );
      },
      bound: (task) => void tasks.add(task),
      unbound: (task) => void tasks.delete(task),
      cancelStages: (binding, reason) => cancelIdle(parts, binding, reason, observers),
    },
    identity,
    { ...checked, signal: anyOf(closing, checked.signal) },
  );
}

/** Looks at the task of a plan without binding it, and decides what a run would do. */
export async function lookAhead(
  { parts, catalog, closing }: TaskHost,
  plan: Plan,
  { correlationId, include, force, cache }: PlanOptions,
): Promise<RunPlan> {
  const options = checkTaskOptions(plan, correlationId === undefined ? {} : { correlationId });
  const execution = checkExecuteOptions(
    {
      include,
      ...(force === undefined ? {} : { force }),
      ...(cache === undefined ? {} : { cache }),
    },
    plan,
  );
  const identity = identifyTask(plan, options, parts.uuid());
  const session = await openSession(parts, await readBinding(parts.store, identity, options), {
    // A signal of its own: what listens to the runner's would stay as long as the runner.
    signal: anyOf(closing),
    isCanceled: () => true,
    runId: identity.firstRunId,
    attempt: undefined,
    lastAttempt: true,
    include: execution.include,
    force: execution.force,
    cache: execution.cache,
    isHeard: () => false,
    emit: () => undefined,
  });
  return planRun(session, await estimatesElsewhere(parts, catalog, session));
}

/** What the pipeline's steps came to in its task that changed last, when this one has not run yet. */
async function estimatesElsewhere(
  { store, logger }: RunnerParts,
  catalog: TaskCatalog,
  { plan, journal }: Session,
): Promise<ReadonlyMap<string, StepEstimate> | undefined> {
  const { pipeline } = plan;
  if (journal.lastRun !== undefined) return undefined;
  try {
    const last = (await catalog.list({ pipeline })).find(({ cleaned }) => !cleaned);
    if (last === undefined) return undefined;
    const key = taskJournalKey(last.correlationId, pipeline);
    const stages = stageStates(plan, key);
    return estimatesOf(await openJournal(store, key, { part: stages }), stages);
  } catch (error) {
    // It is a guess, and no more is lost than that.
    logger.warn({ err: error, pipeline }, 'what steps came to before could not be found out');
    return undefined;
  }
}

/** One signal for several. @throws CairnError `invalid_argument` when one is none */
export function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  try {
    return AbortSignal.any(signals.filter((signal) => signal !== undefined));
  } catch (error) {
    throw invalidArgument('signal', error instanceof Error ? error.message : String(error));
  }
}

/** Cancels a task that nobody executes. */
async function cancelIdle(
  parts: RunnerParts,
  binding: Binding,
  reason: unknown,
  observers: readonly Observer[],
): Promise<void> {
  const announce = announcer(observers, parts.logger);
  const session = await openSession(parts, binding, {
    signal: new AbortController().signal,
    isCanceled: () => true,
    runId: parts.uuid(),
    attempt: undefined,
    lastAttempt: true,
    include: undefined,
    force: [],
    cache: 'on',
    isHeard: announce.isHeard,
    emit: announce.emit,
  });
  binding.stages.onUpdate = (update) => session.emit({ type: 'stage_updated', ...update });
  try {
    const last = await cancelStages(session, reason);
    if (last !== undefined) await onCancel(session, last, reason);
  } finally {
    binding.stages.onUpdate = undefined;
    await announce.flush();
  }
}

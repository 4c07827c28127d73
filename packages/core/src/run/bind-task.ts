import { invalidArgument } from '../errors/pipeline-errors.ts';
import { announcer, type Observer } from '../events/observer.ts';
import type { Plan } from '../pipeline/plan.ts';
import type { TaskCatalog } from '../task/catalog.ts';
import { identifyTask, type Binding, type LastRunFound } from '../task/binding.ts';
import { bindTask, type OwnedTask } from '../task/task.ts';
import { checkTaskOptions, type TaskOptions } from '../task/task-options.ts';
import { attempt } from './attempt.ts';
import { cancelStages, onCancel } from './cancel.ts';
import type { RunResult } from './result.ts';
import { checkExecuteOptions, type ExecuteOptions } from './run-options.ts';
import { openSession, type RunnerParts } from './session.ts';

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

import { CairnError, type StageStatus, type TaskDetails, type TaskEntry } from '@cairn/core';
import { didYouMean } from '@cairn/core/plugin';
import type { Given } from './command-spec.ts';
import type { OpenProject } from './project.ts';

/** How a task stands, for people: `killed` is one that was at work when its process ended. */
export type ShownStatus = StageStatus | 'killed';

/** A task, and whether somebody is at work on it. */
export interface KnownTask {
  readonly task: TaskEntry;
  readonly shown: ShownStatus;
  /** True while its lease is held by somebody who lives, or who cannot be asked. */
  readonly isHeld: boolean;
}

/** Says who is at work on a task, which only the task's lease knows. */
export async function knownTask({ runner }: OpenProject, task: TaskEntry): Promise<KnownTask> {
  if (task.cleaned || task.status === 'complete') return { task, shown: task.status, isHeld: false };
  const details = await runner.tasks.get(task.correlationId, task.pipeline);
  const isHeld = details?.lease !== undefined && details.lease.state !== 'stale';
  return { task, shown: shownStatus(task.status, details), isHeld };
}

export function shownStatus(status: StageStatus, details: TaskDetails | undefined): ShownStatus {
  const isAtWork = status === 'running' || status === 'retry';
  return isAtWork && (details?.lease === undefined || details.lease.state === 'stale') ? 'killed' : status;
}

/**
 * The task of a correlation id, or the one that changed last.
 *
 * @throws CairnError `invalid_argument` when there are no tasks, `unknown_task`
 */
export async function findTask(
  { runner, place }: OpenProject,
  given: Given,
  correlationId: string | undefined,
  pipeline?: string,
): Promise<TaskEntry> {
  const listed = await runner.tasks.list(pipeline === undefined ? {} : { pipeline });
  const tasks = listed.filter(({ cleaned }) => !cleaned);
  const found =
    correlationId === undefined ? tasks[0] : tasks.find((task) => task.correlationId === correlationId);
  if (found !== undefined) return found;
  if (correlationId === undefined) throw given.wrong(`there are no tasks in ${place}`);
  throw noTask(correlationId, pipeline, tasks);
}

/** There is no such task; names the one that was meant, perhaps. */
export function noTask(
  correlationId: string,
  pipeline: string | undefined,
  tasks: readonly TaskEntry[],
): CairnError {
  const known = [...new Set(tasks.map((task) => task.correlationId))];
  const ofPipeline = pipeline === undefined ? '' : ` of pipeline '${pipeline}'`;
  const message = `There is no task '${correlationId}'${ofPipeline}${didYouMean(correlationId, known)}`;
  return new CairnError('unknown_task', message, { details: { correlationId, pipeline, known } });
}

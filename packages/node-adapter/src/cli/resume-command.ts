import type { StageStatus } from '@cairn/core';
import type { Given } from './command-spec.ts';
import { jsonText } from './json-text.ts';
import { openProject, type OpenProject } from './project.ts';
import { runTask } from './run-task.ts';
import { findTask, knownTask, type KnownTask } from './tasks.ts';

const unfinished: readonly StageStatus[] = ['created', 'running', 'retry', 'error', 'canceled'];

/**
 * Goes on with a task that has not succeeded, with the params that it was begun with. Where there is nothing to resume
 * it says so, which is no failure: whoever calls it in a loop is done.
 */
export async function resumeCommand(given: Given): Promise<number> {
  await using project = await openProject(given);
  const pipeline = await project.loadPipeline(given.text('pipeline'));
  const [correlationId] = given.positionals;
  const found = await unfinishedTask(project, given, pipeline.name, correlationId);
  const json = given.flag('json');
  if (typeof found === 'string') {
    process.stdout.write(
      json ? `${jsonText({ type: 'result', status: 'nothing_to_resume', exitCode: 0 })}\n` : `${found}\n`,
    );
    return 0;
  }
  const { task, shown } = found;
  if (!json)
    process.stdout.write(
      `resuming '${task.correlationId}' (${shown}) with params ${jsonText(task.params)}\n`,
    );
  return await runTask(project.runner, pipeline, task.params as Record<string, unknown>, {
    json,
    events: given.text('events'),
    run: {
      ...project.run,
      correlationId: task.correlationId,
      force: given.list('force'),
      ...(given.flag('fail-fast') ? { failFast: true } : {}),
    },
  });
}

/** The task to go on with, or the words for why there is none. */
async function unfinishedTask(
  project: OpenProject,
  given: Given,
  pipeline: string,
  correlationId: string | undefined,
): Promise<KnownTask | string> {
  if (correlationId !== undefined) {
    const task = await findTask(project, given, correlationId, pipeline);
    if (unfinished.includes(task.status)) return knownTask(project, task);
    return `Nothing to resume: task '${correlationId}' of pipeline '${pipeline}' has succeeded.`;
  }
  const listed = await project.runner.tasks.list({ pipeline, status: unfinished });
  let held: KnownTask | undefined;
  for (const task of listed) {
    if (task.cleaned) continue;
    const known = await knownTask(project, task);
    if (!known.isHeld) return known;
    held ??= known;
  }
  if (held !== undefined) return held;
  return `Nothing to resume: no task of pipeline '${pipeline}' in ${project.place} is unfinished.`;
}

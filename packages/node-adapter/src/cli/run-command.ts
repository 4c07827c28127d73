import type { RunOptions } from '@cairn/core';
import type { Given } from './command-spec.ts';
import { cacheOf, openProject, type Project } from './project.ts';
import { runTask, type RunTaskOptions } from './run-task.ts';

/** Runs a pipeline file; resolves to the exit code: 0 success, 130 and 143 cancelled by a signal. */
export async function runCommand(given: Given): Promise<number> {
  if (given.flag('watch')) return (await import('./watch-command.ts')).watchCommand(given);
  await using project = await openProject(given);
  const { pipeline, params } = await project.loadWithParams(given.positionals[0]);
  return await runTask(project.runner, pipeline, params, runTaskOptions(given, project));
}

/** What the command line and the configuration say of a run. */
export function runTaskOptions(
  given: Given,
  project: Project,
): RunTaskOptions & { readonly run: RunOptions } {
  const include = given.list('include');
  const correlationId = given.text('correlation-id');
  return {
    json: given.flag('json'),
    events: given.text('events'),
    run: {
      ...project.run,
      force: given.list('force'),
      ...(include.length === 0 ? {} : { include }),
      ...cacheOf(given),
      ...(given.flag('fail-fast') ? { failFast: true } : {}),
      ...(correlationId === undefined ? {} : { correlationId }),
    },
  };
}

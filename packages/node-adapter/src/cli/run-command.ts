import type { Given } from './command-spec.ts';
import { cacheOf, openProject } from './project.ts';
import { runTask } from './run-task.ts';

/** Runs a pipeline file; resolves to the exit code: 0 success, 130 and 143 cancelled by a signal. */
export async function runCommand(given: Given): Promise<number> {
  await using project = await openProject(given);
  const { pipeline, params } = await project.loadWithParams(given.positionals[0]);
  const include = given.list('include');
  const correlationId = given.text('correlation-id');
  return await runTask(project.runner, pipeline, params, {
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
  });
}

import type { Given } from './command-spec.ts';
import { jsonText } from './json-text.ts';
import { openProject } from './project.ts';

/** Forgets the checkpoints of a task, or those that a run kept for itself. What is not there is no error. */
export async function cleanupCommand(given: Given): Promise<number> {
  const correlationId = given.text('correlation-id');
  const runId = given.text('run-id');
  if ((correlationId === undefined) === (runId === undefined))
    throw given.wrong('say what to clean up: --correlation-id <id>, or --run-id <id>');
  await using project = await openProject(given);
  const { runner } = project;
  if (correlationId !== undefined) await runner.cleanupCorrelation(correlationId);
  if (runId !== undefined) await runner.cleanupRun(runId);
  const what = correlationId === undefined ? `run '${runId}'` : `task '${correlationId}'`;
  process.stdout.write(
    given.flag('json')
      ? `${jsonText({ correlationId, runId, cleaned: true })}\n`
      : `The checkpoints of ${what} are forgotten.\n`,
  );
  return 0;
}

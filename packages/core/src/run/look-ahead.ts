import { openJournal } from '../checkpoint/journal.ts';
import type { Plan } from '../pipeline/plan.ts';
import { taskJournalKey } from '../store/keys.ts';
import { identifyTask, readBinding } from '../task/binding.ts';
import type { TaskCatalog } from '../task/catalog.ts';
import { stageStates } from '../task/stage-states.ts';
import { checkTaskOptions } from '../task/task-options.ts';
import { anyOf, type TaskHost } from './bind-task.ts';
import { checkExecuteOptions, type PlanOptions } from './run-options.ts';
import { estimatesOf, planRun, type RunPlan, type StepEstimate } from './run-plan.ts';
import { openSession, type RunnerParts, type Session } from './session.ts';

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

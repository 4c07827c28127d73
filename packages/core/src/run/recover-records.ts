import { hasRecords, writeRecords } from '../records/record-file.ts';
import type { LastRunFound } from '../task/binding.ts';
import type { RunnerParts } from './session.ts';

/**
 * Records the last run of a task that is bound, when its process died before it could: while it ran, or between its
 * end and its records. A failure is logged and keeps nobody from going on.
 */
export function recordLastRun({ store, logger }: RunnerParts): LastRunFound {
  return async ({ plan, correlationId }, journal, run, stages) => {
    const { pipeline } = plan;
    const { runId, attempt } = run;
    try {
      if (await hasRecords(store, runId, { pipeline, correlationId, attempt })) return;
      const { recoverRecords } = await import('../records/recovered.ts');
      const processOf = new Map(plan.steps.map((step) => [step.name, step.process]));
      await writeRecords(
        store,
        recoverRecords({
          pipeline,
          correlationId,
          run,
          updatedAt: journal.updatedAt ?? run.begunAt,
          steps: Array.from(stages.steps(), ({ stage, history }) => ({
            stage,
            process: processOf.get(stage),
            history,
          })),
          checks: journal.lastChecks.filter((one) => one.runId === runId),
          processes: new Map(plan.processes.map(({ name, steps }) => [name, steps.length])),
        }),
      );
      logger.info({ pipeline, correlationId, runId }, 'a run was recorded that its process could not record');
    } catch (error) {
      logger.error({ err: error, pipeline, correlationId, runId }, 'the last run was not recorded');
    }
  };
}

import { CairnError } from './cairn-error.ts';
import { didYouMean } from './suggest.ts';

/** A task is bound already, by whoever asks. */
export function alreadyBound(task: string): CairnError {
  return new CairnError('already_bound', `The task ${task} is bound already`, { details: { task } });
}

/** A task that is not bound was asked to do something. */
export function notBound(task: string, what: string): CairnError {
  return new CairnError('not_bound', `The task ${task} is not bound, so it cannot ${what}`, {
    details: { task },
  });
}

/** A task that has ended was asked to stop. */
export function notCancelable(task: string, status: string): CairnError {
  return new CairnError(
    'not_cancelable',
    `The task ${task} cannot be cancelled: its status is '${status}', so there is nothing left to cancel`,
    { details: { task, status } },
  );
}

/** Options that no task can have. */
export function invalidTask(pipeline: string, why: string): CairnError {
  return new CairnError('invalid_task', `No task of pipeline '${pipeline}' can be bound: ${why}`, {
    details: { pipeline },
  });
}

/** Stages whose states contradict each other. */
export function invalidState(task: string, stage: string, why: string): CairnError {
  return new CairnError('invalid_state', `Stage '${stage}' of task ${task} ${why}`, {
    details: { task, stage },
  });
}

/** A move that a stage cannot make. */
export function invalidTransition(stage: string, status: string, event: string): CairnError {
  return new CairnError(
    'invalid_transition',
    `Stage '${stage}' is '${status}', which '${event}' cannot change`,
    {
      details: { stage, status, event },
    },
  );
}

/** Stages that were at work when their run was killed, under `strictRecovery`. */
export function unknownStageState(task: string, stages: readonly string[]): CairnError {
  const names = stages.map((stage) => `'${stage}'`).join(', ');
  return new CairnError(
    'unknown_stage_state',
    `A run of task ${task} was killed while ${names} ${stages.length === 1 ? 'was' : 'were'} at work, and strictRecovery refuses to begin again`,
    { details: { task, stages } },
  );
}

/** Nothing is stored of a task. */
export function unknownTask(
  correlationId: string,
  pipeline: string | undefined,
  known: readonly string[],
): CairnError {
  const what =
    pipeline === undefined
      ? `There is no task '${correlationId}'${didYouMean(correlationId, known)}`
      : `There is no task '${correlationId}' of pipeline '${pipeline}'${didYouMean(pipeline, known)}`;
  return new CairnError('unknown_task', what, { details: { correlationId, pipeline, known } });
}

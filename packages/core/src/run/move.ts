import type { PlannedStep } from '../pipeline/plan.ts';
import type { StageEventType } from '../task/transition.ts';
import { describeReason, type Reason } from './step-outcome.ts';
import { isoTime, type Session } from './session.ts';

/**
 * Moves a step's stage. The record need not survive a loss of power by itself: the next one that is synced carries it,
 * and without it the step is begun again.
 */
export async function move(
  { journal, runId, attempt, parts }: Session,
  step: string,
  event: StageEventType,
  message: string,
  code?: string,
  at: string = isoTime(parts.now()),
): Promise<void> {
  const told = parts.redact(message);
  await journal.append(
    { at, attempt, code, event, message: told, runId, step, type: 'stage' },
    { sync: false },
  );
}

/** The same where a failure to keep it must not hide what is being told. */
export async function tryToMove(
  session: Session,
  step: string,
  event: StageEventType,
  message: string,
  code?: string,
): Promise<void> {
  await move(session, step, event, message, code).catch((error: unknown) => {
    session.parts.logger.error({ err: error, step, event }, 'a change of a stage was not kept');
  });
}

/**
 * A step's code begins: whatever its stage was, it is running now.
 *
 * @param at When it did, ISO 8601. @default now
 */
export async function begin(
  session: Session,
  { name }: PlannedStep,
  reason: Reason,
  at?: string,
): Promise<void> {
  const message = describeReason(reason);
  const { status } = session.stages.step(name);
  if (status === 'complete') await move(session, name, 'reset', message);
  if (status === 'error' || status === 'canceled') await move(session, name, 'rerun', 'a new run');
  await move(session, name, 'start', message, undefined, at);
}

/** Steps that were at work when a run was killed: nothing of theirs was committed, so they can begin again. */
export async function recover(session: Session): Promise<void> {
  for (const { name } of session.plan.steps) {
    if (session.stages.step(name).status !== 'running') continue;
    const message = 'the run that it was at work in was killed';
    await move(session, name, 'recover', message);
    session.emit({
      type: 'warning',
      message: `Step '${name}' was at work when a run of its task was killed: what it did is not known, and it begins again unless its checkpoint stands`,
      details: { step: name },
    });
  }
}

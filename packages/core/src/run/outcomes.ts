import type { EndStatus } from '../events/event.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { tell, type Session } from './session.ts';
import { describeReason, type Reason, type StepOutcome } from './step-outcome.ts';

const unneeded = ({ outcome, reason }: StepOutcome): boolean =>
  outcome === 'skipped' && (reason.code === 'not_needed' || reason.code === 'not_included');

const isDone = (outcome: StepOutcome): boolean =>
  outcome.outcome === 'complete' || outcome.outcome === 'reused' || unneeded(outcome);

export const isFinal = (outcome: StepOutcome | undefined): boolean =>
  outcome !== undefined && !isDone(outcome);

/** The step before this one that keeps it from running, if there is one. */
export function blockerOf(session: Session, step: PlannedStep): string | undefined {
  return [...step.inputs, ...step.after].find((name) => isFinal(session.outcomes.get(name)));
}

/** Notes that a step had not its turn before the run was over. */
export function stop(session: Session, step: PlannedStep): void {
  if (session.isCanceled()) note(session, step, { outcome: 'canceled', reason: { code: 'run_ended' } });
  else skip(session, step, { code: 'run_ended' });
}

/** Notes that a step does not run, and tells so. */
export function skip(session: Session, step: PlannedStep, reason: Reason): void {
  note(session, step, { outcome: 'skipped', reason });
  tell(session, step, { type: 'step_skipped', reason: describeReason(reason) });
}

/** Takes note of a step's outcome. */
export function note(
  session: Session,
  step: PlannedStep,
  facts: Pick<StepOutcome, 'outcome' | 'reason'> & Partial<StepOutcome>,
): void {
  const { name, process, kind } = step;
  const attempts = session.outcomes.get(name)?.attempts ?? 0;
  session.outcomes.set(name, Object.freeze({ step: name, process, kind, durationMs: 0, attempts, ...facts }));
}

/** The status that a set of outcomes adds up to. */
export function endStatus(outcomes: Iterable<StepOutcome | undefined>): EndStatus {
  let status: EndStatus = 'success';
  for (const outcome of outcomes) {
    if (outcome?.outcome === 'failed') return 'failed';
    if (outcome?.outcome === 'canceled') status = 'canceled';
    else if ((outcome === undefined || !isDone(outcome)) && status === 'success') status = 'failed';
  }
  return status;
}

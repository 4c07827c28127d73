import { isCairnError, type CairnError } from '../errors/cairn-error.ts';
import { atStep, canceled, stepFailed } from '../errors/run-errors.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { retryDelay, type RetryPolicy } from '../pipeline/retry.ts';
import { inputsCommitted } from './behind.ts';
import { begin, move } from './move.ts';
import { decideToRun, type Decision } from './reuse.ts';
import { tell, type Session } from './session.ts';
import { throughCircuit } from './circuits.ts';

/** What a step's attempts in this run have come to so far. */
export interface Tries {
  failures: number;
}

/** A failure as it is told: by its step, or as a cancellation. */
export function toldError(session: Session, step: PlannedStep, error: unknown): CairnError {
  const { stop: signal } = session;
  const name = (error as Error | undefined)?.name;
  if (signal.aborted && (name === 'AbortError' || error === signal.reason)) {
    return canceled(`Step '${step.name}'`, signal.reason);
  }
  // Code of a step may have cancelled something of its own: this run was not.
  const cause = isCairnError(error, 'canceled') ? stepFailed(error) : error;
  return atStep(cause, session.plan.pipeline, step.name);
}

/** Says whether a step is tried again after so many failures in this run. An open circuit is there to be left alone. */
export function isRetried(
  session: Session,
  error: CairnError,
  policy: RetryPolicy,
  failures: number,
): boolean {
  if (session.stop.aborted || isCairnError(error, 'circuit_open')) return false;
  return failures < policy.maxAttempts && policy.retries(error);
}

/** Tells that a step is tried again, and waits until it is time. */
export async function waitForRetry(
  session: Session,
  step: PlannedStep,
  policy: RetryPolicy,
  failed: { readonly error: CairnError; readonly failures: number; readonly stepAttempt: number },
): Promise<void> {
  const { parts, signal } = session;
  const { failures, ...told } = failed;
  const delayMs = retryDelay(policy, failures, parts.random());
  tell(session, step, { type: 'step_retry', delayMs, ...told });
  await parts.sleep(delayMs, signal);
}

/**
 * Decides about a step, again after a failure as its policy says: whether a source or a target is what it was may be as
 * hard to find out as it is to read or to write. What fails here counts as an attempt, with its circuit too; what
 * succeeds does not.
 */
export async function decideAtLast(session: Session, step: PlannedStep, tries: Tries): Promise<Decision> {
  const policy = step.retry ?? session.retry;
  for (;;) {
    try {
      if (step.kind !== 'source' && step.kind !== 'sink') return await decideToRun(session, step);
      const judge = (error?: unknown) => (error === undefined || session.stop.aborted ? 'none' : 'failure');
      return await throughCircuit(session, step, judge, () => decideToRun(session, step));
    } catch (cause) {
      const error = toldError(session, step, cause);
      if (error.code !== 'canceled' && error.code !== 'circuit_open') tries.failures += 1;
      const { failures } = tries;
      if (!isRetried(session, error, policy, failures)) throw cause;
      await inputsCommitted(session, step);
      await begin(session, step, { code: 'unidentified' });
      await move(session, step.name, 'retry', error.message);
      await waitForRetry(session, step, policy, { error, failures, stepAttempt: failures });
    }
  }
}

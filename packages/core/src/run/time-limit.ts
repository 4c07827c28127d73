import { stepTimeout } from '../errors/run-errors.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { stopOf } from './abortable.ts';
import type { Session } from './session.ts';

/**
 * Does a part of an attempt that may take no longer than the step's `timeoutMs`. It gets a session of its own, which is
 * stopped when the time is over, and otherwise when the run is.
 *
 * @throws CairnError `step_timeout` when the work failed after its time was over, whatever it failed with
 */
export function within<Value>(
  session: Session,
  step: PlannedStep,
  work: (session: Session) => Promise<Value>,
): Promise<Value> {
  const { timeoutMs } = step;
  return timeoutMs === undefined ? work(session) : limited(session, step, timeoutMs, work);
}

async function limited<Value>(
  session: Session,
  step: PlannedStep,
  timeoutMs: number,
  work: (session: Session) => Promise<Value>,
): Promise<Value> {
  const { parts, plan } = session;
  const [limit, done] = [new AbortController(), new AbortController()];
  parts.sleep(timeoutMs, done.signal).then(
    () => limit.abort(stepTimeout(plan.pipeline, step.name, timeoutMs)),
    () => undefined,
  );
  const signal = AbortSignal.any([session.signal, limit.signal]);
  const ofLimit: Session = {
    ...session,
    stop: stopOf(signal),
    get signal() {
      return AbortSignal.any([signal]);
    },
  };
  try {
    return await work(ofLimit);
  } catch (error) {
    const { reason } = limit.signal;
    if (!signal.aborted || signal.reason !== reason) throw error;
    session.moveTable(step.name);
    throw reason;
  } finally {
    done.abort();
  }
}

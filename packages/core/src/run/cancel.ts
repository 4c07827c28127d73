import type { PlannedStep } from '../pipeline/plan.ts';
import { move } from './move.ts';
import { runHook } from './step-context.ts';
import type { Session } from './session.ts';

/**
 * Makes every stage canceled that is neither done nor failed.
 *
 * @returns The last one that had begun, whose `onCancel` is to be called.
 */
export async function cancelStages(session: Session, reason: unknown): Promise<PlannedStep | undefined> {
  const { plan, stages } = session;
  const message = typeof reason === 'string' ? `cancelled: ${reason}` : 'cancelled';
  let last: { readonly step: PlannedStep; readonly since: number } | undefined;
  for (const step of plan.steps) {
    const { status, attempts, since } = stages.step(step.name);
    if (status !== 'running' && status !== 'retry' && status !== 'created') continue;
    if (attempts > 0 && status !== 'created' && since >= (last?.since ?? 0)) last = { step, since };
    await move(session, step.name, 'cancel', message);
  }
  return last?.step;
}

/** Calls the hook of the last step that had begun. */
export async function onCancel(session: Session, step: PlannedStep, reason: unknown): Promise<void> {
  await runHook(session, step, 'onCancel', reason);
}

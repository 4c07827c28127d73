import { hashText } from '../checkpoint/sha256.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { Json } from '../pipeline/json.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import type { PreviousStage, StepContext } from '../pipeline/step.ts';
import { tryToMove } from './move.ts';
import { identify } from './reuse.ts';
import { tell, type Session } from './session.ts';

/**
 * What a step's code is given besides its inputs; a hook is also given why. What costs something is made when it is asked
 * for.
 *
 * @param signal What ends the work. @default the run's
 */
export function stepContext<More extends object = object>(
  session: Session,
  step: PlannedStep,
  signal: AbortSignal | undefined,
  setResult: (result: Json) => void,
  more?: More,
): StepContext & More {
  const { parts, plan, journal, correlationId, runId } = session;
  const { fingerprint } = session.identified.get(step.name) ?? identify(session, step);
  const task = { pipeline: plan.pipeline, task: correlationId ?? runId, successes: journal.successes };
  let own = signal;
  let previous: StepContext['previous'] | undefined;
  return Object.freeze({
    get signal() {
      return (own ??= session.signal);
    },
    params: step.params,
    get previous() {
      return (previous ??= previousStages(session, step));
    },
    logger: parts.logger,
    progress: (done: number, total?: number) => {
      tell(session, step, { type: 'progress', done, total });
    },
    setResult,
    attempt: session.attempt,
    runId,
    correlationId,
    get idempotencyKey() {
      return hashText(canonicalJson({ ...task, step: step.name, fingerprint }));
    },
    ...(more as More),
  });
}

/** How all steps stand that this one depends on, by whatever way. */
function previousStages({ steps, stages }: Session, step: PlannedStep): StepContext['previous'] {
  const previous: Record<string, PreviousStage> = {};
  const waiting = [...step.inputs, ...step.after];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (Object.hasOwn(previous, name)) continue;
    const state = stages.step(name);
    previous[name] = Object.freeze({ ...state, history: Object.freeze(state.history.slice()) });
    const before = steps.get(name);
    waiting.push(...(before?.inputs ?? []), ...(before?.after ?? []));
  }
  return Object.freeze(previous);
}

/** Calls a step's hook, if it has one. What it throws is told and kept, and hides nothing. */
export async function runHook(
  session: Session,
  step: PlannedStep,
  hook: 'rollback' | 'onCancel',
  error: unknown,
): Promise<void> {
  const run = step[hook];
  // Whoever lost the lease must not touch what its new holder works on.
  if (run === undefined || session.leaseSignal.aborted) return;
  try {
    await run(stepContext(session, step, session.leaseSignal, () => undefined, { error }));
  } catch (failure) {
    const said = failure instanceof Error ? failure.message : String(failure);
    const message = `${hook} failed: ${said}`;
    session.parts.logger.error({ err: failure, step: step.name }, message);
    session.emit({
      type: 'warning',
      message: `The ${hook} of step '${step.name}' failed: ${said}`,
      details: { step: step.name, error: failure },
    });
    await tryToMove(session, step.name, 'note', message);
  }
}

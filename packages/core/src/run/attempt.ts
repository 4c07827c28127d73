import type { CairnError } from '../errors/cairn-error.ts';
import { isCairnError } from '../errors/cairn-error.ts';
import type { RunError } from '../checkpoint/journal-record.ts';
import { canceled, runFailed, stepFailed } from '../errors/run-errors.ts';
import { unknownStageState } from '../errors/task-errors.ts';
import { announcer, type Observer } from '../events/observer.ts';
import type { EndStatus, EventBody } from '../events/event.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { pipelineFingerprint } from '../records/pipeline-fingerprint.ts';
import type { Binding } from '../task/binding.ts';
import { cancelStages, onCancel } from './cancel.ts';
import { cleanUp } from './clean-up.ts';
import { recover } from './move.ts';
import { endStatus } from './outcomes.ts';
import { pass, type PassEvents } from './pass.ts';
import { runResult, type RunResult } from './result.ts';
import type { CheckedExecuteOptions } from './run-options.ts';
import { isoTime, openSession, type RunnerParts, type Session } from './session.ts';
import { warmEngineIfSure } from './warm-engine.ts';

/**
 * Runs a bound task once: passes through the plan, and leaves the journal and the engine as the next run expects them,
 * however this one ends.
 */
export async function attempt(
  parts: RunnerParts,
  binding: Binding,
  options: CheckedExecuteOptions,
  observers: readonly Observer[],
): Promise<RunResult> {
  const begun = parts.now();
  const { stages, label, lease, plan } = binding;
  const interrupted = plan.steps.filter(({ name }) => stages.step(name).status === 'running');
  if (options.strictRecovery && interrupted.length > 0) {
    throw unknownStageState(
      label,
      interrupted.map(({ name }) => name),
    );
  }
  const stop = new AbortController();
  const signals = [lease?.signal, options.signal].filter((signal) => signal !== undefined);
  const announce = announcer(observers, parts.logger);
  const session = await openSession(parts, binding, {
    signal: AbortSignal.any([stop.signal, ...signals]),
    isCanceled: (reason) => options.signal?.aborted === true && reason === options.signal.reason,
    runId: options.runId ?? binding.firstRunId,
    attempt: options.attempt,
    lastAttempt: options.lastAttempt,
    include: options.include,
    force: options.force,
    cache: options.cache,
    isHeard: announce.isHeard,
    emit: announce.emit,
  });
  let ended: EndStatus | undefined;
  try {
    if (session.included !== undefined) {
      const { checkInputs } = await import('./include.ts');
      await checkInputs(session);
    }
    if (announce.isHeard('stage_updated'))
      stages.onUpdate = (update) => session.emit({ type: 'stage_updated', ...update });
    const unheard = parts.engine.onLost?.((error) => session.engineLost(error));
    const unloaded = parts.engine.onLoading?.((progress) =>
      session.emit({ type: 'engine_loading', ...progress }),
    );
    try {
      return await runTask(session, options, stop, begun, (status) => {
        ended = status;
      });
    } finally {
      unheard?.();
      unloaded?.();
    }
  } finally {
    stages.onUpdate = undefined;
    await announce.flush();
    if (ended !== undefined)
      await cleanUp(session, ended, options.lastAttempt && session.included === undefined);
  }
}

async function runTask(
  session: Session,
  options: CheckedExecuteOptions,
  stop: AbortController,
  begun: number,
  ended: (status: EndStatus) => void,
): Promise<RunResult> {
  const { journal, plan, runId, parts, emit } = session;
  const { now } = parts;
  const at = (): string => isoTime(now());
  const what = await pipelineFingerprint(plan);
  await journal.append(
    { type: 'run_begun', runId, attempt: session.attempt, pipelineFingerprint: what, at: at() },
    { sync: false },
  );
  emit(pipelineStart(session, what));
  void warmEngineIfSure(session);

  const errors: CairnError[] = [];
  const processes = processEvents(session);
  const events: PassEvents = {
    ...processes,
    failed(error) {
      errors.push(error);
      if (options.failFast) stop.abort(error);
    },
  };
  let status: EndStatus = 'failed';
  try {
    await parts.hooks?.runStart(session);
    await recover(session);
    let passes = 0;
    while (await pass(session, events)) {
      passes += 1;
      if (passes > plan.steps.length) throw new Error('a step changes each time');
    }
    status = endStatus(plan.steps.map((step) => session.outcomes.get(step.name)));
  } catch (error) {
    errors.push(isCairnError(error) ? error : stepFailed(error));
  }
  // Cancelled after its last step had been committed, a run has succeeded: there is nothing left to cancel.
  const { aborted, reason } = session.stop;
  if (status !== 'success') status = session.isCanceled() ? 'canceled' : 'failed';
  if (status === 'failed' && aborted && isCairnError(reason) && !errors.includes(reason))
    errors.unshift(reason);

  try {
    if (status === 'canceled') {
      const last = await cancelStages(session, reason);
      if (last !== undefined) await onCancel(session, last, reason);
    }
    // A part of a task that has succeeded is no task that has.
    const isPartial = status === 'success' && session.included !== undefined && !isComplete(session);
    const partial = isPartial || undefined;
    const error = status === 'success' ? undefined : runError(session, status, errors[0]);
    await journal.append({ type: 'run_ended', runId, status, partial, error, at: at() });
  } catch (error) {
    if (status === 'success') status = 'failed';
    errors.push(isCairnError(error) ? error : stepFailed(error));
  }
  ended(status);

  const durationMs = now() - begun;
  const result = runResult(session, status === 'success' ? 'success' : 'failed', durationMs);
  const error = failure(session, status, errors[0], result);
  const first = status === 'failed' ? errors[0] : error;
  await parts.hooks?.runEnd(session, { status, durationMs, error: first });
  emit({ type: 'pipeline_end', status, durationMs, error: first });
  if (error !== undefined) throw error;
  return result;
}

function isComplete({ plan, stages }: Session): boolean {
  return plan.steps.every(({ name }) => stages.step(name).status === 'complete');
}

/** What a run is about, so that observers know of all of it from the start: what is not included has no part in it. */
function pipelineStart({ plan, steps, isIncluded }: Session, fingerprint: string): EventBody {
  const kindOf = (name: string): string => (steps.get(name) as PlannedStep).kind;
  return {
    type: 'pipeline_start',
    pipelineFingerprint: fingerprint,
    steps: plan.steps.map(({ name }) => name).filter(isIncluded),
    processes: plan.processes.flatMap(({ name, steps }) => {
      const included = steps.filter(isIncluded).map((step) => ({ name: step, kind: kindOf(step) }));
      return included.length === 0 ? [] : [{ name, steps: included }];
    }),
  };
}

/** What a run that did not succeed rejects with. */
function failure(
  { plan: { pipeline }, outcomes, stop }: Session,
  status: EndStatus,
  first: CairnError | undefined,
  result: RunResult,
): CairnError | undefined {
  if (status === 'success') return undefined;
  if (status === 'canceled') return wasCanceled(pipeline, stop.reason, { result });
  const failed = [...outcomes.values()].filter(({ outcome }) => outcome === 'failed').map(({ step }) => step);
  return runFailed(pipeline, first as CairnError, { result, failed });
}

/** Why a run did not succeed, as its journal keeps it. */
function runError(
  { parts, plan, stop }: Session,
  status: EndStatus,
  first: CairnError | undefined,
): RunError | undefined {
  const error = status === 'canceled' ? wasCanceled(plan.pipeline, stop.reason) : first;
  return error && { code: error.code, message: parts.redact(error.message) };
}

const wasCanceled = (pipeline: string, reason: unknown, details?: Readonly<Record<string, unknown>>) =>
  canceled(`The run of pipeline '${pipeline}'`, reason, details);

/** Turns steps' comings and goings into the starts and ends of their processes. */
function processEvents(session: Session): Pick<PassEvents, 'entered' | 'left'> {
  const { plan, outcomes, emit, parts } = session;
  const open = new Map(
    plan.processes.map(({ name, steps: all }) => {
      const steps = all.filter((step) => session.isIncluded(step));
      return [name, { steps, left: new Set(steps), begun: -1 }];
    }),
  );
  return {
    entered({ process: name }) {
      const process = open.get(name);
      if (!process || process.begun >= 0) return;
      process.begun = parts.now();
      emit({ type: 'process_start', process: name });
    },
    left({ name: step, process: name }) {
      const process = open.get(name);
      if (!process?.left.delete(step) || process.left.size > 0) return;
      const status = endStatus(process.steps.map((one) => outcomes.get(one)));
      emit({ type: 'process_end', process: name, status, durationMs: parts.now() - process.begun });
    },
  };
}

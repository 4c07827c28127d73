import type { CairnError } from '../errors/cairn-error.ts';
import { isCairnError } from '../errors/cairn-error.ts';
import { canceled, correlationIdRequired, runFailed, stepFailed } from '../errors/run-errors.ts';
import { openJournal } from '../checkpoint/journal.ts';
import { sha256 } from '../checkpoint/sha256.ts';
import { announcer, type Observer } from '../events/observer.ts';
import type { EventBody, EndStatus } from '../events/event.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import { canonicalParams } from '../pipeline/params.ts';
import type { Plan } from '../pipeline/plan.ts';
import { runJournalKey, runPrefix, taskJournalKey, taskPrefix } from '../store/keys.ts';
import { endStatus, pass, type PassEvents } from './pass.ts';
import { runResult, type RunResult } from './result.ts';
import type { CheckedRunOptions } from './run-options.ts';
import { isoTime, runJournalOf, type RunnerParts, type Session } from './session.ts';
import { storedObjects } from './stored-objects.ts';

/** The stable id of what has none: the same pipeline with the same params is the same task. */
export async function defaultCorrelationId(plan: Plan): Promise<string> {
  const params = canonicalParams(plan.params);
  return `default-${(await sha256(canonicalJson({ pipeline: plan.pipeline, params }))).slice(0, 32)}`;
}

/**
 * Runs a task once: takes its lease, reads its journal, passes through the plan, and leaves the journal, the engine and
 * the lease as the next run expects them, however this one ends.
 */
export async function attempt(
  parts: RunnerParts,
  plan: Plan,
  options: CheckedRunOptions,
  observers: readonly Observer[],
): Promise<RunResult> {
  const { store, logger, now } = parts;
  const begun = now();
  const runId = options.runId ?? parts.uuid();
  const correlationId =
    options.correlationId === undefined ? await defaultCorrelationId(plan) : options.correlationId;
  const needy = plan.steps.find((step) => step.checkpoint === 'correlation');
  if (needy !== undefined && correlationId === null) throw correlationIdRequired(needy.name);
  const [prefix, journalKey] =
    correlationId === null
      ? [runPrefix(runId), runJournalKey(runId)]
      : [taskPrefix(correlationId, plan.pipeline), taskJournalKey(correlationId, plan.pipeline)];

  if (options.signal?.aborted === true)
    throw canceled(`The run of pipeline '${plan.pipeline}'`, options.signal.reason);
  const lease = await store.acquire(prefix, options.signal ? { signal: options.signal } : {});
  const stop = new AbortController();
  const signals = [stop.signal, lease.signal, ...(options.signal ? [options.signal] : [])];
  const signal = AbortSignal.any(signals);

  const announce = announcer(observers, logger);
  try {
    const journal = await openJournal(store, journalKey, lease);
    const attemptNumber = options.attempt ?? journal.nextAttempt;
    const emit = (body: EventBody): void => {
      announce.emit({
        ...body,
        pipeline: plan.pipeline,
        runId,
        correlationId,
        attempt: attemptNumber,
        at: now(),
      });
    };
    const losses: CairnError[] = [];
    const namespace = `run_${(await sha256(`${prefix} ${runId}`)).slice(0, 16)}`;
    const session: Session = {
      parts,
      plan,
      steps: new Map(plan.steps.map((step) => [step.name, step])),
      runId,
      correlationId,
      attempt: attemptNumber,
      // Each asker gets a signal of its own: Node warns of more than ten listeners on one.
      get signal() {
        return AbortSignal.any([signal]);
      },
      isCanceled: () => signal.aborted && signal.reason === options.signal?.reason,
      force: new Set(options.force),
      journal,
      runJournal: correlationId === null ? () => Promise.resolve(journal) : runJournalOf(store, runId),
      objects: storedObjects(store),
      states: new Map(),
      outcomes: new Map(),
      reasons: new Map(),
      damaged: new Set(),
      losses,
      begunAgain: new Set(),
      forgotten: new Set(),
      count: { selections: 0 },
      emit,
      tableRef: (step) => ({ namespace, name: step }),
    };
    const unheard = parts.engine.onLost?.((error) => {
      losses.push(error);
      const message = `The engine's tables are lost, and it is started anew when it is needed: ${error.message}`;
      emit({ type: 'warning', message, details: { error } });
    });
    const unloaded = parts.engine.onLoading?.((progress) => emit({ type: 'engine_loading', ...progress }));
    try {
      return await runTask(session, options, stop, begun);
    } finally {
      unheard?.();
      unloaded?.();
    }
  } finally {
    await announce.flush();
    await lease.release().catch((error: unknown) => {
      logger.error({ err: error, prefix }, 'lease not released');
    });
  }
}

async function runTask(
  session: Session,
  options: CheckedRunOptions,
  stop: AbortController,
  begun: number,
): Promise<RunResult> {
  const { journal, plan, runId, correlationId, parts, emit } = session;
  const { now } = parts;
  const at = (): string => isoTime(now());
  if (journal.isNew) {
    const params = canonicalParams(plan.params);
    await journal.append({
      type: 'task',
      formatVersion: 1,
      pipeline: plan.pipeline,
      correlationId,
      params,
      at: at(),
    });
  }
  await journal.append({ type: 'run_begun', runId, attempt: session.attempt, at: at() });
  emit({ type: 'pipeline_start', steps: plan.steps.map((step) => step.name) });

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
  const { aborted, reason } = session.signal;
  if (status !== 'success') status = session.isCanceled() ? 'canceled' : 'failed';
  if (status === 'failed' && aborted && isCairnError(reason) && !errors.includes(reason))
    errors.unshift(reason);

  try {
    await journal.append({ type: 'run_ended', runId, status, at: at() });
  } catch (error) {
    if (status === 'success') status = 'failed';
    errors.push(isCairnError(error) ? error : stepFailed(error));
  }
  await cleanUp(session, status, options.lastAttempt);

  const durationMs = now() - begun;
  const result = runResult(session, status === 'success' ? 'success' : 'failed', durationMs);
  const error = failure(session, status, errors[0], result);
  emit({ type: 'pipeline_end', status, durationMs, error: status === 'failed' ? errors[0] : error });
  if (error !== undefined) throw error;
  return result;
}

/** What a run that did not succeed rejects with. */
function failure(
  { plan: { pipeline }, outcomes, signal }: Session,
  status: EndStatus,
  first: CairnError | undefined,
  result: RunResult,
): CairnError | undefined {
  if (status === 'success') return undefined;
  if (status === 'canceled') return canceled(`The run of pipeline '${pipeline}'`, signal.reason, { result });
  const failed = [...outcomes.values()].filter(({ outcome }) => outcome === 'failed').map(({ step }) => step);
  return runFailed(pipeline, first as CairnError, { result, failed });
}

/** Ends what must not outlive the run: scope run always, scope correlation once the task has succeeded. */
async function cleanUp(session: Session, status: EndStatus, lastAttempt: boolean): Promise<void> {
  const { correlationId, journal, parts, runId, plan, emit } = session;
  const uses = (scope: string): boolean => plan.steps.some((step) => step.checkpoint === scope);
  const at = isoTime(parts.now());
  try {
    if (uses('run')) {
      if (correlationId === null) await journal.append({ type: 'forgotten', scope: 'run', at });
      else await parts.store.delete(runJournalKey(runId));
    }
    if (!uses('correlation') || !lastAttempt) return;
    if (status === 'success') {
      await journal.append({ type: 'forgotten', scope: 'correlation', at });
      session.forgotten.add('correlation');
    } else if (status === 'failed') {
      emit({
        type: 'warning',
        message: `The last attempt failed, so checkpoints of scope 'correlation' are kept until cleanupCorrelation('${String(correlationId)}')`,
        details: { correlationId, runId },
      });
    }
  } catch (error) {
    const told = isCairnError(error) ? error : stepFailed(error);
    parts.logger.error({ err: told, runId }, 'a clean-up failed');
    emit({ type: 'cleanup_failed', error: told });
  }
}

/** Turns steps' comings and goings into the starts and ends of their processes. */
function processEvents(session: Session): Pick<PassEvents, 'entered' | 'left'> {
  const { plan, outcomes, emit, parts } = session;
  const open = new Map(
    plan.processes.map(({ name, steps }) => [name, { steps, left: new Set(steps), begun: -1 }]),
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

import { isCairnError, type CairnError } from '../errors/cairn-error.ts';
import { engineLostAgain } from '../errors/engine-errors.ts';
import type { EndStatus } from '../events/event.ts';
import type { Manifest } from '../checkpoint/manifest.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { checkMade, checkReused } from './check-step.ts';
import { commit, complete, record, stateOf } from './commit.ts';
import { make } from './compute.ts';
import { lookUp } from './include.ts';
import type { CircuitVerdict } from './circuit.ts';
import { throughCircuit } from './circuits.ts';
import { closeConnector } from './resources.ts';
import { decideAtLast, isRetried, toldError, waitForRetry, type Tries } from './retrying.ts';
import type { Found } from './reuse.ts';
import { schedule } from './schedule.ts';
import { begin, move, tryToMove } from './move.ts';
import { runHook } from './step-context.ts';
import { tell, type Session, type StepState } from './session.ts';
import { describeReason, type Reason, type StepOutcome } from './step-outcome.ts';
import { ContentChanged, tables as engineTables, type Tables } from './tables.ts';
import { turns, type Turns } from './turns.ts';

/** What a pass tells its run. */
export interface PassEvents {
  /** A step's turn has come. */
  entered(step: PlannedStep): void;
  /** A step has its outcome. */
  left(step: PlannedStep): void;
  failed(error: CairnError): void;
}

/**
 * Goes through the plan once: every step is reused, run or skipped. A pass is what a resume does, so it can be
 * repeated: when a damaged checkpoint had to be computed again and came out differently, what was settled by the old
 * content is settled again. Resolves to true when that is needed.
 */
export async function pass(session: Session, events: PassEvents): Promise<boolean> {
  let again = false;
  session.states.clear();
  const turn = turns();
  // What a computation needs besides is part of its turn.
  const besides: Turns = () => Promise.resolve(() => undefined);
  const tables = engineTables(session, (step, all) => compute(session, all, step, events, besides));
  try {
    await schedule(session.plan.steps, session.parts.dispatcher(), session.signal, async (step) => {
      if (again || isFinal(session.outcomes.get(step.name))) return;
      if (!session.isIncluded(step.name)) {
        await lookUp(session, step);
        note(session, step, { outcome: 'skipped', reason: { code: 'not_included' } });
        return;
      }
      events.entered(step);
      try {
        again = (await settle(session, tables, step, events, turn)) || again;
      } finally {
        // A step whose table is not kept may still be asked for it.
        const isKept = step.checkpoint !== false && session.states.get(step.name)?.isEvicted !== true;
        if (!again && isKept) events.left(step);
      }
      await tables.settled(step).catch(() => undefined);
    });
  } finally {
    await tables.dropAll();
  }
  if (!again) for (const step of session.plan.steps) events.left(step);
  return again;
}

const unneeded = ({ outcome, reason }: StepOutcome): boolean =>
  outcome === 'skipped' && (reason.code === 'not_needed' || reason.code === 'not_included');

const isDone = (outcome: StepOutcome): boolean =>
  outcome.outcome === 'complete' || outcome.outcome === 'reused' || unneeded(outcome);

const isFinal = (outcome: StepOutcome | undefined): boolean => outcome !== undefined && !isDone(outcome);

/** The step before this one that keeps it from running, if there is one. */
function blockerOf(session: Session, step: PlannedStep): string | undefined {
  return [...step.inputs, ...step.after].find((name) => isFinal(session.outcomes.get(name)));
}

/** Brings one step to its outcome; resolves to true when a repeated pass must do it. */
async function settle(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  events: PassEvents,
  turn: Turns,
): Promise<boolean> {
  if (session.stop.aborted) {
    stop(session, step);
    return false;
  }
  const blocker = blockerOf(session, step);
  if (blocker !== undefined) {
    skip(session, step, { code: 'blocked', by: blocker });
    return false;
  }
  const tries: Tries = { failures: 0 };
  try {
    const decision = await decideAtLast(session, step, tries);
    session.reasons.set(step.name, decision.reason);
    const { fingerprint, components, found } = decision;
    if (found !== undefined) {
      const manifest = await checkReused(session, tables, step, found, turn);
      if (manifest !== undefined) await reuse(session, step, { ...found, manifest });
    } else if (step.checkpoint === false && step.kind !== 'sink' && step.kind !== 'effect') {
      session.states.set(step.name, { key: fingerprint, fingerprint, components, manifest: undefined });
      if (session.stages.step(step.name).status !== 'complete')
        await complete(session, step, fingerprint, 'not needed');
      note(session, step, { outcome: 'skipped', reason: { code: 'not_needed' }, fingerprint });
    } else {
      session.states.set(step.name, await compute(session, tables, step, events, turn, tries));
    }
  } catch (error) {
    if (tables.changed) return true;
    await fail(session, step, error, events, tries.failures);
  } finally {
    await closeConnector(session, step);
  }
  return false;
}

async function reuse(
  session: Session,
  step: PlannedStep,
  { manifest, from, isEvicted }: Found,
): Promise<void> {
  if (from === 'cache' || session.stages.step(step.name).status !== 'complete') {
    const { correlationId, plan } = session;
    const scope = step.checkpoint === false ? manifest.scope : step.checkpoint;
    const here = { ...manifest, pipeline: plan.pipeline, step: step.name, scope, correlationId };
    await record(session, step, here, `reused from ${from}`);
  }
  session.states.set(step.name, { ...stateOf(manifest), isEvicted });
  if (session.outcomes.get(step.name)?.outcome === 'complete') return;
  const { fingerprint } = manifest;
  const output = outputOf(manifest);
  const reason = session.reasons.get(step.name) ?? { code: 'reused', from };
  const { volatile } = manifest;
  note(session, step, { outcome: 'reused', reason, fingerprint, volatile, ...output });
  tell(session, step, { type: 'step_reused', from, fingerprint, ...output });
}

/** What a checkpoint says of a step's table; nothing for a sink and an effect. */
function outputOf({
  contentHash,
  rows,
  bytes,
}: Manifest): Partial<Pick<StepOutcome, 'contentHash' | 'rows' | 'bytes'>> {
  return contentHash === undefined ? {} : { contentHash, rows, bytes };
}

/**
 * Runs a step's code and commits what it made, telling observers of its start and its end. When the engine is lost
 * meanwhile the step is begun again, once in a run and alone: so memory holds what it needs and nothing else, and
 * a second loss is no other step's fault.
 */
async function compute(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  events: PassEvents,
  turn: Turns,
  tries: Tries = { failures: 0 },
): Promise<StepState> {
  const { now } = session.parts;
  const reason = session.reasons.get(step.name) ?? { code: 'first_run' };
  const policy = step.retry ?? session.retry;
  let attempts = (session.outcomes.get(step.name)?.attempts ?? 0) + tries.failures + 1;
  let begun: number | undefined;
  const once = async (judge: (error?: unknown) => CircuitVerdict): Promise<StepState> => {
    // Inputs come first, so that neither a step's own time nor its circuit has to do with how they are loaded or made.
    for (const input of step.inputs) {
      const read = step.kind === 'sql' || step.kind === 'fanIn';
      if (read || session.states.get(input)?.manifest === undefined) await tables.use(input);
    }
    const { info, ...made } = await throughCircuit(session, step, judge, async () => {
      if (begun === undefined) {
        begun = now();
        start(session, step, reason);
      }
      if (session.stages.step(step.name).status !== 'running') await begin(session, step, reason);
      const { hooks } = session.parts;
      const output = await (hooks === undefined
        ? make(session, tables, step)
        : hooks.execute(session, step, () => make(session, tables, step)));
      if (tables.changed) throw new ContentChanged();
      return output;
    });
    const checks = await checkMade(session, tables, step, info);
    const judged = session.parts.hooks?.beforeCommit(session, step, info);
    if (judged !== undefined) await judged;
    const state = await commit(session, step, { info, checks, ...made });
    const durationMs = now() - (begun ?? now());
    const { fingerprint, manifest } = state;
    const output = manifest === undefined ? { rows: info?.rows } : outputOf(manifest);
    const volatile = manifest?.volatile ?? state.volatile ?? false;
    const facts = { reason, attempts, durationMs, fingerprint, volatile, ...output };
    note(session, step, { outcome: 'complete', ...facts });
    tell(session, step, { type: 'step_end', status: 'success', durationMs, ...output });
    return state;
  };

  let end = await turn(false);
  try {
    for (;;) {
      const losses = session.losses.length;
      try {
        session.stop.throwIfAborted();
        return await once((error) => verdict(session, tables, step, losses, error));
      } catch (error) {
        if (tables.changed) throw error;
        const lost = wasLost(session, step, losses, error);
        if (lost && session.begunAgain.has(step.name))
          throw engineLostAgain(session.losses.at(-1) as CairnError);
        const told = toldError(session, step, error);
        if (!lost) {
          if (begun === undefined || blockerOf(session, step) !== undefined) throw error;
          tries.failures += 1;
          if (!isRetried(session, told, policy, tries.failures)) throw error;
        }
        await runHook(session, step, 'rollback', told);
        if (session.stages.step(step.name).status === 'running')
          await move(session, step.name, 'retry', told.message);
        end();
        if (lost) {
          session.begunAgain.add(step.name);
        } else {
          const { failures } = tries;
          await waitForRetry(session, step, policy, { error: told, failures, stepAttempt: attempts });
        }
        if (begun !== undefined) attempts += 1;
        end = await turn(lost);
      }
    }
  } catch (error) {
    // A step's code may have caught it and thrown something else.
    if (tables.changed) throw new ContentChanged();
    const blocker = blockerOf(session, step);
    if (blocker !== undefined) {
      skip(session, step, { code: 'blocked', by: blocker });
      // It had begun to read what then failed: a run that was not killed leaves nothing at work.
      if (session.stages.step(step.name).status === 'running')
        await tryToMove(session, step.name, 'fail', `blocked by '${blocker}'`);
      throw error;
    }
    if (begun === undefined) {
      start(session, step, reason);
      await begin(session, step, reason).catch(() => undefined);
    }
    // Its code was not called.
    if (isCairnError(error, 'circuit_open')) attempts -= 1;
    const durationMs = begun === undefined ? 0 : now() - begun;
    throw await report(session, step, error, { reason, attempts, durationMs }, events);
  } finally {
    end();
    await closeConnector(session, step);
  }
}

/** What an attempt says about whom the step's circuit guards: nothing, when it ended for another's reason. */
function verdict(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  losses: number,
  error?: unknown,
): CircuitVerdict {
  if (error === undefined) return 'success';
  const another =
    tables.changed ||
    session.stop.aborted ||
    isCairnError(error, 'lease_lost') ||
    blockerOf(session, step) !== undefined ||
    wasLost(session, step, losses, error);
  return another ? 'none' : 'failure';
}

/** Says whether a step failed for the loss of the engine. What acts outside is not begun again for a coincidence. */
function wasLost(session: Session, step: PlannedStep, before: number, error: unknown): boolean {
  if (session.losses.length === before || session.stop.aborted) return false;
  // The engine may have been ended because it would not stop.
  if (isCairnError(error, 'step_timeout')) return false;
  if (blockerOf(session, step) !== undefined) return false;
  if (step.kind !== 'sink' && step.kind !== 'effect') return true;
  for (let at = error; at instanceof Error; at = at.cause) {
    if (isCairnError(at, 'engine_failed') || isCairnError(at, 'sql_failed')) return true;
  }
  return false;
}

function start(session: Session, step: PlannedStep, reason: Reason): void {
  tell(session, step, { type: 'step_start', kind: step.kind, reason: describeReason(reason) });
}

/** Notes that a step failed before its code ran: what it depends on could not be found out, or its stored table is not fit. */
async function fail(
  session: Session,
  step: PlannedStep,
  error: unknown,
  events: PassEvents,
  attempts: number,
): Promise<void> {
  if (isFinal(session.outcomes.get(step.name))) return;
  const reason: Reason = { code: isCairnError(error, 'check_failed') ? 'checks_changed' : 'unidentified' };
  start(session, step, reason);
  await begin(session, step, reason).catch(() => undefined);
  await report(session, step, error, { reason, attempts, durationMs: 0 }, events);
}

/** Tells of a failed or cancelled step, error first, then end, and keeps the failure in the journal. */
async function report(
  session: Session,
  step: PlannedStep,
  cause: unknown,
  facts: Pick<StepOutcome, 'reason' | 'attempts' | 'durationMs'>,
  events: PassEvents,
): Promise<CairnError> {
  const error = toldError(session, step, cause);
  const { durationMs } = facts;
  const outcome = error.code === 'canceled' ? 'canceled' : 'failed';
  note(session, step, { outcome, ...facts, error });
  if (outcome === 'failed') {
    tell(session, step, { type: 'step_error', error });
    events.failed(error);
    const heard = session.parts.hooks?.stepError(session, step, error);
    if (heard !== undefined) await heard;
    // A circuit that is open has kept the step's code from doing anything.
    if (error.code !== 'circuit_open') await runHook(session, step, 'rollback', error);
  }
  const { status } = session.stages.step(step.name);
  if (status === 'running' || status === 'retry') {
    if (outcome === 'failed') await tryToMove(session, step.name, 'fail', error.message, error.code);
    // A cancelled run does it for all steps at once.
    else if (!session.isCanceled()) await tryToMove(session, step.name, 'cancel', error.message);
  }
  tell(session, step, { type: 'step_end', status: outcome, durationMs, error });
  return error;
}

function stop(session: Session, step: PlannedStep): void {
  if (session.isCanceled()) note(session, step, { outcome: 'canceled', reason: { code: 'run_ended' } });
  else skip(session, step, { code: 'run_ended' });
}

function skip(session: Session, step: PlannedStep, reason: Reason): void {
  note(session, step, { outcome: 'skipped', reason });
  tell(session, step, { type: 'step_skipped', reason: describeReason(reason) });
}

function note(
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

import { isCairnError, type CairnError } from '../errors/cairn-error.ts';
import type { Manifest } from '../checkpoint/manifest.ts';
import type { OnIdle } from '../checkpoint/parts.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { commitsBehind, fewPending, goesAhead, inputsCommitted, isAhead } from './behind.ts';
import { checkMade } from './check-step.ts';
import type { CircuitVerdict } from './circuit.ts';
import { throughCircuit } from './circuits.ts';
import { commit } from './commit.ts';
import { make } from './compute.ts';
import { endHeadStart } from './head-starts.ts';
import { begin, move, tryToMove } from './move.ts';
import { blockerOf, note, skip } from './outcomes.ts';
import { closeConnector } from './resources.ts';
import { isRetried, toldError, waitForRetry, type Tries } from './retrying.ts';
import { isoTime, tell, type Session, type StepState } from './session.ts';
import { runHook } from './step-context.ts';
import { describeReason, type Reason, type StepOutcome } from './step-outcome.ts';
import { ContentChanged, type Tables } from './tables.ts';
import { besides, type Turns } from './turns.ts';
import { warmEngine } from './warm-engine.ts';

/** Who is told of steps that fail. */
interface Failures {
  failed(error: CairnError): void;
}

/** How a step comes to be computed. */
interface Computation {
  readonly turn: Turns;
  /** What was tried before. */
  readonly tries?: Tries;
  /** Called when the engine has time for something else while its table leaves. Left out when it is computed again. */
  readonly onIdle?: (...given: Parameters<OnIdle>) => Promise<void>;
}

/**
 * Runs a step's code and commits what it made; resolves as soon as it is known what that holds, while the commit comes
 * behind.
 */
export function compute(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  events: Failures,
  computation: Computation,
): Promise<StepState> {
  warmEngine(session, step);
  return new Promise((resolve, reject) => {
    const whole = attempts(session, tables, step, events, computation, (state) => {
      session.states.set(step.name, state);
      commitsBehind(session, step, whole);
      resolve(state);
    });
    whole.then(resolve, reject);
  });
}

/**
 * Tries to run a step's code and to commit what it made, telling observers of its start and its end. When the engine is
 * lost meanwhile the step is begun again, once in a run and alone: so memory holds what it needs and nothing else, and
 * a second loss is no other step's fault.
 *
 * @param known Is told what the step made as soon as that is known. It may be made again when it cannot be stored.
 */
async function attempts(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  events: Failures,
  { turn, tries = { failures: 0 }, onIdle }: Computation,
  known: (state: StepState) => void,
): Promise<StepState> {
  const { now } = session.parts;
  const reason = session.reasons.get(step.name) ?? { code: 'first_run' };
  const policy = step.retry ?? session.retry;
  let attempts = (session.outcomes.get(step.name)?.attempts ?? 0) + tries.failures + 1;
  let begun: number | undefined;
  /** Undefined until it was told. */
  let told: StepState | undefined;
  // Its inputs may be gone, and its table.
  let isLetGo = false;
  let isWritten = false;
  // True while its inputs are not committed, and so the journal does not know that it has begun.
  let isUnknown = false;
  let since: string | undefined;
  const before = session.commits.get(step.name);
  const enter = async (): Promise<void> => {
    await before;
    await inputsCommitted(session, step);
    if (session.stages.step(step.name).status !== 'running') await begin(session, step, reason, since);
    isUnknown = false;
  };
  const nothing = (): void => undefined;
  let end = nothing;
  const once = async (judge: (error?: unknown) => CircuitVerdict): Promise<StepState> => {
    isWritten = false;
    // A step that others have gone on with, or that is part of another one's turn, may be what commits wait for.
    await tables.makeRoom(turn !== besides && told === undefined);
    // Inputs come first, so that neither a step's own time nor its circuit has to do with how they are loaded or made.
    await tables.dropped(step.name);
    for (const input of step.inputs) {
      const read = step.kind === 'sql' || step.kind === 'fanIn';
      if (read || session.states.get(input)?.manifest === undefined) await tables.use(input);
    }
    const { info, ...made } = await throughCircuit(session, step, judge, async () => {
      if (begun === undefined) {
        begun = now();
        start(session, step, reason);
      }
      since = isoTime(now());
      isUnknown = goesAhead(step) && isAhead(session, step);
      if (!isUnknown) await enter();
      const { hooks } = session.parts;
      const output = await (hooks === undefined
        ? make(session, tables, step)
        : hooks.execute(session, step, () => make(session, tables, step)));
      if (tables.changed) throw new ContentChanged();
      return output;
    });
    const checks = await checkMade(session, tables, step, info, enter);
    const judged = session.parts.hooks?.beforeCommit(session, step, info);
    if (judged !== undefined) await judged;
    // What it has read is not kept: nor is it.
    if (isUnknown && blockerOf(session, step) !== undefined) await enter();
    const { state, finish } = await commit(session, step, { info, checks, ...made }, (...idle) => {
      if (onIdle === undefined || told !== undefined) return;
      isLetGo = true;
      void onIdle(...idle).catch(nothing);
    });
    isWritten = true;
    end();
    end = nothing;
    if (info !== undefined && told === undefined) {
      await fewPending(session);
      known((told = state));
    }
    const committed = await finish(enter);
    session.states.set(step.name, committed);
    const durationMs = now() - (begun ?? now());
    const { fingerprint, manifest } = committed;
    const output = manifest === undefined ? { rows: info?.rows } : outputOf(manifest);
    const volatile = manifest?.volatile ?? committed.volatile ?? false;
    const checkpoint = session.auto?.choices.get(step.name);
    const facts = { reason, attempts, durationMs, fingerprint, volatile, checkpoint, ...output };
    note(session, step, { outcome: 'complete', ...facts });
    tell(session, step, { type: 'step_end', status: 'success', durationMs, ...output });
    if (told !== undefined && told.key !== committed.key) {
      // Others have gone on with what could not be stored.
      tables.contentChanged();
      throw new ContentChanged();
    }
    return committed;
  };

  const claim = tables.claim(step);
  end = await turn(false, claim);
  try {
    for (;;) {
      const losses = session.headStarts.get(step.name)?.losses ?? session.losses.length;
      try {
        session.stop.throwIfAborted();
        return await once((error) => verdict(session, tables, step, losses, error));
      } catch (error) {
        if (tables.changed) throw error;
        if (isUnknown)
          await enter().catch((failure: unknown) => {
            if (!session.stop.aborted) throw failure;
          });
        const lost = !isWritten && wasLost(session, step, losses, error);
        if (lost && session.begunAgain.has(step.name)) {
          const { lostAgain } = await import('./lost-again.ts');
          throw lostAgain(session, step);
        }
        const failure = toldError(session, step, error);
        if (!lost) {
          if (begun === undefined || blockerOf(session, step) !== undefined) throw error;
          tries.failures += 1;
          if (!isRetried(session, failure, policy, tries.failures)) throw error;
        }
        await runHook(session, step, 'rollback', failure);
        if (session.stages.step(step.name).status === 'running')
          await move(session, step.name, 'retry', failure.message);
        end();
        end = nothing;
        // What they have read is made again.
        if (told === undefined)
          for (const name of tables.consumersOf(step.name)) await endHeadStart(session, name);
        if (lost) {
          session.begunAgain.add(step.name);
        } else {
          const { failures } = tries;
          await waitForRetry(session, step, policy, { error: failure, failures, stepAttempt: attempts });
        }
        if (begun !== undefined) attempts += 1;
        // Whoever was told of it may wait for its commit in a turn of his own.
        const over = told === undefined ? await turn(lost, claim) : claim(true);
        const done = isLetGo || told !== undefined ? tables.outOfTurn(step) : undefined;
        end = () => {
          over?.();
          void done?.()
            .then(() => tables.settled(step))
            .catch(nothing);
        };
      }
    }
  } catch (error) {
    // A step's code may have caught it and thrown something else.
    if (tables.changed) throw new ContentChanged();
    session.states.delete(step.name);
    const blocker = session.isCanceled() ? undefined : blockerOf(session, step);
    if (blocker !== undefined) {
      skip(session, step, { code: 'blocked', by: blocker });
      // It had begun to read what then failed: a run that was not killed leaves nothing at work.
      if (session.stages.step(step.name).status === 'running')
        await tryToMove(session, step.name, 'fail', `blocked by '${blocker}'`);
      throw error;
    }
    if (begun === undefined) {
      start(session, step, reason);
      await enter().catch(() => undefined);
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

export function start(session: Session, step: PlannedStep, reason: Reason): void {
  tell(session, step, { type: 'step_start', kind: step.kind, reason: describeReason(reason) });
}

/** Tells of a failed or cancelled step, error first, then end, and keeps the failure in the journal. */
export async function report(
  session: Session,
  step: PlannedStep,
  cause: unknown,
  facts: Pick<StepOutcome, 'reason' | 'attempts' | 'durationMs'>,
  events: Failures,
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

/** What a checkpoint says of a step's table; nothing for a sink and an effect. */
export function outputOf({
  contentHash,
  rows,
  bytes,
}: Manifest): Partial<Pick<StepOutcome, 'contentHash' | 'rows' | 'bytes'>> {
  return contentHash === undefined ? {} : { contentHash, rows, bytes };
}

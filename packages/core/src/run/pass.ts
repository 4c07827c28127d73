import { isCairnError, type CairnError } from '../errors/cairn-error.ts';
import type { OnIdle } from '../checkpoint/parts.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { compute, outputOf, report, start } from './attempts.ts';
import { allSettled, commitsBehind, goesAhead, inputsCommitted, isAhead } from './behind.ts';
import { checkReused } from './check-step.ts';
import { complete, record, stateOf } from './commit.ts';
import { endHeadStart } from './head-starts.ts';
import { begin } from './move.ts';
import { blockerOf, isFinal, note, skip, stop } from './outcomes.ts';
import { closeConnector } from './resources.ts';
import { decideAtLast, type Tries } from './retrying.ts';
import type { Found } from './reuse.ts';
import { schedule } from './schedule.ts';
import { tell, type Session } from './session.ts';
import type { Reason } from './step-outcome.ts';
import { tables as engineTables, type Tables } from './tables.ts';
import { besides, turns, type Turns } from './turns.ts';

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
  session.commits.clear();
  const turn = turns();
  const tables = engineTables(session, (step, all) => compute(session, all, step, events, { turn: besides }));
  const waiting = {
    commitOf: ({ name }: PlannedStep) => session.commits.get(name),
    goesAhead: (step: PlannedStep, { name }: PlannedStep) => goesAhead(step) && !step.after.includes(name),
  };
  const isAgain = (): boolean => again || tables.changed;
  const runStep = async (step: PlannedStep): Promise<void> => {
    if (isAgain() || isFinal(session.outcomes.get(step.name))) return;
    if (!session.isIncluded(step.name)) {
      const { lookUp } = await import('./include.ts');
      await lookUp(session, step);
      note(session, step, { outcome: 'skipped', reason: { code: 'not_included' } });
      return;
    }
    events.entered(step);
    const left = (): void => {
      // A step whose table is not kept may still be asked for it.
      const mayRun =
        session.outcomes.get(step.name)?.reason.code === 'not_needed' ||
        session.states.get(step.name)?.isEvicted === true;
      if (!isAgain() && !mayRun) events.left(step);
    };
    try {
      again = (await settle(session, tables, step, events, turn)) || again;
    } finally {
      const commit = session.commits.get(step.name);
      if (commit === undefined) left();
      else void commit.then(left, left);
    }
    await tables.settled(step).catch(() => undefined);
  };
  try {
    await schedule(session.plan.steps, session.parts.dispatcher(), session.signal, runStep, waiting);
  } finally {
    await allSettled(session);
    for (const name of session.headStarts.keys()) await endHeadStart(session, name);
    await tables.dropAll();
  }
  if (isAgain()) return true;
  for (const step of session.plan.steps) events.left(step);
  return false;
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
    let finish: () => Promise<void>;
    if (found !== undefined) await endHeadStart(session, step.name);
    if (found !== undefined) {
      const manifest = await checkReused(session, tables, step, found, turn);
      if (manifest === undefined) return false;
      session.states.set(step.name, { ...stateOf(manifest, step), isEvicted: found.isEvicted });
      finish = () => reuse(session, step, { ...found, manifest });
    } else if (
      step.checkpoint === false
        ? step.kind !== 'sink' && step.kind !== 'effect'
        : await session.auto?.waits(step, decision)
    ) {
      session.states.set(step.name, { key: fingerprint, fingerprint, components, manifest: undefined });
      finish = () => passOver(session, step, fingerprint);
    } else {
      // While its parts wait for the store, and while its last one is hashed.
      const onIdle = async (...[hashes, isOver]: Parameters<OnIdle>): Promise<void> => {
        await (isOver ? tables.settled(step) : tables.readsNoMore(step));
        const { giveHeadStart } = await import('./head-start.ts');
        giveHeadStart(session, tables, step, hashes);
      };
      await compute(session, tables, step, events, { turn, tries, onIdle });
      return false;
    }
    if (isAhead(session, step)) {
      const settled = inputsCommitted(session, step).then(finish);
      const orNot = settled.catch(async (error: unknown) => {
        await giveUp(session, tables, step, error, events, tries);
        throw error;
      });
      commitsBehind(session, step, orNot);
    } else await finish();
  } catch (error) {
    await giveUp(session, tables, step, error, events, tries);
    return tables.changed;
  } finally {
    await closeConnector(session, step);
  }
  return false;
}

/** Settles a step that keeps no checkpoint and that nothing has needed so far. */
async function passOver(session: Session, step: PlannedStep, fingerprint: string): Promise<void> {
  if (session.stages.step(step.name).status !== 'complete')
    await complete(session, step, fingerprint, 'not needed');
  note(session, step, { outcome: 'skipped', reason: { code: 'not_needed' }, fingerprint });
}

async function reuse(session: Session, step: PlannedStep, { manifest, from }: Found): Promise<void> {
  if (from === 'cache' || session.stages.step(step.name).status !== 'complete') {
    const { correlationId, plan } = session;
    const scope = step.checkpoint === false ? manifest.scope : step.checkpoint;
    const here = { ...manifest, pipeline: plan.pipeline, step: step.name, scope, correlationId };
    await record(session, step, here, `reused from ${from}`);
  }
  if (session.outcomes.get(step.name)?.outcome === 'complete') return;
  const { fingerprint } = manifest;
  const output = outputOf(manifest);
  const reason = session.reasons.get(step.name) ?? { code: 'reused', from };
  const { volatile } = manifest;
  note(session, step, { outcome: 'reused', reason, fingerprint, volatile, ...output });
  tell(session, step, { type: 'step_reused', from, fingerprint, ...output });
}

/**
 * Notes that a step failed before its code ran: what it depends on could not be found out or committed, or its stored
 * table is not fit.
 */
async function giveUp(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  error: unknown,
  events: PassEvents,
  { failures: attempts }: Tries,
): Promise<void> {
  await inputsCommitted(session, step).catch(() => undefined);
  if (tables.changed || isFinal(session.outcomes.get(step.name))) return;
  session.states.delete(step.name);
  const blocker = blockerOf(session, step);
  if (blocker !== undefined) {
    if (session.isCanceled()) stop(session, step);
    else skip(session, step, { code: 'blocked', by: blocker });
    return;
  }
  const reason: Reason = { code: isCairnError(error, 'check_failed') ? 'checks_changed' : 'unidentified' };
  start(session, step, reason);
  await begin(session, step, reason).catch(() => undefined);
  await report(session, step, error, { reason, attempts, durationMs: 0 }, events);
}

import { inputNotAvailable } from '../errors/run-errors.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { isUnstored, stateOf } from './commit.ts';
import { closeConnector } from './resources.ts';
import { decide } from './reuse.ts';
import type { Session } from './session.ts';
import { silentSession } from './silent-session.ts';

/** Why a step's table cannot be had without running it. */
interface Missing {
  readonly why: string;
  readonly cause?: unknown;
}

/** An input that a step has not got, should its table be asked for: it is evicted, so that it has to run for that. */
interface Lack {
  readonly step: string;
  readonly input: string;
}

/**
 * Makes sure that what the included steps read is there, before anything runs. Fingerprints are computed from the
 * sources on, for all: what is not included counts by its checkpoint, and only while that holds.
 *
 * @throws CairnError `input_not_available`
 */
export async function checkInputs(session: Session): Promise<void> {
  if (session.included === undefined) return;
  const { plan } = session;
  // Nothing has happened yet, so nothing is told, and what is found out now is found out again.
  const silent = silentSession(session, { commits: new Map(), outcomes: new Map(), damaged: new Set() });
  const missing = new Map<string, Missing>();
  const lacking = new Map<string, Lack>();
  for (const step of plan.steps) {
    try {
      if (session.isIncluded(step.name)) await lookAtIncluded(silent, step, missing, lacking);
      else if (step.kind !== 'sink' && step.kind !== 'effect') await lookAtOther(silent, step, missing);
    } finally {
      await closeConnector(silent, step);
    }
  }
}

/** Finds out what an included step comes to when it need not run; it must find its inputs when it must. */
async function lookAtIncluded(
  session: Session,
  step: PlannedStep,
  missing: ReadonlyMap<string, Missing>,
  lacking: Map<string, Lack>,
): Promise<void> {
  const others = step.inputs.filter((input) => !session.isIncluded(input));
  const refuse = (name: string, { why, cause }: Missing, reader = step.name): never => {
    throw inputNotAvailable(session.plan.pipeline, reader, name, why, cause);
  };
  for (const name of others) {
    const gap = missing.get(name);
    // What keeps no checkpoint has a fingerprint all the same, which may be all that is needed.
    if (gap !== undefined && !session.states.has(name)) refuse(name, gap);
  }
  if (step.inputs.every((input) => session.states.has(input))) {
    // An included source that cannot be read fails when its turn comes.
    const { found, ...identified } = await decide(session, step).catch(() => ({ found: undefined }));
    if (found !== undefined) {
      session.states.set(step.name, stateOf(found.manifest, step));
      if (!found.isEvicted) return;
      const own = others.find((name) => missing.has(name));
      const lack =
        own === undefined
          ? step.inputs.map((input) => lacking.get(input)).find((one) => one !== undefined)
          : { step: step.name, input: own };
      if (lack !== undefined) lacking.set(step.name, lack);
      return;
    }
    if (isUnstored(step) && 'fingerprint' in identified)
      session.states.set(step.name, { ...identified, key: identified.fingerprint, manifest: undefined });
  }
  for (const name of others) {
    const gap = missing.get(name);
    if (gap !== undefined) refuse(name, gap);
  }
  for (const name of step.inputs) {
    const lack = lacking.get(name);
    const gap = lack && missing.get(lack.input);
    if (gap === undefined) continue;
    // A step whose table is not kept runs only when it is needed.
    if (!isUnstored(step)) refuse(lack?.input ?? name, gap, lack?.step);
    lacking.set(step.name, lack as Lack);
  }
}

async function lookAtOther(
  session: Session,
  step: PlannedStep,
  missing: Map<string, Missing>,
): Promise<void> {
  const unsettled = step.inputs.find((input) => !session.states.has(input));
  if (unsettled !== undefined) {
    const before = missing.get(unsettled);
    const why =
      before === undefined
        ? `may change, since '${unsettled}' runs`
        : `depends on '${unsettled}', which ${before.why}`;
    missing.set(step.name, { why, cause: before?.cause });
    return;
  }
  try {
    const { found, fingerprint, components } = await decide(session, step);
    if (found !== undefined) {
      session.states.set(step.name, { ...stateOf(found.manifest, step), isEvicted: found.isEvicted });
      if (found.isEvicted) missing.set(step.name, { why: 'its table was evicted' });
    } else if (isUnstored(step)) {
      session.states.set(step.name, { key: fingerprint, fingerprint, components, manifest: undefined });
      missing.set(step.name, { why: 'keeps no checkpoint' });
    } else {
      missing.set(step.name, { why: 'has no checkpoint that holds' });
    }
  } catch (error) {
    missing.set(step.name, { why: 'depends on what cannot be found out', cause: error });
  }
}

/** Takes note of what a step has to offer that is not included: its checkpoint, if that holds. */
export async function lookUp(session: Session, step: PlannedStep): Promise<void> {
  if (step.kind === 'sink' || step.kind === 'effect') return;
  if (step.inputs.some((input) => !session.states.has(input))) return;
  const decision = await decide(session, step).catch(() => undefined);
  await closeConnector(session, step);
  if (decision === undefined) return;
  const { found, fingerprint, components } = decision;
  if (found !== undefined)
    session.states.set(step.name, { ...stateOf(found.manifest, step), isEvicted: found.isEvicted });
  else if (isUnstored(step))
    session.states.set(step.name, { key: fingerprint, fingerprint, components, manifest: undefined });
}

import type { RememberedCheck } from '../checkpoint/check-result.ts';
import type { Manifest } from '../checkpoint/manifest.ts';
import type { TableInfo } from '../engine/engine.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import type { Found } from './reuse.ts';
import type { Session } from './session.ts';
import { ContentChanged, type Tables } from './tables.ts';
import type { Turns } from './turns.ts';

// What evaluates checks is loaded when a step has some.

/** A checkpoint as it is to be kept once its table has passed the step's checks; undefined when it was made anew. */
export async function checkReused(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  found: Found,
  turn: Turns,
): Promise<Manifest | undefined> {
  if (step.checks.length === 0 || found.manifest.contentHash === undefined) return found.manifest;
  const { checkStored } = await import('./stored-checks.ts');
  return checkStored(session, tables, step, found, turn);
}

/** Judges a table that was just made; nothing is committed before. `mayTell` resolves once the journal may tell of the step. */
export async function checkMade(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  info: TableInfo | undefined,
  mayTell: () => Promise<void>,
): Promise<readonly RememberedCheck[] | undefined> {
  if (step.checks.length === 0 || info === undefined) return undefined;
  const { evaluateChecks } = await import('./checks.ts');
  const checks = await evaluateChecks(session, tables, step, info, mayTell);
  if (tables.changed) throw new ContentChanged();
  return checks;
}

/** The checks that a stored table must pass before the step is reused with it; nothing when there are none. */
export async function dueChecks(
  session: Session,
  step: PlannedStep,
  manifest: Manifest,
): Promise<{ readonly checks?: readonly string[] }> {
  if (step.checks.length === 0 || manifest.contentHash === undefined) return {};
  const { knownChecks } = await import('./check-memory.ts');
  const { due } = knownChecks(session, step, manifest);
  return due.length === 0 ? {} : { checks: Object.freeze(due) };
}

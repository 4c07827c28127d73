import { cachePrefix } from '../store/keys.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import type { Session } from './session.ts';

/** Starts the engine for a step that is about to be computed, beside what that needs first. */
export function warmEngine(session: Session, step: PlannedStep): void {
  if (makesTable(step)) openEngine(session);
}

/**
 * Starts the engine at the beginning of a run that is certain to compute something, beside the identities of sources and
 * whatever else is to be found out. A run in which everything is reused never starts it.
 */
export async function warmEngineIfSure(session: Session): Promise<void> {
  if (await isSureToCompute(session).catch(() => false)) openEngine(session);
}

function openEngine({ parts, stop }: Session): void {
  if (stop.aborted) return;
  const open = async (): Promise<void> => parts.engine.open();
  // Whoever needs it opens it too, and is told of a failure.
  open().catch(() => undefined);
}

const makesTable = ({ kind }: PlannedStep): boolean => kind !== 'effect' && kind !== 'sink';

/** Whatever its sources turn out to be, a task without checkpoints computes its first ones, unless the cache holds some. */
async function isSureToCompute({ plan, force, journal, parts, ...session }: Session): Promise<boolean> {
  // Of a step that keeps no checkpoint it is not known yet whether anything needs it.
  const steps = plan.steps.filter(
    (step) => makesTable(step) && step.checkpoint !== false && session.isIncluded(step.name),
  );
  if (steps.some(({ name }) => force.has(name))) return true;
  if (steps.some(({ name }) => journal.committed.get(name)?.writers.has('') === true)) return false;
  if (steps.some(({ checkpoint }) => checkpoint === 'correlation')) return true;
  if (!steps.some(({ checkpoint }) => checkpoint === 'cache')) return false;
  if (!session.readsCache) return true;
  for await (const entry of parts.store.list(cachePrefix)) return entry === undefined;
  return true;
}

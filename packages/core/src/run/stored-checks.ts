import type { RememberedCheck } from '../checkpoint/check-result.ts';
import type { Manifest } from '../checkpoint/manifest.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { Json } from '../pipeline/json.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { cacheKey } from '../store/keys.ts';
import { inputsCommitted } from './behind.ts';
import { knownChecks, tellWarned } from './check-memory.ts';
import { evaluateChecks } from './checks.ts';
import { stateOf } from './commit.ts';
import type { Found } from './reuse.ts';
import type { Session } from './session.ts';
import type { Tables } from './tables.ts';
import type { Turns } from './turns.ts';

/**
 * Evaluates a step's checks on the stored table that it is to be reused with, unless that table is known to have passed
 * exactly these: then nothing is read.
 *
 * @returns the checkpoint as it is to be kept; undefined when the step had to be computed again for it, and is complete
 * @throws CairnError `check_failed`
 */
export async function checkStored(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  found: Found,
  turn: Turns,
): Promise<Manifest | undefined> {
  const { manifest } = found;
  const known = knownChecks(session, step, manifest);
  if (known.due.length === 0) {
    tellWarned(session, step, known, manifest.rows);
    return manifest;
  }
  session.states.set(step.name, { ...stateOf(manifest, step), isEvicted: found.isEvicted });
  try {
    const checks = await onceMore(session, tables, step, turn, async () => {
      await tables.makeRoom(true);
      const { rows, columns } = await tables.use(step.name);
      // It was damaged or evicted, and what it was computed anew from was checked with it.
      if (session.commits.has(step.name) || session.outcomes.get(step.name)?.outcome === 'complete')
        return undefined;
      return evaluateChecks(session, tables, step, { rows, columns, contentHash: manifest.contentHash });
    });
    if (checks === undefined) return undefined;
    return await remember(session, step, manifest, checks);
  } catch (error) {
    session.states.delete(step.name);
    throw error;
  }
}

/** Does it again when the engine was lost meanwhile, once and alone. */
async function onceMore<Value>(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  turn: Turns,
  work: () => Promise<Value>,
): Promise<Value> {
  const losses = session.losses.length;
  // The inputs of the step itself are not read.
  const claim = tables.claim({ ...step, inputs: [] });
  let end = await turn(false, claim);
  try {
    try {
      return await work();
    } catch (error) {
      const { stop, begunAgain } = session;
      if (session.losses.length === losses || stop.aborted || begunAgain.has(step.name)) throw error;
      begunAgain.add(step.name);
      end();
      end = () => undefined;
      // Whoever is alone keeps those waiting that it would wait for.
      await inputsCommitted(session, step);
      end = await turn(true, claim);
      return await work();
    }
  } finally {
    end();
  }
}

/** The manifest with what was found out now; in the cache too, so that no other task reads the table for it. */
async function remember(
  { parts, writesCache }: Session,
  step: PlannedStep,
  manifest: Manifest,
  checks: readonly RememberedCheck[],
): Promise<Manifest> {
  const now = new Set(checks.map(({ digest }) => digest));
  const before = (manifest.checks ?? []).filter(({ digest }) => !now.has(digest));
  const whole: Manifest = { ...manifest, checks: [...before.slice(-keptBefore), ...checks] };
  if (step.checkpoint === 'cache' && manifest.scope === 'cache' && !manifest.volatile && writesCache) {
    const bytes = new TextEncoder().encode(canonicalJson(whole as unknown as Json));
    await parts.store.put(cacheKey(manifest.fingerprint), bytes);
  }
  return whole;
}

/** Checks that are no more, or that other pipelines have: a manifest does not grow for ever. */
const keptBefore = 64;

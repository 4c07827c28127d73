import { isCairnError } from '../errors/cairn-error.ts';
import { checkpointDamaged } from '../errors/run-errors.ts';
import { fingerprint, fingerprintComponents, changedComponents } from '../checkpoint/fingerprint.ts';
import { asManifest, contentHash, type Components, type Manifest } from '../checkpoint/manifest.ts';
import type { PlannedSink, PlannedSource, PlannedStep } from '../pipeline/plan.ts';
import { cacheKey } from '../store/keys.ts';
import { abortable } from './abortable.ts';
import { connectorContext } from './connector-context.ts';
import { openConnector } from './resources.ts';
import { tell, type Identified, type Session } from './session.ts';
import type { ComponentChange, Reason } from './step-outcome.ts';
import { within } from './time-limit.ts';

/** A step's fingerprint, and what was found under it. */
export interface Decision extends Identified {
  /** Undefined when the step must run. */
  readonly found: Found | undefined;
  readonly reason: Reason;
}

/** A checkpoint that holds. */
export interface Found {
  readonly manifest: Manifest;
  readonly from: 'run' | 'correlation' | 'cache';
  /** True when retention has evicted its table: what it is, is known all the same. */
  readonly isEvicted: boolean;
}

/** Where checkpoints are looked for, in this order. */
const scopes = ['run', 'correlation', 'cache'] as const;

/** What a step depends on when its inputs have this content. */
export function componentsOf(
  { plan, parts }: Session,
  step: PlannedStep,
  inputs: Readonly<Record<string, string>>,
  identity: string | undefined,
): Components {
  return fingerprintComponents(step, {
    pipeline: plan.pipeline,
    engine: parts.engine.identity,
    inputs,
    identity,
  });
}

/** What differs, component by component. */
export function componentChanges(before: Components, after: Components): ComponentChange[] {
  return (changedComponents(before, after) ?? []).map((component) => ({
    component,
    before: before[component] ?? null,
    after: after[component] ?? null,
  }));
}

/** What a step depends on, and its hash. Its inputs must be settled. */
export function identify(session: Session, step: PlannedStep, identity?: string): Identified {
  const inputs: Record<string, string> = {};
  for (const name of step.inputs) inputs[name] = session.states.get(name)?.key ?? '';
  const components = componentsOf(session, step, inputs, identity);
  const known = session.journal.committed.get(step.name)?.writers.get('');
  const identified = { components, fingerprint: fingerprint(components, known), identity };
  session.identified.set(step.name, identified);
  return identified;
}

/**
 * Decides whether a step is reused: only a checkpoint with its exact fingerprint counts, in the run's, the task's or
 * the cache scope, in that order, and only with all its parts in place. One whose parts were evicted counts where other
 * steps read the table, for it may be that none of them needs it; a table that is nobody's input is there to be looked at.
 */
export async function decide(session: Session, step: PlannedStep): Promise<Decision> {
  const identity = step.kind === 'source' ? await identityOf(session, step) : undefined;
  const { components, fingerprint: print } = identify(session, step, identity);
  const base = { fingerprint: print, components, identity };
  const last = session.journal.committed.get(step.name);
  const lastManifest = last?.writers.get('');

  const run = (reason: Reason): Decision => ({ ...base, found: undefined, reason });
  if (session.force.has(step.name) && session.outcomes.get(step.name)?.outcome !== 'complete') {
    return run({ code: 'forced' });
  }
  if (session.damaged.has(print)) return run({ code: 'damaged' });

  // What a run is not about it cannot make anew.
  const readsCache = session.readsCache || !session.isIncluded(step.name);
  let passed: Reason | undefined;
  for (const from of scopes) {
    let isEvicted = false;
    let manifest = lastManifest;
    if (from === 'run') {
      if (step.checkpoint !== 'run') continue;
      manifest = (await session.runJournal()).committed.get(step.name)?.writers.get('');
    } else if (from === 'cache') {
      // Only tables are put there.
      if (!readsCache || step.checkpoint !== 'cache' || step.kind === 'effect' || step.kind === 'sink')
        continue;
      manifest = await cached(session, step, print);
    }
    if (manifest?.fingerprint !== print) continue;
    // What a run that has not succeeded yet has left is for going on with it; the rest is as good as the cache.
    if (from === 'correlation' && !readsCache && step.checkpoint === 'cache' && last?.settled === true) {
      passed ??= { code: 'cache_unused' };
      continue;
    }
    const { createdAt } = manifest;
    if (step.maxAge !== undefined && session.parts.now() - Date.parse(createdAt) > step.maxAge) {
      passed ??= { code: 'expired', createdAt, maxAge: step.maxAge };
      continue;
    }
    if (step.kind === 'effect') {
      if (last?.settled === true && !step.reuse) return run({ code: 'repeated' });
    } else if (step.kind === 'sink') {
      if (!(await stands(session, step, manifest))) return run({ code: 'target_changed' });
    } else {
      const parts = await session.objects.look(manifest);
      if (parts === 'missing') {
        const what = 'parts of it are missing or cut short';
        reportDamage(session, step, print, checkpointDamaged(step.name, what, {}));
        return run({ code: 'damaged' });
      }
      isEvicted = parts === 'evicted';
      if (isEvicted && !isRead(session, step)) {
        passed ??= { code: 'evicted' };
        continue;
      }
    }
    const reason: Reason = isEvicted ? { code: 'reused', from, evicted: true } : { code: 'reused', from };
    return { ...base, found: { manifest, from, isEvicted }, reason };
  }
  if (passed !== undefined) return run(passed);
  const unkept = session.journal.choices.get(step.name)?.components;
  const before = unkept ?? lastManifest?.components;
  if (before === undefined) return run({ code: 'first_run' });
  const changes = componentChanges(before, components);
  return run(unkept && changes.length === 0 ? { code: 'needed' } : { code: 'changed', changes });
}

function isRead({ plan }: Session, { name }: PlannedStep): boolean {
  return plan.steps.some(({ inputs }) => inputs.includes(name));
}

/** What identifies the bytes that a source would read now. */
async function identityOf(session: Session, step: PlannedSource): Promise<string> {
  await openConnector(session, step);
  return within(session, step, async (limited) =>
    abortable(step.connector.identity(await connectorContext(limited, step)), limited.stop),
  );
}

/** Says whether what a sink has written is still there. */
async function stands(session: Session, step: PlannedSink, { receipt = {} }: Manifest): Promise<boolean> {
  await openConnector(session, step);
  return within(session, step, async (limited) =>
    abortable(step.connector.verify(receipt, await connectorContext(limited, step)), limited.stop),
  );
}

/**
 * The same for a run, which will go by what it finds, and claims it, so that no collector removes it in that moment: what it
 * takes from the cache, where its task is not known to be about it, and all it takes beside a collector, which may not
 * know yet that the task is taken.
 */
export async function decideToRun(session: Session, step: PlannedStep): Promise<Decision> {
  const decision = await decide(session, step);
  const { found } = decision;
  if (found === undefined || found.isEvicted || found.manifest.parts.length === 0) return decision;
  if (found.from !== 'cache' && !(await session.objects.areCollected())) return decision;
  return (await session.objects.claim(found.manifest)) ? decision : decide(session, step);
}

/** Tells that a checkpoint is damaged, once, and keeps this run from serving it. */
export function reportDamage(session: Session, step: PlannedStep, print: string, error: unknown): void {
  if (session.damaged.has(print)) return;
  session.damaged.add(print);
  const told = isCairnError(error) ? error : checkpointDamaged(step.name, String(error), {}, error);
  tell(session, step, { type: 'checkpoint_damaged', error: told });
}

async function cached(session: Session, step: PlannedStep, print: string): Promise<Manifest | undefined> {
  const bytes = await session.parts.store.get(cacheKey(print));
  if (bytes === undefined) return undefined;
  try {
    const manifest = asManifest(JSON.parse(new TextDecoder().decode(bytes)), step.name);
    const whole =
      manifest.fingerprint === print &&
      manifest.contentHash === contentHash(manifest.columns, manifest.parts);
    if (!whole) throw checkpointDamaged(step.name, 'its manifest contradicts itself', {});
    return manifest;
  } catch (error) {
    if (isCairnError(error, 'unsupported_format')) throw error;
    // The cache entry is an index into what was committed elsewhere: a broken one is told and written anew.
    reportDamage(
      session,
      step,
      print,
      checkpointDamaged(step.name, 'its cache entry is no manifest', {}, error),
    );
    return undefined;
  }
}

import type { RememberedCheck } from '../checkpoint/check-result.ts';
import type { CompleteRecord } from '../checkpoint/journal-record.ts';
import { writeParts, type OnIdle } from '../checkpoint/parts.ts';
import { contentHash, type Manifest } from '../checkpoint/manifest.ts';
import type { TableInfo } from '../engine/engine.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { Receipt } from '../pipeline/connector.ts';
import type { Json } from '../pipeline/json.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { cacheKey } from '../store/keys.ts';
import { isLastToCompute } from './behind.ts';
import { isoTime, tell, type Session, type StepState } from './session.ts';

/** What a step's code has made: a table in the engine, or a receipt. */
export interface Made {
  readonly components: StepState['components'];
  readonly fingerprint: string;
  readonly info: TableInfo | undefined;
  readonly receipt: Receipt | undefined;
  readonly result: Json | undefined;
  /** What is to be remembered of the checks of the table. */
  readonly checks?: readonly RememberedCheck[] | undefined;
}

/** What a step has made, once it is known what that holds. */
export interface Written {
  readonly state: StepState;
  /**
   * Commits it, once its parts are stored and all that it depends on is committed.
   *
   * @param mayTell Resolves once the journal may tell of the step.
   */
  finish(mayTell: () => Promise<void>): Promise<StepState>;
}

/**
 * Makes what a step has made durable. Parts come first; the one synced append to the journal is the commit; then, for
 * scope cache, the manifest is put under its fingerprint, which a crash may leave out at no loss. Resolves as soon as it
 * is known what the parts hold.
 *
 */
export async function commit(
  session: Session,
  step: PlannedStep,
  made: Made,
  onIdle: OnIdle,
): Promise<Written> {
  const { store, engine, now } = session.parts;
  const { fingerprint, components, info } = made;
  // What keeps no checkpoint is known by its fingerprint, which says nothing of what chance made of it.
  const volatile =
    (step.volatile ?? (info !== undefined && info.volatileFunctions.length > 0)) ||
    step.inputs.some((input) => session.states.get(input)?.volatile);
  const { checkpoint: scope } = step;
  const { auto } = session;
  if (auto?.choose(step, made, volatile)?.keep === false || scope === false) {
    const state: StepState = { key: fingerprint, fingerprint, components, manifest: undefined, volatile };
    return {
      state,
      async finish(mayTell) {
        await mayTell();
        await complete(session, step, fingerprint, 'done');
        return state;
      },
    };
  }

  const write = () =>
    writeParts(engine, store, session.tableRef(step.name), {
      signal: session.signal,
      overwrite: session.damaged.has(fingerprint),
      flight: session.flight,
      isAwaited: isLastToCompute(session, step),
      onIdle,
    });
  const { parts, stored } =
    info === undefined
      ? { parts: [], stored: undefined }
      : await (auto === undefined ? write() : auto.writing(step, write));
  const columns = info?.columns ?? [];
  // In the order of canonical JSON, which is quickest to write.
  const manifestNow = (): Manifest => ({
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    checks: made.checks,
    columns,
    components,
    contentHash: info && contentHash(columns, parts),
    correlationId: session.correlationId,
    createdAt: isoTime(now()),
    engine: { name: engine.identity.name, version: engine.identity.version },
    fingerprint,
    formatVersion: 1,
    parts,
    pipeline: session.plan.pipeline,
    receipt: made.receipt,
    result: made.result,
    rows: info?.rows ?? 0,
    runId: session.runId,
    scope,
    step: step.name,
    volatile,
  });
  return {
    state: stateOf(manifestNow(), step),
    async finish(mayTell) {
      await stored;
      await mayTell();
      // What others have failed with is no reason to lose this. Nothing else is committed once the run is over.
      if (session.isCanceled() || session.leaseSignal.aborted) session.stop.throwIfAborted();
      const manifest = manifestNow();
      await record(session, step, manifest, 'done');
      session.damaged.delete(fingerprint);
      session.objects.added(manifest);
      auto?.kept(step);
      if (info !== undefined && scope === 'cache' && !manifest.volatile && session.writesCache) {
        const bytes = new TextEncoder().encode(canonicalJson(manifest as unknown as Json));
        await store.put(cacheKey(fingerprint), bytes);
      }
      const { contentHash: content, rows, bytes } = manifest;
      const written = { scope, fingerprint, contentHash: content, rows, bytes };
      tell(session, step, { type: 'checkpoint_written', ...written, parts: parts.length });
      const told = session.parts.hooks?.checkpointWritten(session, step, written);
      if (told !== undefined) await told;
      return stateOf(manifest, step);
    },
  };
}

/** Commits a step's manifest: appends its `complete` record to the log that its scope belongs to. */
export async function record(
  session: Session,
  step: PlannedStep,
  manifest: Manifest,
  message: string,
): Promise<void> {
  const { journal, correlationId } = session;
  const whole = completed(session, step, message, { manifest });
  if (step.checkpoint !== 'run' || correlationId === null) return journal.append(whole);
  await complete(session, step, manifest.fingerprint, message);
  await (await session.runJournal()).append(whole);
}

/** Notes in the task's log that a step is complete whose checkpoint is not kept there. */
export async function complete(
  session: Session,
  step: PlannedStep,
  fingerprint: string,
  message: string,
): Promise<void> {
  // What a sink has prepared is settled by it, and must not be rolled back.
  const sync = step.kind === 'sink';
  await session.journal.append(completed(session, step, message, { fingerprint }), { sync });
}

function completed(
  { runId, attempt, parts, auto }: Session,
  { name }: PlannedStep,
  message: string,
  { fingerprint, manifest }: Pick<CompleteRecord, 'fingerprint' | 'manifest'>,
): CompleteRecord {
  const at = isoTime(parts.now());
  const chosen = auto?.noted(name, manifest);
  return { at, attempt, fingerprint, manifest, message, runId, step: name, type: 'complete', ...chosen };
}

/**
 * What a committed manifest says of its step. Whether a table is kept where that is weighed must not matter to whoever
 * reads it: such a step is known by its fingerprint either way, but for what chance made.
 */
export function stateOf(manifest: Manifest, { auto }: PlannedStep): StepState {
  const { contentHash: content, fingerprint, components, volatile } = manifest;
  const key = auto === 'choose' && !volatile ? fingerprint : (content ?? fingerprint);
  return { key, fingerprint, components, manifest };
}

/** Says whether a step may be known without a table: by its fingerprint. */
export function isUnstored({ checkpoint, auto }: PlannedStep): boolean {
  return checkpoint === false || auto === 'choose';
}

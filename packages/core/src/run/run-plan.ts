import type { Journal } from '../checkpoint/journal.ts';
import type { CheckpointChoice, CheckpointForecast } from '../checkpoint/checkpoint-choice.ts';
import type { Components, Manifest } from '../checkpoint/manifest.ts';
import { isCairnError, type CairnError } from '../errors/cairn-error.ts';
import { stepFailed } from '../errors/run-errors.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import type { StageState } from '../task/stage.ts';
import type { StageStates } from '../task/stage-states.ts';
import { choose, fixedReason, isEnd, readersIn } from './auto-choice.ts';
import { isUnstored, stateOf } from './commit.ts';
import { dueChecks } from './check-step.ts';
import { checkInputs } from './include.ts';
import { closeConnector } from './resources.ts';
import { componentChanges, componentsOf, decide } from './reuse.ts';
import type { Session } from './session.ts';
import type { ComponentChange, Reason } from './step-outcome.ts';

/** What a run would do with a step, as far as can be told beforehand. */
export interface StepPlan {
  readonly step: string;
  readonly process: string;
  readonly kind: PlannedStep['kind'];
  /** The steps whose tables it reads. */
  readonly inputs: readonly string[];
  /**
   * - `run`: its code runs.
   * - `reuse`: its checkpoint holds.
   * - `unknown`: what it reads runs, and may come out the same.
   * - `blocked`: what it depends on cannot be found out, so it would fail; or it depends on such a step.
   * - `skip`: it is not included, or keeps no checkpoint and nothing needs it.
   */
  readonly decision: 'run' | 'reuse' | 'unknown' | 'blocked' | 'skip';
  readonly reason: Reason;
  /** Undefined where it depends on what runs first. */
  readonly fingerprint?: string | undefined;
  /** What the fingerprint is made of. */
  readonly components?: Components | undefined;
  /** Of the checkpoint that is reused. */
  readonly contentHash?: string | undefined;
  /** True when the checkpoint that it is about was made with a volatile function, and is reused within its task only. */
  readonly volatile: boolean;
  /** Of a source: what tells the bytes that it reads from others, such as `content`. */
  readonly identifiedBy?: string | undefined;
  /** Of a checkpoint that is reused: names of the checks that its table must pass first, being new or changed. */
  readonly checks?: readonly string[] | undefined;
  /** With `checkpoint: 'auto'`: whether the table would be kept, or is, and why; by what was measured when the step last ran. */
  readonly checkpoint?: CheckpointForecast | undefined;
  /** What keeps a step from being found out. */
  readonly error?: CairnError | undefined;
  /**
   * What it came to when it last ran: rows and bytes of its table, and how long that took. In this task, or else in the
   * pipeline's task that changed last.
   */
  readonly last?: StepEstimate | undefined;
}

/** What a step came to before. */
export interface StepEstimate {
  readonly rows: number;
  /** Of Arrow IPC. */
  readonly bytes: number;
  /** Undefined when it was reused from elsewhere. */
  readonly durationMs?: number | undefined;
  /** With `checkpoint: 'auto'`: what was chosen then. */
  readonly checkpoint?: CheckpointChoice | undefined;
}

/** What a run would do. Nothing has run, and no engine was started. */
export interface RunPlan {
  readonly pipeline: string;
  readonly correlationId: string | null;
  /** The attempt that the run would be. */
  readonly attempt: number;
  /** Every step, in the order of the plan. */
  readonly steps: ReadonlyMap<string, StepPlan>;
}

/**
 * Decides for each step what a run would do with it. The session is not bound, and is told nothing.
 *
 * @param elsewhere What steps came to in another task, for those of which this one knows nothing.
 * @throws CairnError `input_not_available`, as the run would
 */
export async function planRun(
  session: Session,
  elsewhere?: ReadonlyMap<string, StepEstimate>,
): Promise<RunPlan> {
  const { plan, correlationId, attempt } = session;
  const steps = new Map<string, StepPlan>();
  await checkInputs(session);
  for (const step of plan.steps) {
    steps.set(step.name, await planStep(session, step, steps, elsewhere));
    await closeConnector(session, step);
  }
  settleUnstored(session, steps);
  while (doubtReaders(session, steps)) settleUnstored(session, steps);
  forecastChoices(session, steps);
  return Object.freeze({ pipeline: plan.pipeline, correlationId, attempt, steps });
}

async function planStep(
  session: Session,
  step: PlannedStep,
  before: ReadonlyMap<string, StepPlan>,
  elsewhere: ReadonlyMap<string, StepEstimate> | undefined,
): Promise<StepPlan> {
  const { name, process, kind } = step;
  const manifest = session.journal.committed.get(name)?.writers.get('');
  const base = {
    step: name,
    process,
    kind,
    inputs: step.inputs,
    volatile: step.volatile ?? manifest?.volatile ?? false,
    ...(step.kind === 'source' ? { identifiedBy: step.connector.identifiedBy } : {}),
    last: estimate(session.journal, session.stages.step(name)) ?? elsewhere?.get(name),
  };
  const as = (decision: StepPlan['decision'], reason: Reason, more: Partial<StepPlan> = {}): StepPlan =>
    Object.freeze({ ...base, decision, reason, ...more });

  const isIncluded = session.isIncluded(name);
  const skipped = as('skip', { code: 'not_included' });
  const blocker = [...step.inputs, ...step.after].find((input) => before.get(input)?.decision === 'blocked');
  if (blocker !== undefined) return isIncluded ? as('blocked', { code: 'blocked', by: blocker }) : skipped;
  const inputs = step.inputs.filter((input) => !session.states.has(input));
  if (inputs.length > 0) {
    const changes = changesBesides(session, step, manifest);
    return isIncluded ? as('unknown', { code: 'input_may_change', inputs, changes }) : skipped;
  }
  if (!isIncluded && (kind === 'sink' || kind === 'effect')) return skipped;
  try {
    const { found, reason, fingerprint, components } = await decide(session, step);
    if (found !== undefined) {
      session.states.set(name, stateOf(found.manifest, step));
      const { contentHash, volatile } = found.manifest;
      if (!isIncluded) return skipped;
      const checks = await dueChecks(session, step, found.manifest);
      return as('reuse', reason, { fingerprint, components, contentHash, volatile, ...checks });
    }
    if (isUnstored(step))
      session.states.set(name, { key: fingerprint, fingerprint, components, manifest: undefined });
    return isIncluded ? as('run', reason, { fingerprint, components }) : skipped;
  } catch (error) {
    if (!isIncluded) return skipped;
    const told = isCairnError(error) ? error : stepFailed(error);
    return as('blocked', { code: 'unidentified' }, { error: told });
  }
}

/** A step whose table is not stored, or is evicted, runs when, and only when, a step that runs needs its table. */
function settleUnstored({ plan }: Session, steps: Map<string, StepPlan>): void {
  const readersOf = new Map<string, string[]>();
  for (const { name, inputs } of plan.steps)
    for (const input of inputs) readersOf.set(input, [...(readersOf.get(input) ?? []), name]);
  const readers = readersIn(plan);
  for (const step of plan.steps.toReversed()) {
    const { name, kind } = step;
    const own = steps.get(name);
    if (own === undefined || kind === 'sink' || kind === 'effect') continue;
    const isEvicted = own.reason.code === 'reused' && own.reason.evicted === true;
    const isChosen = step.auto === 'choose';
    // What nobody but a sink waits for is made whatever becomes of it, and so is what was asked for by name.
    const runs = isChosen && (own.reason.code === 'forced' || isEnd(readers(name)));
    if (!isEvicted && (own.decision !== 'run' || !isUnstored(step) || runs)) continue;
    const such = (decision: StepPlan['decision']): string[] =>
      (readersOf.get(name) ?? []).filter((reader) => steps.get(reader)?.decision === decision);
    const by = such('unknown');
    const settled = (decision: StepPlan['decision'], reason: Reason): void =>
      void steps.set(name, Object.freeze({ ...own, decision, reason }));
    if (such('run').length > 0)
      settled('run', isEvicted ? { code: 'evicted' } : isChosen ? own.reason : { code: 'needed' });
    else if (by.length > 0) settled('unknown', { code: 'may_be_needed', by });
    else if (!isEvicted) settled('skip', { code: 'not_needed' });
  }
}

/**
 * What is made of chance comes out differently when it is made again: whatever reads an evicted table of that kind that is
 * computed may run too, and so may what reads that. True when there was something to doubt.
 */
function doubtReaders({ plan }: Session, steps: Map<string, StepPlan>): boolean {
  const changing = new Set<string>();
  let found = false;
  for (const step of plan.steps) {
    const { name } = step;
    const own = steps.get(name);
    if (own === undefined) continue;
    const { decision, reason } = own;
    const inputs = own.inputs.filter((input) => changing.has(input));
    if (decision === 'reuse') {
      if (inputs.length === 0) continue;
      const { fingerprint: _print, components: _components, contentHash: _content, ...known } = own;
      const doubt: Reason = { code: 'input_may_change', inputs, changes: [] };
      steps.set(name, Object.freeze({ ...known, decision: 'unknown', reason: doubt }));
      changing.add(name);
      found = true;
    } else if (reason.code === 'input_may_change') {
      changing.add(name);
    } else if (isUnstored(step)) {
      // It is known by its fingerprint.
      if (inputs.length > 0) changing.add(name);
    } else if (reason.code === 'evicted' || reason.code === 'may_be_needed') {
      if (own.volatile || inputs.length > 0) changing.add(name);
    }
  }
  return found;
}

/** What would be chosen for each step with `checkpoint: 'auto'`, if what it came to last is what it comes to now. */
function forecastChoices({ plan, parts }: Session, steps: Map<string, StepPlan>): void {
  const readers = readersIn(plan);
  for (const step of plan.steps) {
    const own = steps.get(step.name);
    if (own === undefined || step.auto === undefined) continue;
    const read = readers(step.name);
    const fixed = fixedReason(step, read) ?? (own.volatile ? 'volatile' : undefined);
    const last = own.last?.checkpoint;
    const checkpoint = ((): CheckpointForecast => {
      if (own.decision === 'reuse') {
        const because = last?.keep === true ? last.because : (fixed ?? 'unmeasured');
        return { ...last, keep: true, because };
      }
      if (last === undefined)
        return { keep: fixed === undefined ? undefined : true, because: fixed ?? 'unmeasured' };
      const { keep: _keep, because: _because, wroteMs: _wrote, ...facts } = last;
      const { maxLostWorkMs } = parts;
      return choose(fixed, { ...facts, maxLostWorkMs, endsChain: (read[0]?.inputs.length ?? 0) > 1 });
    })();
    steps.set(step.name, Object.freeze({ ...own, checkpoint: Object.freeze(checkpoint) }));
  }
}

/** What differs from the last checkpoint other than the inputs. */
function changesBesides(
  session: Session,
  step: PlannedStep,
  manifest: Manifest | undefined,
): readonly ComponentChange[] {
  if (manifest === undefined) return [];
  const { inputs = {} } = manifest.components as { readonly inputs?: Readonly<Record<string, string>> };
  return componentChanges(manifest.components, componentsOf(session, step, inputs, undefined)).filter(
    ({ component }) => component !== 'inputs',
  );
}

/** What the steps of a task came to, by its log. */
export function estimatesOf(journal: Journal, stages: StageStates): ReadonlyMap<string, StepEstimate> {
  const found = new Map<string, StepEstimate>();
  for (const name of new Set([...journal.committed.keys(), ...journal.choices.keys()])) {
    const last = estimate(journal, stages.step(name));
    if (last !== undefined) found.set(name, last);
  }
  return found;
}

function estimate({ committed, choices }: Journal, state: StageState): StepEstimate | undefined {
  const manifest = committed.get(state.stage)?.writers.get('');
  const checkpoint = choices.get(state.stage)?.choice;
  if (checkpoint?.keep === false) {
    const { rows, bytes, computeMs } = checkpoint;
    return { rows, bytes: Math.round(bytes), durationMs: computeMs, checkpoint };
  }
  if (manifest === undefined) return undefined;
  const made = state.history.findLast(
    ({ status, runId }) => status === 'complete' && runId === manifest.runId,
  );
  const spent = made?.end == null ? undefined : Date.parse(made.end) - Date.parse(made.begin);
  return {
    rows: manifest.rows,
    bytes: manifest.bytes,
    durationMs: checkpoint?.computeMs ?? spent,
    checkpoint,
  };
}

import type { CairnError } from '../errors/cairn-error.ts';
import { flight, type Flight } from '../checkpoint/flight.ts';
import { openJournal, type Journal } from '../checkpoint/journal.ts';
import type { Components, Manifest } from '../checkpoint/manifest.ts';
import { hashText } from '../checkpoint/sha256.ts';
import type { Engine, TableRef } from '../engine/engine.ts';
import { stageRunId, type CairnEvent, type EventBody } from '../events/event.ts';
import type { Logger } from '../events/logger.ts';
import type { FileSystem } from '../pipeline/file-system.ts';
import type { Plan, PlannedStep } from '../pipeline/plan.ts';
import type { Cleaner } from '../checkpoint/cleaner.ts';
import type { RetryPolicy } from '../pipeline/retry.ts';
import { runJournalKey } from '../store/keys.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Reason, StepOutcome } from './step-outcome.ts';
import type { Binding } from '../task/binding.ts';
import type { StageStates } from '../task/stage-states.ts';
import type { HeadStart } from './head-starts.ts';
import { stopOf, type Stop } from './abortable.ts';
import type { AutoCheckpoints } from './auto-checkpoint.ts';
import type { CacheUse } from './run-options.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Circuits } from './circuits.ts';
import type { RunHooks } from './plugin-hooks.ts';
import type { SecretKeeper } from './secrets.ts';
import { storedObjects, type StoredObjects } from './stored-objects.ts';

/** What a runner hands to each of its runs. */
export interface RunnerParts {
  readonly store: ObjectStore;
  readonly engine: Engine;
  readonly files: FileSystem | undefined;
  readonly allowUrls: readonly string[] | undefined;
  readonly logger: Logger;
  readonly now: () => number;
  readonly uuid: () => string;
  /** From 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  /** Waits; rejects with the signal's reason when it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** For one pass of one run. */
  readonly dispatcher: () => Dispatcher;
  readonly cleaner: Cleaner;
  /** Bytes that a run's tables may take in the engine. */
  readonly memoryBudget: number;
  /** The most finished work that a crash may cost where no table is kept for it, in milliseconds. */
  readonly maxLostWorkMs: number;
  /** Shared by all runs of the runner. */
  readonly circuits: Circuits;
  /** The value of a secret, or undefined when nobody knows it. */
  readonly secret: SecretKeeper['secret'];
  /** What plugins do in runs; undefined when there are none that do. */
  readonly hooks: RunHooks | undefined;
  /** A text without the values of secrets that were asked for: what is stored of errors goes through it. */
  readonly redact: (text: string) => string;
}

/** What a run knows of a step once it is settled that its output exists, or how to get it. */
export interface StepState {
  /** What enters its consumers' fingerprints: its content hash, or its fingerprint when it keeps no checkpoint. */
  readonly key: string;
  readonly fingerprint: string;
  readonly components: Components;
  /** Undefined for a step that keeps no checkpoint. */
  readonly manifest: Manifest | undefined;
  /** True when its table was evicted: it is known, and computed again when a step needs it. */
  readonly isEvicted?: boolean;
  /** True for a step without a checkpoint that a volatile function had a hand in: so it has in its consumers. */
  readonly volatile?: boolean;
}

/** A step's fingerprint, and what it was made of. */
export interface Identified {
  readonly fingerprint: string;
  readonly components: Components;
  /** Of the bytes that a source reads. */
  readonly identity: string | undefined;
}

/** One run of a task: what it is, and what it has come to know so far. */
export interface Session {
  readonly parts: RunnerParts;
  readonly plan: Plan;
  readonly steps: ReadonlyMap<string, PlannedStep>;
  readonly runId: string;
  readonly correlationId: string | null;
  readonly attempt: number;
  /** Aborted when the run is cancelled, when its lease is lost, and by `failFast`. Each time another one, to be listened to. */
  readonly signal: AbortSignal;
  /** The same to be looked at, and not to be listened to: Node warns of more than ten listeners on one. */
  readonly stop: Stop;
  /** Aborted when the lease is lost, and only then. */
  readonly leaseSignal: AbortSignal;
  /** Says whether it was cancelled, and not stopped for another reason. */
  isCanceled(): boolean;
  /** Names of the steps that it is about; undefined for all. */
  readonly included: ReadonlySet<string> | undefined;
  isIncluded(step: string): boolean;
  readonly force: ReadonlySet<string>;
  /** Whether checkpoints of scope cache count that were made before the task's last success. */
  readonly readsCache: boolean;
  /** Whether others are to find what this run makes. */
  readonly writesCache: boolean;
  /** For steps without a policy of their own. */
  readonly retry: RetryPolicy;
  /** The task's log. */
  readonly journal: Journal;
  /** How the task's stages stand, by its log. */
  readonly stages: StageStates;
  /** The log of this run alone, where checkpoints of scope run stand. The task's own without a correlation id. */
  runJournal(): Promise<Journal>;
  readonly objects: StoredObjects;
  /** Undefined when no step has `checkpoint: 'auto'`. */
  readonly auto: AutoCheckpoints | undefined;
  /** Bounds the bytes of the run that are on their way to the store. */
  readonly flight: Flight;
  readonly states: Map<string, StepState>;
  /** Commits that are on their way while others go on, by step: resolve once it is committed, and reject, and stay, when it cannot be. */
  readonly commits: Map<string, Promise<void>>;
  /** Tables that are made before it is known whether they are needed, by step. */
  readonly headStarts: Map<string, HeadStart>;
  /** What each step depends on, once that is known. */
  readonly identified: Map<string, Identified>;
  readonly outcomes: Map<string, StepOutcome>;
  /** Why each step runs, once that is decided. */
  readonly reasons: Map<string, Reason>;
  /** Fingerprints whose checkpoint was found damaged in this run. */
  readonly damaged: Set<string>;
  /** Why the engine was lost, each time it was in this run: tables that were made before are gone. */
  readonly losses: readonly CairnError[];
  engineLost(error: CairnError): void;
  /** Steps that were begun again since the engine was lost while they were at work. */
  readonly begunAgain: Set<string>;
  /** What plugins knew of secrets that they were asked for: a connector's are filled in whenever it is called. */
  readonly pluginSecrets: Map<string, string>;
  /** What connectors that are open have opened, by their steps. */
  readonly resources: Map<string, unknown>;
  /** What sinks are still preparing although nobody waits for it, by their names; never rejects. */
  readonly abandoned: Map<string, Promise<void>>;
  /** Scopes whose checkpoints this run has cleaned up. */
  readonly forgotten: Set<'correlation'>;
  /** Tables that selections of inputs have made in the engine so far; names them. */
  readonly count: { selections: number };
  /** Says whether anybody is told of events of a type. */
  isHeard(type: CairnEvent['type']): boolean;
  emit(body: EventBody): void;
  /** The engine's table of a step. */
  tableRef(step: string): TableRef;
  /** A step's table has another place from now on: DuckDB never gives up one whose making was cancelled. */
  moveTable(step: string): void;
}

/** How one run differs from others of its task. */
export interface SessionOptions {
  readonly signal: AbortSignal;
  /** Says whether a reason to stop is a cancellation. */
  readonly isCanceled: (reason: unknown) => boolean;
  readonly runId: string;
  /** @default 1 + the task's runs since it last succeeded */
  readonly attempt: number | undefined;
  readonly lastAttempt: boolean;
  readonly include: ReadonlySet<string> | undefined;
  readonly force: readonly string[];
  readonly cache: CacheUse;
  /** Says whether anybody is told of events of a type. */
  readonly isHeard: (type: CairnEvent['type']) => boolean;
  readonly emit: (event: CairnEvent) => void;
}

/** Begins a run of a bound task; nothing is written. */
export async function openSession(
  parts: RunnerParts,
  binding: Binding,
  options: SessionOptions,
): Promise<Session> {
  const { plan, correlationId, journal, lease, prefix, stages } = binding;
  const { signal, runId, isCanceled, lastAttempt } = options;
  const attempt = options.attempt ?? journal.nextAttempt;
  const losses: CairnError[] = [];
  const namespace = `run_${hashText(`${prefix} ${runId}`).slice(0, 16)}`;
  const moves = new Map<string, number>();
  const processRunIds = new Map(plan.processes.map(({ name }) => [name, stageRunId(runId, name)]));
  const emit = (body: EventBody): void => {
    if (!options.isHeard(body.type)) return;
    const processRunId = 'process' in body ? (processRunIds.get(body.process) ?? null) : null;
    const at = parts.now();
    const { pipeline } = plan;
    options.emit({ ...body, pipeline, runId, correlationId, attempt, lastAttempt, processRunId, at });
  };
  const session: Omit<Session, 'auto'> & { auto: AutoCheckpoints | undefined } = {
    parts,
    plan,
    steps: new Map(plan.steps.map((step) => [step.name, step])),
    runId,
    correlationId,
    attempt,
    stop: stopOf(signal),
    get signal() {
      return AbortSignal.any([signal]);
    },
    leaseSignal: lease?.signal ?? new AbortController().signal,
    isCanceled: () => signal.aborted && isCanceled(signal.reason),
    included: options.include,
    isIncluded: (step) => options.include?.has(step) !== false,
    force: new Set(options.force),
    readsCache: options.cache === 'on' || options.cache === 'read-only',
    writesCache: options.cache === 'on' || options.cache === 'refresh',
    retry: binding.options.retry,
    journal,
    stages,
    runJournal: correlationId === null ? () => Promise.resolve(journal) : runJournalOf(parts.store, runId),
    objects: storedObjects(parts.store),
    auto: undefined,
    flight: flight(),
    states: new Map(),
    commits: new Map(),
    headStarts: new Map(),
    identified: new Map(),
    outcomes: new Map(),
    reasons: new Map(),
    damaged: new Set(),
    losses,
    engineLost(error) {
      losses.push(error);
      const message = `The engine's tables are lost, and it is started anew when it is needed: ${error.message}`;
      emit({ type: 'warning', message, details: { error } });
    },
    begunAgain: new Set(),
    pluginSecrets: new Map(),
    resources: new Map(),
    abandoned: new Map(),
    forgotten: new Set(),
    count: { selections: 0 },
    isHeard: options.isHeard,
    emit,
    tableRef(step) {
      const times = moves.get(step);
      return { namespace: times === undefined ? namespace : `${namespace}_${times}`, name: step };
    },
    moveTable: (step) => void moves.set(step, (moves.get(step) ?? 0) + 1),
  };
  if (plan.steps.some((step) => step.auto !== undefined))
    session.auto = (await import('./auto-checkpoint.ts')).autoCheckpoints(session);
  return session;
}

/** The log of a run's own scope, opened when it is first asked for. */
function runJournalOf(store: ObjectStore, runId: string): () => Promise<Journal> {
  let journal: Promise<Journal> | undefined;
  return () => (journal ??= openJournal(store, runJournalKey(runId)));
}

type StepEvent = Extract<EventBody, { readonly step: string }>;
type WithoutStep<Event> = Event extends StepEvent ? Omit<Event, 'step' | 'process' | 'stepRunId'> : never;

/** Tells what happens to a step. */
export function tell(session: Session, { name, process }: PlannedStep, body: WithoutStep<StepEvent>): void {
  if (!session.isHeard(body.type)) return;
  session.emit({ ...body, step: name, process, stepRunId: stageRunId(session.runId, name) });
}

/** ISO 8601 in UTC, as records keep it. */
export function isoTime(now: number): string {
  return new Date(now).toISOString();
}

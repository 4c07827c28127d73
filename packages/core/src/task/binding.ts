import { correlationIdRequired } from '../errors/run-errors.ts';
import { journalDamaged } from '../errors/store-errors.ts';
import { openJournal, type Journal } from '../checkpoint/journal.ts';
import { journalVersion, type LastRun, type TaskRecord } from '../checkpoint/journal-record.ts';
import { hashText } from '../checkpoint/sha256.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import { canonicalParams } from '../pipeline/params.ts';
import type { Plan } from '../pipeline/plan.ts';
import { runJournalKey, runPrefix, taskJournalKey, taskPrefix } from '../store/keys.ts';
import type { Lease, ObjectStore } from '../store/object-store.ts';
import { stageStates, type StageStates } from './stage-states.ts';
import type { CheckedTaskOptions } from './task-options.ts';

/** Which task it is, and where it stands in a store. */
export interface TaskIdentity {
  readonly plan: Plan;
  readonly correlationId: string | null;
  /** The run that a task without a correlation id is. */
  readonly firstRunId: string;
  /** What its lease covers. */
  readonly prefix: string;
  readonly journalKey: string;
  /** How messages name it. */
  readonly label: string;
}

/** A task while it is bound: nobody else works on it. */
export interface Binding extends TaskIdentity {
  /** Undefined when it was bound with `noLock`. */
  readonly lease: Lease | undefined;
  readonly journal: Journal;
  readonly stages: StageStates;
  readonly options: CheckedTaskOptions;
}

/** The stable id of what has none: the same pipeline with the same params is the same task. */
export function defaultCorrelationId(plan: Plan): string {
  const params = canonicalParams(plan.params);
  return `default-${hashText(canonicalJson({ pipeline: plan.pipeline, params })).slice(0, 32)}`;
}

/** @throws CairnError `correlation_id_required` */
export function identifyTask(
  plan: Plan,
  options: Pick<CheckedTaskOptions, 'correlationId'>,
  runId: string,
): TaskIdentity {
  const correlationId =
    options.correlationId === undefined ? defaultCorrelationId(plan) : options.correlationId;
  const needy = plan.steps.find((step) => step.checkpoint === 'correlation');
  if (needy !== undefined && correlationId === null) throw correlationIdRequired(needy.name);
  const name = correlationId ?? runId;
  return {
    plan,
    correlationId,
    firstRunId: runId,
    ...(correlationId === null
      ? { prefix: runPrefix(runId), journalKey: runJournalKey(runId) }
      : {
          prefix: taskPrefix(correlationId, plan.pipeline),
          journalKey: taskJournalKey(correlationId, plan.pipeline),
        }),
    label: `'${name}' of pipeline '${plan.pipeline}'`,
  };
}

/** Is told of the last run of a task before anything changes: whether it was killed, and what came of its steps. */
export type LastRunFound = (
  identity: TaskIdentity,
  journal: Journal,
  run: LastRun,
  stages: StageStates,
) => Promise<void>;

/**
 * Takes the lease on a task and reads its journal.
 *
 * @param found Called under the lease, when there was a run; not with `noLock`, for then it may be going on.
 * @throws CairnError `task_bound`, `canceled`, `journal_damaged`, `unsupported_format`
 */
export async function openBinding(
  store: ObjectStore,
  now: () => number,
  identity: TaskIdentity,
  options: CheckedTaskOptions,
  found?: LastRunFound,
): Promise<Binding> {
  const { prefix, journalKey, plan } = identity;
  const { signal, bindLockTimeoutMs: timeoutMs } = options;
  const lease = options.noLock
    ? undefined
    : await store.acquire(prefix, { timeoutMs, ...(signal === undefined ? {} : { signal }) });
  try {
    const open = async () => {
      const stages = stageStates(plan, journalKey);
      const journal = await openJournal(store, journalKey, { lease, part: stages });
      checkOwner(identity, journal);
      if (lease !== undefined && journal.lastRun !== undefined)
        await found?.(identity, journal, journal.lastRun, stages);
      return { stages, journal };
    };
    if (options.forceCreate) {
      // Whatever keeps it from being read is discarded with it.
      if (found !== undefined) await open().catch(() => undefined);
      await store.delete(journalKey, lease === undefined ? {} : { lease });
    }
    const { stages, journal } = await open();
    const at = new Date(now()).toISOString();
    await journal.compact(at);
    const binding = { ...identity, lease, journal, stages, options };
    await describeTask(binding, at);
    return binding;
  } catch (error) {
    await lease?.release().catch(() => undefined);
    throw error;
  }
}

/** A task as it stands in the store, not bound: nothing may be written. @throws CairnError `journal_damaged`, `unsupported_format` */
export async function readBinding(
  store: ObjectStore,
  identity: TaskIdentity,
  options: CheckedTaskOptions,
): Promise<Binding> {
  const stages = stageStates(identity.plan, identity.journalKey);
  const journal = await openJournal(store, identity.journalKey, { part: stages });
  checkOwner(identity, journal);
  return { ...identity, lease: undefined, journal, stages, options };
}

/** @throws CairnError `journal_damaged` when the journal is another task's */
function checkOwner({ plan, correlationId, journalKey }: TaskIdentity, { task }: Journal): void {
  if (task === undefined || (task.pipeline === plan.pipeline && task.correlationId === correlationId)) return;
  const owner = `'${task.correlationId ?? 'no correlation'}' of pipeline '${task.pipeline}'`;
  throw journalDamaged(journalKey, `it is the journal of the task ${owner}`);
}

/** Says in the journal what the task is, when it does not say so already. */
async function describeTask({ journal, plan, correlationId, options }: Binding, at: string): Promise<void> {
  const { queue, tags, description } = options;
  const record: TaskRecord = {
    type: 'task',
    formatVersion: journalVersion,
    pipeline: plan.pipeline,
    correlationId,
    params: canonicalParams(plan.params),
    queue,
    tags,
    description,
    at,
  };
  const before = journal.task;
  if (before !== undefined && canonicalJson({ ...before, at }) === canonicalJson(record as never)) return;
  await journal.append(record, { sync: false });
}

/** What the store says of a task, read anew. */
export async function readStages(
  store: ObjectStore,
  { plan, journalKey }: TaskIdentity,
): Promise<StageStates> {
  const stages = stageStates(plan, journalKey);
  await openJournal(store, journalKey, { part: stages });
  return stages;
}

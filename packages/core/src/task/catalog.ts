import { openJournal, type Journal } from '../checkpoint/journal.ts';
import { isCairnError } from '../errors/cairn-error.ts';
import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import type { Logger } from '../events/logger.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import { checkKeys } from '../pipeline/check.ts';
import type { Json } from '../pipeline/json.ts';
import { paramsOf } from '../pipeline/params.ts';
import { catalogKey, catalogPrefix, checkId, correlationPrefix, taskPrefix } from '../store/keys.ts';
import type { LeaseInfo, ObjectStore, StoredObject } from '../store/object-store.ts';
import { deriveStatus, noStages, type StageState, type StageStatus } from './stage.ts';
import { stageStates } from './stage-states.ts';

/** A task as the catalogue lists it. Times are ISO 8601, UTC. */
export interface TaskEntry {
  readonly pipeline: string;
  readonly correlationId: string;
  /**
   * What its last run came to: `complete`, `error`, `canceled`; `running` while it has not ended, and when it was killed;
   * `created` before the first, and after runs of a part. What `runner.bind` would find, as far as that needs no pipeline.
   */
  readonly status: StageStatus;
  readonly queue: string;
  readonly tags: readonly string[];
  readonly description: string;
  /** What the pipeline's schema made of the params that it was begun with. */
  readonly params: unknown;
  /** The attempt of its last run; 0 before the first. */
  readonly attempt: number;
  readonly lastRunId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** True when it was forgotten: `unbind({ clean: true })`, or `autoCleanup`. Only the catalogue remembers it. */
  readonly cleaned: boolean;
}

/** A step of a task, as its log tells. */
export interface TaskStep {
  readonly step: string;
  readonly status: StageStatus;
  /** How often its code was begun, in all runs. */
  readonly attempts: number;
  /** What happened last, in words. */
  readonly message: string;
  /** When; ISO 8601. */
  readonly at: string | null;
  readonly result: Json;
  /** Of its checkpoint's table. */
  readonly rows?: number | undefined;
  readonly bytes?: number | undefined;
}

/** Everything that the store tells of a task. */
export interface TaskDetails extends TaskEntry {
  /** The steps that anything has happened to, in the order in which it first did. */
  readonly steps: readonly TaskStep[];
  /** Who has it bound; undefined when nobody does. */
  readonly lease: LeaseInfo | undefined;
}

/** Which tasks to list; all that is given must hold. */
export interface TaskFilter {
  readonly pipeline?: string | undefined;
  readonly status?: StageStatus | readonly StageStatus[] | undefined;
  readonly queue?: string | undefined;
  readonly tag?: string | undefined;
}

/** An index of tasks. What it says can be made anew from the store at any time. */
export interface TaskCatalog {
  /** The tasks, those that changed last first. @throws CairnError `invalid_argument` */
  list(filter?: TaskFilter): Promise<readonly TaskEntry[]>;
  /**
   * A task with its steps; undefined when there is none.
   *
   * @param pipeline Needed only where several pipelines have a task of the correlation id: else it is the one that changed last.
   * @throws CairnError `invalid_id`, `journal_damaged`
   */
  get(correlationId: string, pipeline?: string): Promise<TaskDetails | undefined>;
  /** Notes that a task is about to be forgotten. Called by whoever has it bound. */
  cleaned(correlationId: string, pipeline: string): Promise<void>;
}

/** The version of an index entry that this code writes. */
const formatVersion = 1;

/** What stands at an entry's key. */
interface IndexEntry {
  readonly formatVersion: number;
  /** Of the log that it was made of; null when that is forgotten. */
  readonly journal: { readonly size: number; readonly modifiedAt: string } | null;
  readonly entry: Omit<TaskEntry, 'params'> & { readonly params: Json };
}

/**
 * The embedded catalogue: one small entry for each task beside the store's logs. An entry counts while its log is what
 * it was made of, so that nothing has to be written while tasks run; one that is missing, old or damaged is made of the
 * log again.
 */
export function storeCatalog(store: ObjectStore, logger: Logger): TaskCatalog {
  const remembered = new Map<string, IndexEntry>();
  const encoder = new TextEncoder();

  const read = async (key: string): Promise<IndexEntry | undefined> => {
    const bytes = await store.get(key);
    if (bytes === undefined) return undefined;
    try {
      const value = JSON.parse(new TextDecoder().decode(bytes)) as IndexEntry;
      return value.formatVersion === formatVersion && typeof value.entry.status === 'string'
        ? value
        : undefined;
    } catch {
      return undefined;
    }
  };
  const write = async (key: string, index: IndexEntry): Promise<void> => {
    remembered.set(key, index);
    await store
      .put(key, encoder.encode(canonicalJson(index as unknown as Json)))
      .catch((error: unknown) => logger.warn({ err: error, key }, 'an entry of the catalogue was not kept'));
  };

  const entryOf = async (
    { correlationId, pipeline, journal }: TaskPlace,
    isIndexed: boolean,
  ): Promise<IndexEntry | undefined> => {
    const key = catalogKey(correlationId, pipeline);
    const modifiedAt = journal.modifiedAt.toISOString();
    const holds = (index: IndexEntry | undefined): index is IndexEntry =>
      index?.journal?.size === journal.size && index.journal.modifiedAt === modifiedAt;
    const known = remembered.get(key) ?? (isIndexed ? await read(key) : undefined);
    if (holds(known)) {
      remembered.set(key, known);
      return known;
    }
    const task = await readTask(store, journal.key);
    if (task === undefined) return undefined;
    const index = { formatVersion, journal: { size: journal.size, modifiedAt }, entry: task.entry };
    await write(key, index);
    return index;
  };

  const list = async (filter: TaskFilter = {}): Promise<readonly TaskEntry[]> => {
    checkFilter(filter);
    const places = await placesIn(store, 'correlations/');
    const indexed = new Set<string>();
    for await (const { key } of store.list(catalogPrefix)) indexed.add(key);
    const found: TaskEntry[] = [];
    for (const place of places) {
      const key = catalogKey(place.correlationId, place.pipeline);
      try {
        const index = await entryOf(place, indexed.delete(key));
        if (index !== undefined) found.push(shown(index));
      } catch (error) {
        // One log that cannot be read must not hide all other tasks.
        if (!isCairnError(error, 'journal_damaged') && !isCairnError(error, 'unsupported_format'))
          throw error;
        logger.warn({ err: error, key: place.journal.key }, 'a task is not listed: its log cannot be read');
      }
    }
    for (const key of indexed) {
      const index = await read(key);
      if (index?.entry.cleaned === true) found.push(shown(index));
      // Its log was removed by other means: there is no such task.
      else await store.delete(key).catch(() => undefined);
    }
    return found
      .filter((entry) => matches(entry, filter))
      .toSorted((one, other) => other.updatedAt.localeCompare(one.updatedAt));
  };

  return {
    list,
    async get(correlationId, pipeline) {
      checkId(correlationId, 'correlationId');
      if (pipeline !== undefined) checkId(pipeline, 'pipeline');
      const places = await placesIn(store, correlationPrefix(correlationId));
      const wanted = places
        .filter((place) => pipeline === undefined || place.pipeline === pipeline)
        .toSorted((one, other) => Number(other.journal.modifiedAt) - Number(one.journal.modifiedAt))[0];
      if (wanted === undefined) {
        const entries = (await list()).filter((entry) => entry.correlationId === correlationId);
        const entry = entries.find((one) => pipeline === undefined || one.pipeline === pipeline);
        return entry && Object.freeze({ ...entry, steps: [], lease: undefined });
      }
      const task = await readTask(store, wanted.journal.key);
      if (task === undefined) return undefined;
      const lease = await store.leaseInfo(taskPrefix(correlationId, wanted.pipeline));
      return Object.freeze({ ...shownEntry(task.entry), steps: task.steps, lease });
    },
    async cleaned(correlationId, pipeline) {
      const [place] = (await placesIn(store, taskPrefix(correlationId, pipeline))).slice(0, 1);
      const index = place && (await entryOf(place, true));
      if (index === undefined) return;
      const entry = { ...index.entry, cleaned: true };
      await write(catalogKey(correlationId, pipeline), { formatVersion, journal: null, entry });
    },
  };
}

/** Where a task stands. */
interface TaskPlace {
  readonly correlationId: string;
  readonly pipeline: string;
  readonly journal: StoredObject;
}

async function placesIn(store: ObjectStore, prefix: string): Promise<TaskPlace[]> {
  const places: TaskPlace[] = [];
  for await (const object of store.list(prefix)) {
    const [, correlationId, pipeline, file] = object.key.split('/');
    if (file !== 'journal' || correlationId === undefined || pipeline === undefined) continue;
    places.push({ correlationId, pipeline, journal: object });
  }
  return places;
}

/** A task by its log alone; undefined when the log is no task's, but holds checkpoints that were put by hand. */
async function readTask(
  store: ObjectStore,
  key: string,
): Promise<{ readonly entry: IndexEntry['entry']; readonly steps: readonly TaskStep[] } | undefined> {
  const stages = stageStates({ steps: [], processes: [] }, key);
  const journal = await openJournal(store, key, { part: stages });
  const { task, lastRun, createdAt = '', updatedAt = '' } = journal;
  if (task === undefined || task.correlationId === null) return undefined;
  const known = [...stages.steps()];
  const { pipeline, correlationId, queue, tags, description, params } = task;
  const entry = {
    pipeline,
    correlationId,
    status: statusOf(journal, known),
    queue,
    tags,
    description,
    params,
    attempt: lastRun?.attempt ?? 0,
    lastRunId: lastRun?.runId ?? null,
    createdAt,
    updatedAt,
    cleaned: false,
  };
  return { entry, steps: known.map((state) => stepOf(journal, state)) };
}

/** Without the pipeline nobody knows of steps that nothing has happened to; the last run does. */
function statusOf({ lastRun }: Journal, steps: readonly StageState[]): StageStatus {
  if (lastRun?.status === 'success') return lastRun.partial === true ? 'created' : 'complete';
  const counts = noStages();
  for (const { status } of steps) counts[status] += 1;
  const derived = deriveStatus(counts);
  if (derived !== 'complete' && derived !== 'created') return derived;
  if (lastRun === undefined) return 'created';
  return lastRun.status === undefined ? 'running' : lastRun.status === 'failed' ? 'error' : 'canceled';
}

function stepOf({ committed }: Journal, { stage, status, attempts, history, result }: StageState): TaskStep {
  const last = history.at(-1);
  const manifest = committed.get(stage)?.writers.get('');
  const table = manifest?.contentHash === undefined ? {} : { rows: manifest.rows, bytes: manifest.bytes };
  const at = last?.end ?? last?.begin ?? null;
  return Object.freeze({ step: stage, status, attempts, message: last?.message ?? '', at, result, ...table });
}

function shown({ entry }: IndexEntry): TaskEntry {
  return Object.freeze(shownEntry(entry));
}

function shownEntry(entry: IndexEntry['entry']): TaskEntry {
  return { ...entry, params: paramsOf(entry.params) };
}

function matches(entry: TaskEntry, { pipeline, status, queue, tag }: TaskFilter): boolean {
  const statuses = typeof status === 'string' ? [status] : status;
  return (
    (pipeline === undefined || entry.pipeline === pipeline) &&
    (statuses === undefined || statuses.includes(entry.status)) &&
    (queue === undefined || entry.queue === queue) &&
    (tag === undefined || entry.tags.includes(tag))
  );
}

function checkFilter(filter: TaskFilter): void {
  checkKeys('list', filter, ['pipeline', 'status', 'queue', 'tag'], 'filter');
  const { status, ...texts } = filter;
  for (const [name, value] of Object.entries(texts)) {
    if (value !== undefined && typeof value !== 'string')
      throw invalidArgument('list', `filter '${name}' must be text, not ${describe(value)}`);
  }
  const known = Object.keys(noStages());
  if (status !== undefined && typeof status !== 'string' && !Array.isArray(status))
    throw invalidArgument(
      'list',
      `filter 'status' must be a status, or a list of them, not ${describe(status)}`,
    );
  for (const one of typeof status === 'string' ? [status] : (status ?? [])) {
    if (!known.includes(one)) throw invalidArgument('list', `there is no status '${one}'`, one, known);
  }
}

import { taskBound } from '../errors/store-errors.ts';
import {
  checkId,
  correlationPrefix,
  runJournalKey,
  runPrefix,
  taskJournalKey,
  taskPrefix,
} from '../store/keys.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Cleaner } from './cleaner.ts';
import { openJournal, type Journal } from './journal.ts';

/** What cleans up, and where. */
export interface CleanupParts {
  readonly store: ObjectStore;
  readonly cleaner: Cleaner;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Forgets the checkpoints of one run, never the states of stages. Parts stay where they are: other checkpoints may name
 * them.
 *
 * @throws CairnError `invalid_id`, `task_bound` under a live lease
 */
export async function cleanupRun(parts: CleanupParts, runId: string): Promise<void> {
  checkId(runId, 'runId');
  await forget(parts, runPrefix(runId), runJournalKey(runId));
}

/** The same for every pipeline's task of a correlation id. */
export async function cleanupCorrelation(parts: CleanupParts, correlationId: string): Promise<void> {
  checkId(correlationId, 'correlationId');
  const journals: string[] = [];
  for await (const { key } of parts.store.list(correlationPrefix(correlationId))) {
    if (key.endsWith('/journal')) journals.push(key);
  }
  for (const key of journals) await forget(parts, key.slice(0, -'journal'.length), key);
}

async function forget({ store, cleaner, now }: CleanupParts, prefix: string, key: string): Promise<void> {
  const lease = await store.acquire(prefix);
  try {
    const journal = await openJournal(store, key, { lease });
    if (journal.committed.size === 0 && journal.checks.size === 0) return;
    await checkOver(store, journal);
    // A log of checkpoints alone is no task's.
    if (journal.task === undefined) await cleaner.deleteTree(prefix);
    else await journal.append({ type: 'forgotten', scope: 'all', at: new Date(now).toISOString() });
  } finally {
    await lease.release();
  }
}

/**
 * Makes sure that nobody is at work in the run whose log it is: where the run is one of a task, the lease is on that.
 *
 * @throws CairnError `task_bound`
 */
async function checkOver(store: ObjectStore, { key, committed }: Journal): Promise<void> {
  const tasks = new Map<string, { readonly pipeline: string; readonly correlationId: string }>();
  for (const { writers } of committed.values())
    for (const { pipeline, correlationId } of writers.values())
      if (correlationId !== null) tasks.set(`${pipeline} ${correlationId}`, { pipeline, correlationId });
  for (const { pipeline, correlationId } of tasks.values()) {
    const taskKey = taskJournalKey(correlationId, pipeline);
    if (taskKey === key) continue;
    const prefix = taskPrefix(correlationId, pipeline);
    const lease = await store.leaseInfo(prefix);
    if (lease === undefined || lease.state === 'stale') continue;
    const { lastRun } = await openJournal(store, taskKey);
    if (lastRun !== undefined && lastRun.endedAt === undefined && runJournalKey(lastRun.runId) === key)
      throw taskBound(prefix, lease);
  }
}

import { checkId, correlationPrefix, runJournalKey, runPrefix } from '../store/keys.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { openJournal } from './journal.ts';

/**
 * Forgets the checkpoints of one run. Parts stay where they are: other checkpoints may name them.
 *
 * @throws CairnError `invalid_id`, `task_bound` under a live lease
 */
export async function cleanupRun(store: ObjectStore, runId: string, now: number): Promise<void> {
  checkId(runId, 'runId');
  await forget(store, runPrefix(runId), runJournalKey(runId), now);
}

/** The same for every pipeline's task of a correlation id. */
export async function cleanupCorrelation(
  store: ObjectStore,
  correlationId: string,
  now: number,
): Promise<void> {
  checkId(correlationId, 'correlationId');
  const journals: string[] = [];
  for await (const { key } of store.list(correlationPrefix(correlationId))) {
    if (key.endsWith('/journal')) journals.push(key);
  }
  for (const key of journals) await forget(store, key.slice(0, -'journal'.length), key, now);
}

async function forget(store: ObjectStore, prefix: string, key: string, now: number): Promise<void> {
  const lease = await store.acquire(prefix);
  try {
    const journal = await openJournal(store, key, { lease });
    if (journal.committed.size === 0) return;
    await journal.append({ type: 'forgotten', scope: 'all', at: new Date(now).toISOString() });
  } finally {
    await lease.release();
  }
}

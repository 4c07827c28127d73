import { indexedDbStore } from '@cairn/web';
import { expect, test } from 'vitest';

// A file of its own: only a page's first request for a lock shows it.
test('whoever gives up waiting at once, on a page that has asked for no lock before, holds nothing', async () => {
  const store = indexedDbStore({ database: `lease ${crypto.randomUUID()}` });
  const giveUp = new AbortController();
  const acquiring = store.acquire('correlations/a/p/', { timeoutMs: 60_000, signal: giveUp.signal });
  giveUp.abort();
  await expect(acquiring).rejects.toMatchObject({ code: 'canceled' });
  const lease = await store.acquire('correlations/a/p/');
  await lease.release();
  await store.close();
});

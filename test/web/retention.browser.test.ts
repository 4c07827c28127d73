import { definePipeline, sql, step } from '@cairn/core';
import { createWebRunner, indexedDbStore } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { expect, test } from 'vitest';

test('one tab collects beside another one that works, and evicts what is not in use', async () => {
  const database = `retention-${crypto.randomUUID()}`;
  const numbers = step('numbers', sql`select i, sqrt(i) as root from range(100000) r(i)`);
  const sums = step('sums', sql`select i % 10 as k, sum(root) as s from ${numbers} group by k order by k`);
  const pipeline = definePipeline({ name: 'web', processes: { main: [numbers, sums] } });
  const runner = createWebRunner({ database, assets: duckDbAssets });
  // A store of its own, as another tab has it.
  const collector = createWebRunner({
    database,
    assets: duckDbAssets,
    clock: { now: () => Date.now() + 60_000 },
    retention: { maxBytes: 5000, keepLast: 0 },
  });
  const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
  const first = await task.execute();
  expect(await collector.gc({ graceMs: 0 })).toMatchObject({
    removed: [],
    kept: [{ because: 'live', tables: 2 }],
  });
  await task.unbind();
  const { removed } = await collector.gc({ graceMs: 0 });
  expect(removed.map(({ kind, of, reason }) => [kind, of[0]?.step, reason.code])).toEqual([
    ['table', 'numbers', 'max_bytes'],
  ]);
  const again = await runner.run(pipeline, undefined, { correlationId: 'job' });
  expect([...again.steps.values()].map(({ reason }) => reason)).toEqual([
    { code: 'reused', from: 'correlation', evicted: true },
    { code: 'reused', from: 'correlation' },
  ]);
  expect(again.steps.get('sums')?.contentHash).toBe(first.steps.get('sums')?.contentHash);
  const forced = await runner.run(pipeline, undefined, { correlationId: 'job', force: ['numbers'] });
  expect((await forced.table('numbers')).numRows).toBe(100_000);
  await collector.close();
  await runner.close();
});

test('a database of the first version is brought to the next one, with what is in it', async () => {
  const database = `old-${crypto.randomUUID()}`;
  await new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open(database, 1);
    opening.addEventListener('upgradeneeded', () => {
      for (const table of ['entries', 'records', 'leases']) opening.result.createObjectStore(table);
      const value = new TextEncoder().encode('old');
      opening.transaction?.objectStore('entries').put({ value, size: 3, modifiedAt: 1000 }, 'objects/old');
    });
    opening.addEventListener('error', () => reject(opening.error as Error));
    opening.addEventListener('success', () => {
      opening.result.close();
      resolve();
    });
  });
  const store = indexedDbStore({ database });
  expect(new TextDecoder().decode(await store.get('objects/old'))).toBe('old');
  expect(await store.delete('objects/old', { modifiedAt: new Date(0) })).toBe(false);
  expect(await store.touch('objects/old')).toBe(true);
  expect(await store.delete('objects/old', { modifiedAt: new Date(1000) })).toBe(false);
  for await (const { modifiedAt } of store.list('objects/'))
    expect(await store.delete('objects/old', { modifiedAt })).toBe(true);
  await store.close();
});

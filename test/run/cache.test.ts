import {
  definePipeline,
  sql,
  step,
  type CacheUse,
  type ObjectStore,
  type Pipeline,
  type RunOptions,
  type RunResult,
} from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from './fixtures.js';

const engine = sharedEngine();

/** Two steps, of which the last fails as often as it is told. */
function pair(failures = { left: 0 }, name = 'pair'): Pipeline {
  const a = step('a', sql`select 1 as n`);
  const b = step(
    'b',
    { a },
    async ({ a: table }) => {
      failures.left -= 1;
      if (failures.left >= 0) throw new Error('not yet');
      return [{ rows: (await table.arrow()).numRows }];
    },
    { version: '1' },
  );
  return definePipeline({ name, processes: { main: [a, b] } });
}

async function cacheKeys(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('cache/')) keys.push(key);
  return keys;
}

describe('a run that is told how to use the cache', () => {
  const run = (
    store: ObjectStore,
    cache: CacheUse | undefined,
    options: RunOptions = {},
  ): Promise<RunResult> =>
    testRunner({ engine, store }).runner.run(pair(), undefined, { ...(cache && { cache }), ...options });

  test('reuses what others left, and leaves what it makes, unless it is told otherwise', async () => {
    const store = lastingStore();
    expect(outcomes(await run(store, undefined))).toEqual(['a complete', 'b complete']);
    expect(await cacheKeys(store)).toHaveLength(2);
    const other = await run(store, 'on', { correlationId: 'other' });
    expect(outcomes(other)).toEqual(['a reused', 'b reused']);
  });

  test('read-only: reuses, and leaves nothing to others', async () => {
    const store = lastingStore();
    expect(outcomes(await run(store, 'read-only', { correlationId: 'one' }))).toEqual([
      'a complete',
      'b complete',
    ]);
    expect(await cacheKeys(store)).toEqual([]);
    expect(outcomes(await run(store, 'read-only', { correlationId: 'one' }))).toEqual([
      'a reused',
      'b reused',
    ]);
    await run(store, 'on', { correlationId: 'two' });
    expect(outcomes(await run(store, 'read-only', { correlationId: 'three' }))).toEqual([
      'a reused',
      'b reused',
    ]);
  });

  test('refresh: makes everything anew, and leaves it', async () => {
    const store = lastingStore();
    await run(store, 'on', { correlationId: 'one' });
    for (const key of await cacheKeys(store)) await store.delete(key);
    const fresh = await run(store, 'refresh', { correlationId: 'one' });
    expect(outcomes(fresh)).toEqual(['a complete', 'b complete']);
    expect(fresh.steps.get('a')?.reason).toEqual({ code: 'cache_unused' });
    expect(await cacheKeys(store)).toHaveLength(2);
    expect(outcomes(await run(store, 'on', { correlationId: 'two' }))).toEqual(['a reused', 'b reused']);
  });

  test('off: makes everything anew, and leaves nothing to others', async () => {
    const store = lastingStore();
    await run(store, 'on', { correlationId: 'one' });
    for (const key of await cacheKeys(store)) await store.delete(key);
    expect(outcomes(await run(store, 'off', { correlationId: 'two' }))).toEqual(['a complete', 'b complete']);
    expect(await cacheKeys(store)).toEqual([]);
  });

  test.each(['refresh', 'off'] as const)('%s: goes on all the same with a run that failed', async (cache) => {
    const { runner } = testRunner({ engine });
    const failures = { left: 0 };
    const once = (): Promise<RunResult> => runner.run(pair(failures), undefined, { cache });
    await once();
    failures.left = 1;
    await errorOf(once(), 'step_failed');
    expect(outcomes(await once())).toEqual(['a reused', 'b complete']);
    const plan = await runner.plan(pair(), undefined, { cache });
    expect([...plan.steps.values()].map(({ decision }) => decision)).toEqual(['run', 'unknown']);
  });

  test('is refused what is no way to use it', async () => {
    const error = await errorOf(run(lastingStore(), 'never' as 'off'), 'invalid_argument');
    expect(error.message).toContain("'on', 'read-only', 'refresh', 'off', not 'never'");
  });
});

describe('a step with a maxAge', () => {
  test('runs again when its checkpoint is older, and what comes out the same stops there', async () => {
    let now = Date.parse('2026-01-01');
    const { runner } = testRunner({ engine, clock: { now: () => now } });
    const a = step('a', sql`select 1 as n`, { maxAge: 60_000 });
    const b = step('b', sql`select n from ${a}`);
    const pipeline = definePipeline({ name: 'aging', processes: { main: [a, b] } });
    await runner.run(pipeline);
    now += 60_000;
    expect(outcomes(await runner.run(pipeline))).toEqual(['a reused', 'b reused']);
    now += 1;
    const result = await runner.run(pipeline);
    expect(outcomes(result)).toEqual(['a complete', 'b reused']);
    expect(result.steps.get('a')?.reason).toEqual({
      code: 'expired',
      createdAt: '2026-01-01T00:00:00.000Z',
      maxAge: 60_000,
    });
    now += 30_000;
    const other = await runner.run(pipeline, undefined, { correlationId: 'other' });
    expect(other.steps.get('a')?.reason).toEqual({ code: 'reused', from: 'cache' });
    now += 40_000;
    expect(outcomes(await runner.run(pipeline, undefined, { correlationId: 'other' }))).toEqual([
      'a complete',
      'b reused',
    ]);
  });

  test('must be given one that is', () => {
    for (const maxAge of [0, -1, '1d', Number.NaN])
      expect(() => step('a', sql`select 1`, { maxAge: maxAge as number })).toThrow(/maxAge/);
  });
});

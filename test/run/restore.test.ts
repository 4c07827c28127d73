import { definePipeline, sql, step } from '@cairn/core';
import { expect, test } from 'vitest';
import { breakableEngine, type SeenCall } from './breakable-engine.js';
import { lastingStore, outcomes, testRunner } from './fixtures.js';

/* Parts of a table that comes back are read, and held against their hashes, while the engine is at work on those before. */

let seen: (call: SeenCall) => void = () => undefined;
const { engine } = breakableEngine((call) => seen(call));

test('parts are read ahead, a few at a time', async () => {
  const base = lastingStore();
  const count = { atOnce: 0, most: 0, read: 0, inserted: 0, held: 0 };
  const store = {
    ...base,
    async get(key: string) {
      if (!key.startsWith('objects/')) return base.get(key);
      count.atOnce += 1;
      count.most = Math.max(count.most, count.atOnce);
      // Longer than an insert takes.
      await new Promise((resolve) => setTimeout(resolve, 50));
      count.atOnce -= 1;
      count.read += 1;
      count.held = Math.max(count.held, count.read + count.atOnce - count.inserted);
      return base.get(key);
    },
  };
  const a = step('a', sql`select range as n, md5(range::varchar) as h from range(2000000)`);
  const build = (last: number) =>
    definePipeline({
      name: 'ahead',
      processes: { main: [a, step('b', sql`select sum(n + ${last})::bigint as n from ${a}`)] },
    });
  await testRunner({ engine, store }).runner.run(build(1));
  seen = ({ method }) => {
    if (method === 'insertArrowFromIPCStream') count.inserted += 1;
  };
  const result = await testRunner({ engine, store }).runner.run(build(2));
  expect(outcomes(result)).toEqual(['a reused', 'b complete']);
  expect((await result.table('b')).get(0)?.toJSON()).toEqual({ n: 2_000_003_000_000n });
  expect(count.inserted).toBeGreaterThan(4);
  expect(count.most).toBe(2);
  expect(count.held).toBeLessThanOrEqual(3);
});

import { createRunner, definePipeline, fanIn, memoryStore, sql, step } from '@cairn/core';
import { createNodeEngine } from '@cairn/node';
import { afterAll, expect, test } from 'vitest';

const engine = createNodeEngine();
afterAll(() => engine.close());

test('a fan-in has as many inputs as anybody wants', async () => {
  const count = 1_201;
  const inputs = Array.from({ length: count }, (_, index) =>
    step(`input_${index}`, sql`select ${index} as n`, { checkpoint: false }),
  );
  const all = fanIn('all', inputs, { checkpoint: false });
  const sum = step(
    'sum',
    sql`select count(*) as rows, count(distinct n) as different, sum(n)::int as sum from ${all}`,
  );
  const pipeline = definePipeline({ name: 'many', processes: { main: [...inputs, all, sum] } });
  const result = await createRunner({ store: memoryStore(), engine }).run(pipeline);
  const [row] = (await result.table('sum')).toArray();
  expect(row?.toJSON()).toEqual({
    rows: BigInt(count),
    different: BigInt(count),
    sum: (count * (count - 1)) / 2,
  });
}, 60_000);

test('SEMANTICS 2: a fan-in has its inputs in the order in which they are listed', async () => {
  const inputs = Array.from({ length: 7 }, (_, index) =>
    step(`part_${index}`, sql`select ${index}::int as n from range(2)`),
  );
  const all = fanIn('all', inputs);
  const pipeline = definePipeline({ name: 'listed', processes: { main: [...inputs, all] } });
  const result = await createRunner({ store: memoryStore(), engine }).run(pipeline);
  const rows = (await result.table('all')).toArray().map((row) => row['n'] as number);
  expect(rows).toEqual(inputs.flatMap((_, index) => [index, index]));
});

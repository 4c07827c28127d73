import { definePipeline, fanIn, sql, step, type Pipeline, type RunResult, type TableStep } from '@cairn/core';
import { expect, test } from 'vitest';
import { outcomes, sharedEngine, testRunner } from './fixtures.js';

const engine = sharedEngine();

/** A pipeline whose first step is `first`, with all that `rest` makes of it. */
function after(first: string, rest: (first: TableStep) => readonly TableStep[]): Pipeline {
  const a = step('a', sql`${sql.raw(first)}`);
  return definePipeline({ name: 'cutoff', processes: { main: [a, ...rest(a)] } });
}
const same = [
  'select 1 as n union all select 2 order by n',
  'select range + 1 as n from range(2) order by n',
] as const;
const typed = same.map((text) => `select n::integer as n from (${text})`) as [string, string];

async function twice(
  rest: (first: TableStep) => readonly TableStep[],
  edits: readonly [string, string] = typed,
): Promise<RunResult> {
  const { runner } = testRunner({ engine });
  await runner.run(after(edits[0], rest));
  return runner.run(after(edits[1], rest));
}

test('an edit that leaves the data the same stops there: in a chain', async () => {
  const result = await twice((a) => {
    const b = step('b', sql`select n * 2 as n from ${a}`);
    return [b, step('c', sql`select sum(n) as n from ${b}`)];
  });
  expect(outcomes(result)).toEqual(['a complete', 'b reused', 'c reused']);
});

test('an edit that leaves the data the same stops there: in a diamond', async () => {
  const result = await twice((a) => {
    const left = step('left', sql`select n from ${a} where n = 1`);
    const right = step('right', sql`select n from ${a} where n = 2`);
    return [left, right, step('join', sql`select l.n + r.n as n from ${left} l, ${right} r`)];
  });
  expect(outcomes(result)).toEqual(['a complete', 'left reused', 'right reused', 'join reused']);
});

test('an edit that leaves the data the same stops there: in a fan-in', async () => {
  const result = await twice((a) => {
    const b = step('b', sql`select 3 as n`);
    const all = fanIn('all', [a, b]);
    return [b, all, step('count', sql`select count(*) as n from ${all}`)];
  });
  expect(outcomes(result)).toEqual(['a complete', 'b reused', 'all reused', 'count reused']);
});

test('an edit that changes a part of a diamond runs that part, as far as its data goes', async () => {
  const result = await twice(
    (a) => {
      const small = step('small', sql`select n from ${a} where n < 10 order by n`);
      const large = step('large', sql`select n from ${a} where n >= 10 order by n`);
      const one = step('one', sql`select count(*) as n from ${small}`);
      const other = step('other', sql`select count(*) as n from ${large}`);
      return [small, large, one, other];
    },
    [
      'select range::integer as n from range(12) order by n',
      'select range::integer as n from range(13) order by n',
    ],
  );
  expect(outcomes(result)).toEqual([
    'a complete',
    'small complete',
    'large complete',
    'one reused',
    'other complete',
  ]);
});

test('the outcome says what chance had a hand in', async () => {
  const { runner } = testRunner({ engine });
  const a = step('a', sql`select random() as n`);
  const b = step('b', sql`select 1 as n`);
  const c = step('c', sql`select random() as n`, { volatile: false });
  const pipeline = definePipeline({ name: 'chance', processes: { main: [a, b, c] } });
  const volatile = async (): Promise<unknown> =>
    [...(await runner.run(pipeline)).steps.values()].map((outcome) => outcome.volatile);
  expect(await volatile()).toEqual([true, false, false]);
  expect(await volatile()).toEqual([true, false, false]);
});

test('a table whose columns have no names is the same in every run', async () => {
  const { runner } = testRunner({ engine });
  const pipeline = after(typed[0], (a) => {
    const largest = step('largest', sql`select (select max(n) from ${a}), exists(from ${a})`);
    return [largest, step('last', sql`from ${largest}`)];
  });
  await runner.run(pipeline);
  const again = await runner.run(pipeline, {}, { force: ['largest'] });
  expect(outcomes(again)).toEqual(['a reused', 'largest complete', 'last reused']);
  const { schema } = await again.table('largest');
  expect(schema.fields.map(({ name }) => name)).toEqual([
    '(SELECT max(n) FROM a)',
    'EXISTS(SELECT * FROM a)',
  ]);
});

import { definePipeline, fanIn, sql, step, type ObjectStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { expect, test } from 'vitest';
import { noEngine } from '../task/no-engine.js';
import { breakableEngine } from './breakable-engine.js';
import { errorOf, lastingStore, sharedEngine, temporaryFolder, testRunner } from './fixtures.js';

const engine = sharedEngine();
const numbers = step('numbers', sql`select i::hugeint as n, 'row ' || i as label from range(3) r(i)`);
const odd = step('odd.ones', sql`from ${numbers} where n % 2 = 1`);
const both = fanIn('both', [numbers, odd]);
const pipeline = definePipeline({ name: 'numbers_of', processes: { main: [numbers, odd, both] } });
const other = definePipeline({
  name: 'other',
  processes: { main: [step('one', sql`select 1 as x`, { checkpoint: 'correlation' })] },
});

/** A store in which a run was made by a runner that is gone. */
async function after(store: ObjectStore = lastingStore()): Promise<ObjectStore> {
  const { runner } = testRunner({ engine, store });
  await runner.run(pipeline, undefined, { correlationId: 'job' });
  return store;
}
const values = (table: { toArray(): { toJSON(): Record<string, unknown> }[] }): unknown[] =>
  table.toArray().map((row) => row.toJSON());

test('after a restart any stored table of a task is there, whole or in part, without an engine', async () => {
  const root = temporaryFolder();
  await after(fsStore({ root }));
  const { runner } = testRunner({ engine: noEngine, store: fsStore({ root }) });
  const opened = await runner.open('job');
  expect([opened.pipeline, opened.correlationId]).toEqual(['numbers_of', 'job']);
  expect([...opened.steps.keys()]).toEqual(['numbers', 'odd.ones', 'both']);
  expect(opened.steps.get('both')).toMatchObject({ rows: 4, columns: [{ name: 'n', type: 'HUGEINT' }, {}] });
  expect((await opened.table('both')).numRows).toBe(4);
  expect(values(await opened.table('both', { columns: ['label'], limit: 2 }))).toEqual([
    { label: 'row 0' },
    { label: 'row 1' },
  ]);
  for (const wrong of [{ columns: ['lable'] }, { columns: 'label' }, { limit: -1 }, { offset: 1 }, null])
    await errorOf(opened.table('both', wrong as never), 'invalid_argument');
  await errorOf(opened.table(7 as never), 'checkpoint_not_found');
  await runner.close();
});

test('SQL over the steps of a task goes by their names, with the types that they had', async () => {
  const { runner } = testRunner({ engine, store: await after() });
  await using opened = await runner.open('job');
  const text = `with x as (select max(n) as most from numbers) select typeof(most) as t, most::integer as most, (select count(*) from "odd.ones")::integer as odd from x`;
  expect(values(await opened.query(text))).toEqual([{ t: 'HUGEINT', most: 2, odd: 1 }]);
  expect(values(await opened.query('FROM Numbers select label limit 1'))).toEqual([{ label: 'row 0' }]);
  expect(values(await opened.query(sql`select label from ${both} where label = ${'row 1'}`))).toEqual([
    { label: 'row 1' },
    { label: 'row 1' },
  ]);
  expect((await errorOf(opened.query('from nowhere'), 'sql_failed')).message).toContain('nowhere');
  await errorOf(opened.query(7 as never), 'invalid_argument');
  await opened.close();
  await errorOf(opened.query('from numbers'), 'already_closed');
});

test('a query that was asked before it is closed is answered', async () => {
  const { runner } = testRunner({ engine, store: await after() });
  const opened = await runner.open('job');
  const asked = opened.query('select n.label from numbers n, "both"');
  await opened.close();
  expect((await asked).numRows).toBe(12);
});

test('an engine that was lost meanwhile is given the tables again', async () => {
  const breakable = breakableEngine(() => undefined);
  const { runner } = testRunner({ engine: breakable.engine, store: await after() });
  await using opened = await runner.open('job');
  expect((await opened.query('from numbers')).numRows).toBe(3);
  await breakable.instances[0]?.terminate();
  await opened.query('select 1').catch(() => undefined);
  expect((await opened.query('from numbers')).numRows).toBe(3);
});

test('SEMANTICS 1, get: what is not there names the step, the ids tried and the nearest known', async () => {
  const { runner } = testRunner({ engine: noEngine, store: await after() });
  const opened = await runner.open('job');
  const error = await errorOf(opened.table('numbrs'), 'checkpoint_not_found');
  expect(error.message).toBe(
    "No checkpoint of step 'numbrs' stands in the task 'job' of pipeline 'numbers_of'; did you mean 'numbers'?",
  );
  expect((await errorOf(runner.open('jbo'), 'unknown_task')).message).toContain("did you mean 'job'?");
  const misspelt = await errorOf(runner.open('job', { pipeline: 'number_of' }), 'unknown_task');
  expect(misspelt.message).toContain("did you mean 'numbers_of'?");
  await errorOf(runner.open('../job'), 'invalid_id');
  await errorOf(runner.open('job', { pipline: 'x' } as object), 'invalid_argument');
});

test('where several pipelines have a task of one correlation id, one must be named', async () => {
  const store = await after();
  const { runner } = testRunner({ engine, store });
  await runner.run(other, undefined, { correlationId: 'job', lastAttempt: false });
  const error = await errorOf(runner.open('job'), 'invalid_argument');
  expect(error.message).toContain("'numbers_of', 'other'");
  const opened = await runner.open('job', { pipeline: 'other' });
  expect(values(await opened.table('one'))).toEqual([{ x: 1 }]);
});

test('a damaged table is told and not served', async () => {
  const store = await after();
  for await (const { key } of store.list('objects/')) {
    const bytes = (await store.get(key)) as Uint8Array;
    bytes[bytes.length - 12] = (bytes[bytes.length - 12] as number) ^ 1;
    await store.put(key, bytes);
  }
  const { runner } = testRunner({ engine, store });
  await using opened = await runner.open('job');
  await errorOf(opened.table('numbers'), 'checkpoint_damaged');
  await errorOf(opened.query('from numbers'), 'checkpoint_damaged');
});

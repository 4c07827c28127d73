import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definePipeline, param, secret, sql, step, type ObjectStore, type OpenedTask } from '@cairn/core';
import { nodeFiles } from '@cairn/node';
import { toArrow } from '@cairn/plugins/arrow';
import { toCsv } from '@cairn/plugins/csv';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { breakableEngine } from './breakable-engine.js';
import { errorOf, lastingStore, sharedEngine, temporaryFolder, testRunner } from './fixtures.js';

const engine = sharedEngine();
const numbers = step('numbers', sql`select i as n, 'row ' || i as label from range(${param('rows')}) r(i)`);
const odd = step('odd', sql`from ${numbers} where n % 2 = 1`);
const pipeline = definePipeline({
  name: 'numbers_of',
  params: z.object({ rows: z.number() }),
  processes: { main: [numbers, odd] },
});
const values = (table: { toArray(): { toJSON(): Record<string, unknown> }[] }): unknown[] =>
  table.toArray().map((row) => row.toJSON());

/** A store in which a run was made by a runner that is gone. */
async function after(rows = 10_000, store: ObjectStore = lastingStore()): Promise<ObjectStore> {
  const { runner } = testRunner({ engine, store });
  await runner.run(pipeline, { rows }, { correlationId: 'job' });
  return store;
}

test('an answer is kept, known by its name, and found by place', async () => {
  const { runner } = testRunner({ engine, store: await after() });
  await using opened = await runner.open('job');
  const down = await opened.keep('going down', 'select n, n::hugeint as h from numbers order by n desc');
  expect(down).toMatchObject({ name: 'going down', rows: 10_000 });
  expect(down.columns.map(({ type }) => type)).toEqual(['BIGINT', 'HUGEINT']);
  expect(values(await opened.query('select n from "Going Down" where rowid >= 9998'))).toEqual([
    { n: 1n },
    { n: 0n },
  ]);
  const joined = await opened.keep('joined', sql`select o.label from ${odd} o join "going down" d using (n)`);
  expect(joined.rows).toBe(5000);
  await errorOf(opened.keep('ODD', 'select 1'), 'invalid_argument');
  await errorOf(opened.keep('JOINED', 'select 1'), 'invalid_argument');
  await errorOf(opened.keep('', 'select 1'), 'invalid_argument');
  await joined.drop();
  await joined.drop();
  await errorOf(opened.query('from joined'), 'sql_failed');
  await errorOf(opened.keep('joined', 'from nowhere'), 'sql_failed');
  expect((await opened.keep('joined', 'select 1')).rows).toBe(1);
});

test('nothing of it is left in the engine when the task is closed', async () => {
  const { runner } = testRunner({ engine, store: await after() });
  const tables = async (): Promise<number> => {
    const query = {
      parts: [{ kind: 'text' as const, text: 'select count(*)::integer as n from duckdb_tables()' }],
    };
    return (await engine.query(query)).get(0)?.['n'] as number;
  };
  const before = await tables();
  const opened = await runner.open('job');
  await opened.keep('one', 'from numbers');
  const late = opened.keep('two', 'from odd');
  expect(await tables()).toBeGreaterThan(before);
  await opened.close();
  await late;
  expect(await tables()).toBe(before);
  await errorOf(opened.keep('three', 'select 1'), 'already_closed');
});

test('what was kept is made again when the engine was lost', async () => {
  const breakable = breakableEngine(() => undefined);
  const { runner } = testRunner({ engine: breakable.engine, store: await after() });
  await using opened = await runner.open('job');
  await opened.keep('down', 'select n from numbers order by n desc');
  await breakable.instances[0]?.terminate();
  await opened.query('select 1').catch(() => undefined);
  expect(values(await opened.query('from down limit 1'))).toEqual([{ n: 9999n }]);
});

test('a query ends when its signal is aborted, and so do keeping and writing', async () => {
  const { runner } = testRunner({ engine, store: await after() });
  await using opened = await runner.open('job');
  const endless = 'select count(*) from range(1000000) a(i), range(1000000) b(j) where (i * j) % 7 = 3';
  const asks: ((signal: AbortSignal) => Promise<unknown>)[] = [
    (signal) => opened.query(endless, { signal }),
    (signal) => opened.keep('endless', endless, { signal }),
    (signal) => opened.write(endless, toCsv({ onBlob: () => undefined }), { signal }),
  ];
  for (const ask of asks) {
    const stop = new AbortController();
    const asked = ask(stop.signal);
    setTimeout(() => stop.abort('enough'), 200);
    await errorOf(asked, 'canceled');
  }
  expect((await opened.query('from numbers limit 1')).numRows).toBe(1);
});

test('an answer is written with a connector, whole or not at all', async () => {
  const cwd = temporaryFolder();
  const { runner } = testRunner({
    engine,
    store: await after(),
    files: nodeFiles({ cwd }),
    secrets: { FOLDER: 'out' },
  });
  await using opened = await runner.open('job');
  const told: unknown[] = [];
  const onProgress = (done: number, total?: number): void => void told.push([done, total]);
  const query = sql`from ${odd} where n < ${6} order by n desc`;
  const receipt = await opened.write(query, toCsv({ path: 'out/odd.csv' }), { onProgress });
  expect(receipt).toMatchObject({ path: 'out/odd.csv', rows: 3 });
  expect(readFileSync(join(cwd, 'out/odd.csv'), 'utf8')).toBe('n,label\n5,row 5\n3,row 3\n1,row 1\n');
  expect(told.at(-1)).toEqual([3, 3]);

  await opened.write("select uuid '00000000-0000-0000-0000-000000000001' as u", toArrow({ path: 'u.arrow' }));
  expect(readFileSync(join(cwd, 'u.arrow')).subarray(0, 6).toString()).toBe('ARROW1');

  const refused = toCsv({ path: 'out/odd.csv' });
  const failing = { ...refused, commit: () => Promise.reject(new Error('no')) };
  await expect(opened.write('select 1', failing)).rejects.toThrow('no');
  expect(readFileSync(join(cwd, 'out/odd.csv'), 'utf8')).toContain('row 5');
  await errorOf(opened.write('select 1', toCsv({ path: secret('NONE') })), 'secret_not_found');
  await errorOf(opened.write('select 1', toCsv({ path: param('where') }) as never), 'invalid_argument');
  await errorOf(opened.write('select 1', {} as never), 'invalid_argument');
});

test('a task is opened as one of its runs left it', async () => {
  const store = lastingStore();
  const { runner } = testRunner({ engine, store });
  for (const [runId, rows] of [
    ['first', 10],
    ['second', 20],
  ] as const)
    await runner.run(pipeline, { rows }, { correlationId: 'job', runId });
  const rowsOf = ({ steps }: OpenedTask): unknown => [...steps.values()].map(({ rows }) => rows);
  const first = await runner.open('job', { runId: 'first' });
  expect(rowsOf(first)).toEqual([10, 5]);
  expect((await first.query('from odd')).numRows).toBe(5);
  expect((await first.table('numbers')).numRows).toBe(10);
  expect(first.runs).toMatchObject([
    { runId: 'first', attempt: 1, status: 'success' },
    { runId: 'second', attempt: 1, status: 'success', endedAt: expect.stringMatching(/Z$/) as string },
  ]);
  await first.close();
  expect(rowsOf(await runner.open('job', { runId: 'second' }))).toEqual([20, 10]);
  expect(rowsOf(await runner.open('job'))).toEqual([20, 10]);
  const error = await errorOf(runner.open('job', { runId: 'secondd' }), 'invalid_argument');
  expect(error.message).toContain("did you mean 'second'?");
});

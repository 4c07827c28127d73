import { definePipeline, sql, step, type Check, type Pipeline } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { checksPlugin, noDrift, notNull, unique, type DriftOptions } from '@cairn/plugins/checks';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../records/stored.js';
import { storeWithTime } from '../retention/store-with-time.js';
import { errorOf, lastingStore, sharedEngine, testRunner } from '../run/fixtures.js';

const engine = sharedEngine();
const job = { correlationId: 'job' };

/** `nulls` rows of 1,000 have no name. */
const named = (nulls: number, checks: readonly Check[] = [notNull('name')]): Pipeline =>
  definePipeline({
    name: 'named',
    processes: {
      main: [
        step(
          'data',
          sql`select range as n, case when range >= ${nulls} then 'x' end as name from range(1000)`,
          {
            checks,
          },
        ),
      ],
    },
  });

describe('rows that fail', () => {
  test('are kept up to a bound, in the columns and types of the table, and found by task and by history', async () => {
    const { runner } = testRunner({ engine });
    const some = named(300, [
      notNull('name'),
      notNull('NAME', { keepRows: 3 }),
      notNull('name', { keepRows: 0, name: 'none' }),
    ]);
    await errorOf(runner.run(some, undefined, job), 'check_failed');
    await using opened = await runner.open('job');
    const rows = await opened.failingRows('data', 'notNull(name)', { columns: ['n'], limit: 2 });
    expect(rows.toArray().map(String)).toEqual(['{"n": 0}', '{"n": 1}']);
    expect((await opened.failingRows('data', 'notNull(name)')).numRows).toBe(100);
    expect((await opened.failingRows('data', 'notNull(NAME)')).numRows).toBe(3);
    const [first] = opened.checks.get('data') ?? [];
    expect(first).toMatchObject({ check: 'notNull(name)', status: 'failed', failing: 300, rows: 1000 });
    expect(first?.kept).toEqual({
      rows: 100,
      columns: [
        { name: 'n', type: 'BIGINT', nullable: true },
        { name: 'name', type: 'VARCHAR', nullable: true },
      ],
    });
    await errorOf(opened.failingRows('data', 'none'), 'checkpoint_not_found');
    const unknown = await errorOf(opened.failingRows('data', 'notNul(name)'), 'checkpoint_not_found');
    expect(unknown.message).toContain("did you mean 'notNull(name)'?");

    await using history = await runner.history();
    const [found] = (
      await history.query(
        "select step_run_id as id from check_runs where failing_rows is not null and check_name = 'notNull(name)'",
      )
    ).toArray();
    expect((await history.failingRows(String(found?.['id']), 'notNull(name)')).numRows).toBe(100);
    await errorOf(history.failingRows(String(found?.['id']), 'none'), 'checkpoint_not_found');
  });

  test('stay while the task’s log names them, and are collected afterwards', async () => {
    const { runner: make, later, keys } = storeWithTime(engine);
    const { runner } = make({ maxBytes: 0, maxAge: 1, keepLast: 0 });
    await errorOf(runner.run(named(3), undefined, job), 'check_failed');
    await using before = await runner.open('job');
    later(40);
    const { removed, kept } = await runner.gc();
    expect(removed).toEqual([]);
    expect(kept).toEqual([expect.objectContaining({ because: 'failing_rows', tables: 1 })]);
    expect((await before.failingRows('data', 'notNull(name)')).numRows).toBe(3);
    expect(await runner.checkpoints()).toEqual([]);

    await runner.run(named(0), undefined, job);
    later(40);
    expect((await runner.gc()).removed.map(({ kind }) => kind)).toContain('orphan');
    expect(await keys('objects/')).toEqual([]);
    const gone = await errorOf(before.failingRows('data', 'notNull(name)'), 'checkpoint_not_found');
    expect(gone.message).toContain('they were removed');
    await using history = await runner.history();
    const [run] = (
      await history.query('select step_run_id as id from check_runs where failing_rows is not null')
    ).toArray();
    await errorOf(history.failingRows(String(run?.['id']), 'notNull(name)'), 'checkpoint_not_found');
  });

  test('are forgotten with their task', async () => {
    const { runner: make, later, keys } = storeWithTime(engine);
    const { runner } = make();
    await errorOf(runner.run(named(3), undefined, job), 'check_failed');
    await runner.cleanupCorrelation('job');
    later(40);
    await runner.gc();
    expect(await keys('objects/')).toEqual([]);
  });
});

test('a log that was written anew knows how checks came out', async () => {
  const store = lastingStore();
  const { runner } = testRunner({ engine, store });
  const warn = named(3, [notNull('name', { severity: 'warn' })]);
  for (let run = 0; run < 3; run += 1) await runner.run(warn, undefined, { ...job, force: ['data'] });
  const lengths: number[] = [];
  for (let run = 0; run < 130; run += 1) {
    await runner.run(warn, undefined, job);
    let length = 0;
    for await (const _ of store.log('correlations/job/named/journal')) length += 1;
    lengths.push(length);
  }
  expect(Math.min(...lengths.slice(10))).toBeLessThan(10);
  await using opened = await runner.open('job');
  expect((await opened.failingRows('data', 'notNull(name)')).numRows).toBe(3);
});

test('the checks of a run that was killed are recorded when its task is bound next', async () => {
  const store = lastingStore();
  const { runner } = testRunner({ engine, store });
  await errorOf(runner.run(named(3, [notNull('name'), unique('n')]), undefined, job), 'check_failed');
  const rows = await rowsOf(store, 'check_runs');
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    pipeline: 'named',
    process: 'main',
    step: 'data',
    evaluation: 1,
    check_type: 'notNull',
  });
  for (const table of ['check_runs', 'step_runs', 'pipeline_runs'])
    for await (const { key } of store.list(`records/${table}/`)) await store.delete(key);
  await using task = await runner.bind(named(3), undefined, job);
  expect(task.status).toBe('error');
  expect(await rowsOf(store, 'check_runs')).toEqual(rows);
});

describe('noDrift', () => {
  const table = (rows: number, more = '', add = 0): string =>
    `select range as n, range % 10 + ${add} as digit, case when range % 10 > 0 then 'x' end as note${more} from range(${rows})`;
  const pipeline = (text: string, options?: DriftOptions): Pipeline =>
    definePipeline({
      name: 'drifting',
      processes: { main: [step('data', sql`${sql.raw(text)}`, { checks: [noDrift(options)] })] },
    });
  /** What is said of each table, one after the other. */
  async function said(tables: readonly string[], options?: DriftOptions, task = job): Promise<unknown[]> {
    const { runner, events } = testRunner({ engine });
    for (const text of tables)
      await runner.run(pipeline(text, options), undefined, task).catch(() => undefined);
    return events.flatMap((event) =>
      event.type === 'check_result'
        ? [`${event.status} ${event.message.replace(/ run [0-9a-f-]+/, '')}`]
        : [],
    );
  }

  test('compares with the table that was kept last: rows, nulls, distinct values, least, greatest and mean', async () => {
    const tables = [
      table(1000),
      table(1050),
      table(2000),
      table(1100),
      table(1100, '', 5),
      'select range as n, range % 10 as digit, null as note from range(1100)',
      'select range as n from range(1100)',
      table(1100, ', 1 as more'),
    ];
    expect(await said(tables)).toEqual([
      'passed there is no earlier table to compare with',
      'passed like that of',
      "failed unlike that of: rows by 90.5 %, distinct of 'n' by 84.1 %, max of 'n' by 90.6 %, mean of 'n' by 90.6 %",
      'passed like that of',
      "failed unlike that of: min of 'digit' by 55.6 %, max of 'digit' by 55.6 %, mean of 'digit' by 111 %",
      "failed unlike that of: nulls of 'note' by 90 %, distinct of 'note' by 100 %",
      "failed unlike that of: 'digit' is gone, 'note' is gone",
      'passed like that of',
    ]);
  });

  test('looks at some columns, as loosely as is said', async () => {
    expect(await said([table(1000), table(2000)], { columns: ['digit'], tolerance: { rows: 1 } })).toEqual([
      'passed there is no earlier table to compare with',
      'passed like that of',
    ]);
    expect(await said([table(1000), table(5000)], { tolerance: Infinity })).toHaveLength(2);
    expect(await said([table(1000), table(1001)], { tolerance: 0, columns: [] })).toEqual([
      'passed there is no earlier table to compare with',
      'failed unlike that of: rows by 0.1 %',
    ]);
  });

  test('a warning is kept, and what comes next is compared with it', async () => {
    expect(await said([table(10), table(1000), table(1001)], { severity: 'warn', columns: [] })).toEqual([
      'passed there is no earlier table to compare with',
      'failed unlike that of: rows by 9900 %',
      'passed like that of',
    ]);
  });

  test('without a correlation id, or over all of a pipeline, it goes by the records', async () => {
    const alone = { correlationId: null } as never;
    expect(await said([table(1000), table(2000), table(1001)], {}, alone)).toEqual([
      'passed there is no earlier table to compare with',
      expect.stringContaining('failed unlike'),
      'passed like that of',
    ]);
    const { runner, events } = testRunner({ engine });
    const within = { within: 'pipeline' } as const;
    await runner.run(pipeline(table(1000), within), undefined, { correlationId: 'monday' });
    await errorOf(
      runner.run(pipeline(table(2000), within), undefined, { correlationId: 'tuesday' }),
      'check_failed',
    );
    await runner.run(pipeline(table(3000)), undefined, { correlationId: 'wednesday' });
    expect(events.flatMap((event) => (event.type === 'check_result' ? [event.status] : []))).toEqual([
      'passed',
      'failed',
      'passed',
    ]);
  });

  test('lists are no numbers, whatever they are of; what comes of nothing has no share', async () => {
    const lists = "select [1, 2] as l, [1.5::decimal(3,1)] as d, {'a': 1} as s, 1.5::decimal(3,1) as n";
    const tables = [`${lists} where false`, lists, `${lists} from range(1)`];
    expect(await said(tables, { columns: ['l', 'd', 's'] })).toEqual([
      'passed there is no earlier table to compare with',
      "failed unlike that of: rows from nothing, distinct of 'd' from nothing, distinct of 'l' from nothing, distinct of 's' from nothing",
      "failed unlike that of: rows from nothing, distinct of 'd' from nothing, distinct of 'l' from nothing, distinct of 's' from nothing",
    ]);
    expect(await said([lists, lists.replace(' 1.5::decimal(3,1) as n', ' 3::decimal(3,1) as n')])).toEqual([
      'passed there is no earlier table to compare with',
      "failed unlike that of: min of 'n' by 100 %, max of 'n' by 100 %, mean of 'n' by 100 %",
    ]);
  });

  test('refuses what says nothing', () => {
    for (const options of [{ tolerance: -1 }, { tolerance: { row: 1 } }, { within: 'run' }, { columns: 'n' }])
      expect(() => noDrift(options as never)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });
});

test('the plugin names the standard checks, and tells all that is wrong with their options at once', () => {
  const { check, names } = contributions([checksPlugin]);
  expect(names('check')).toEqual([
    'notNull',
    'unique',
    'accepted',
    'inRange',
    'matches',
    'rowCount',
    'references',
    'expression',
    'freshness',
    'noDrift',
  ]);
  expect(check('notNull', { column: 'a', severity: 'warn' })).toMatchObject({
    name: 'notNull(a)',
    severity: 'warn',
  });
  expect(check('expression', { sql: 'a > 1' })).toMatchObject({ name: 'expression(a > 1)' });
  expect(check('checks.unique', { columns: ['a', 'b'] })).toMatchObject({ name: 'unique(a, b)' });
  expect(() => check('inRange', { colum: 'a', min: null, severity: 'fatal' })).toThrow(
    expect.objectContaining({
      code: 'invalid_argument',
      message: expect.stringMatching(/colum.*column.*min.*severity/s) as string,
    }),
  );
});

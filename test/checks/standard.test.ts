import { definePipeline, param, sql, step, type Check, type CairnEvent } from '@cairn/core';
import {
  accepted,
  expression,
  freshness,
  inRange,
  matches,
  notNull,
  references,
  rowCount,
  unique,
} from '@cairn/plugins/checks';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { errorOf, sharedEngine, testRunner } from '../run/fixtures.js';

const engine = sharedEngine();

type Told = Extract<CairnEvent, { readonly type: 'check_result' }>;

/** How each check comes out on the answer to a query. */
async function judge(query: string, checks: readonly Check[]): Promise<Told[]> {
  const { runner, events } = testRunner({ engine, clock: { now: () => Date.parse('2026-03-10T00:00:00Z') } });
  const table = step('data', sql`${sql.raw(query)}`, {
    checks: checks.map((check) => ({ ...check, severity: 'warn' as const })),
  });
  await runner.run(definePipeline({ name: 'p', processes: { main: [table] } }));
  return events.filter((event) => event.type === 'check_result');
}

const brief = ({ check, status, failing, message }: Told): unknown[] => [check, status, failing, message];

test('notNull, accepted, inRange and matches: null fails the first alone', async () => {
  const results = await judge(
    "select * from (values (1, 'NY', 'a1'), (null, null, null), (12, 'nj', 'b'), ('nan'::double, 'NY', 'a2')) t(n, state, code)",
    [
      notNull('n'),
      notNull('CODE'),
      accepted('state', ['NY', 'NJ']),
      inRange('n', { min: 1, max: 10 }),
      inRange('n', { min: 0, name: 'n from 0 on' }),
      inRange('code', { max: 'z' }),
      matches('code', /^A\d$/i, { name: 'a code' }),
      matches('code', '^(?:a[0-9]|b)$'),
      matches('n', /^\d+\.0$|nan/),
    ],
  );
  expect(results.map(brief)).toEqual([
    ['notNull(n)', 'failed', 1, "1 of 4 rows: 'n' is null"],
    ['notNull(CODE)', 'failed', 1, "1 of 4 rows: 'CODE' is null"],
    ['accepted(state)', 'failed', 1, "1 of 4 rows: 'state' has another value"],
    // NaN is above every number.
    ['inRange(n)', 'failed', 2, "2 of 4 rows: 'n' is out of range"],
    ['n from 0 on', 'passed', 0, ''],
    ['inRange(code)', 'passed', 0, ''],
    ['a code', 'failed', 1, "1 of 4 rows: 'code' does not match"],
    ['matches(code)', 'passed', 0, ''],
    ['matches(n)', 'passed', 0, ''],
  ]);
});

test('unique: over one column and over several, nulls are like no others, and failing rows come key by key', async () => {
  const query =
    "select * from (values (1, 'a'), (2, 'b'), (1, 'c'), (null, 'd'), (null, 'd'), (2, 'b')) t(id, \"of\")";
  const results = await judge(query, [unique('id'), unique(['id', 'of']), unique('of')]);
  expect(results.map(brief)).toEqual([
    ['unique(id)', 'failed', 4, '4 rows share 2 keys'],
    ['unique(id, of)', 'failed', 2, '2 rows share 1 key'],
    ['unique(of)', 'failed', 4, '4 rows share 2 keys'],
  ]);
  expect(results.map(({ failingRows }) => failingRows?.rows)).toEqual([4, 2, 4]);
});

test('rowCount: exactly, at least, at most', async () => {
  const results = await judge('select range as n from range(3)', [
    rowCount({ exactly: 3, name: '3' }),
    rowCount({ exactly: 4, name: '4' }),
    rowCount({ min: 4, name: 'min' }),
    rowCount({ max: 2, name: 'max' }),
    rowCount({ min: 3, max: 3 }),
  ]);
  expect(results.map(brief)).toEqual([
    ['3', 'passed', null, ''],
    ['4', 'failed', null, '3 rows, not 4'],
    ['min', 'failed', null, '3 rows, fewer than 4'],
    ['max', 'failed', null, '3 rows, more than 2'],
    ['rowCount', 'passed', null, ''],
  ]);
});

test('expression: what is false fails, null does not; sub-queries over other steps may stand in it', async () => {
  const { runner, events } = testRunner({ engine });
  const limits = step('limits', sql`select 5 as most`, { checkpoint: false });
  const data = step('data', sql`select * from (values (1, 2), (3, null), (9, 1)) t(a, b)`, {
    checks: [
      expression(sql`a <= b -- and no more`, { severity: 'warn' }),
      expression(sql`a <= (select most from ${limits})`, { severity: 'warn', name: 'limited' }),
      expression(sql`a > ${param('least')}`, { severity: 'warn', name: 'param' }),
    ],
  });
  const pipeline = definePipeline({
    name: 'p',
    params: z.object({ least: z.number() }),
    processes: { main: [data, limits] },
  });
  await runner.run(pipeline, { least: 1 });
  const results = events.filter((event) => event.type === 'check_result');
  expect(results.map(brief)).toEqual([
    ['expression(a <= b -- and no more)', 'failed', 1, '1 of 3 rows'],
    ['limited', 'failed', 1, '1 of 3 rows'],
    ['param', 'failed', 1, '1 of 3 rows'],
  ]);
});

test('freshness: the newest time, of any type of time, is not too old by the clock of the runner', async () => {
  const day = 86_400_000;
  const query = `select * from (values
    (date '2026-03-08', timestamp '2026-03-09 12:00:00', timestamptz '2026-03-09 23:30:00+00', 'x', null::date),
    (date '2026-03-01', null, null, 'y', null)) t(d, t, z, text, none)`;
  const results = await judge(query, [
    freshness('d', { maxAge: 2 * day }),
    freshness('t', { maxAge: day / 4 }),
    freshness('z', { maxAge: day / 48 }),
    freshness('text', { maxAge: day }),
    freshness('none', { maxAge: day }),
  ]);
  expect(results.map(brief)).toEqual([
    ['freshness(d)', 'passed', null, ''],
    ['freshness(t)', 'failed', null, "the newest 't' is 12 h old, and may be 6 h"],
    ['freshness(z)', 'passed', null, ''],
    [
      'freshness(text)',
      'errored',
      null,
      "it could not be evaluated: freshness: the column 'text' is of type VARCHAR, which is no time",
    ],
    ['freshness(none)', 'failed', null, "'none' has no time in any row"],
  ]);
});

test('a column that there is not is told by name, and is no other check’s fault', async () => {
  const results = await judge('select 1 as origin, null as "Select"', [
    notNull('orgin'),
    notNull('Select'),
    inRange('origin', { min: 'x' }),
    matches('origin', '(?=a)'),
    notNull('origin'),
  ]);
  expect(results.map(({ check, status, failing }) => [check, status, failing])).toEqual([
    ['notNull(orgin)', 'errored', null],
    ['notNull(Select)', 'failed', 1],
    ['inRange(origin)', 'errored', null],
    ['matches(origin)', 'errored', null],
    ['notNull(origin)', 'passed', 0],
  ]);
  expect(results[0]?.message).toBe(
    "it could not be evaluated: the table has no column 'orgin'; did you mean 'origin'?",
  );
});

test('params stand in options, are checked when they are filled in, and make no step run again', async () => {
  const { runner, events } = testRunner({ engine });
  const states = param('states');
  const data = step('data', sql`select * from (values ('NY'), ('NJ')) t(state)`, {
    checks: [accepted('state', states), inRange('state', { max: param('most') })],
  });
  const pipeline = definePipeline({
    name: 'p',
    params: z.object({ states: z.array(z.string()), most: z.string() }),
    processes: { main: [data] },
  });
  await runner.run(pipeline, { states: ['NY', 'NJ'], most: 'Z' });
  const again = await runner.run(pipeline, { states: ['NY', 'NJ', 'CT'], most: 'Z' });
  expect(again.steps.get('data')?.outcome).toBe('reused');
  events.length = 0;
  const error = await errorOf(runner.run(pipeline, { states: [], most: 'A' }), 'check_failed');
  expect(error.message).toContain('accepted(state): it could not be evaluated: accepted: needs a list');
  expect(error.message).toContain("inRange(state): 2 of 2 rows: 'state' is out of range");
  const unknown = step('data', sql`select 1 as n`, { checks: [inRange('n', { min: param('lest') })] });
  await errorOf(runner.run(definePipeline({ name: 'q', processes: { main: [unknown] } })), 'unknown_param');
});

test('references: every value is there in the other step, which is done before and need not be an input', async () => {
  const { runner, events } = testRunner({ engine });
  const airports = (last: string) =>
    step('airports', sql`select * from (values ('JFK'), (${last})) t(iata)`, { checkpoint: false });
  const pipeline = (last: string) => {
    const other = airports(last);
    const flights = step('flights', sql`select * from (values ('JFK'), ('LAX'), (null), ('XXX')) t(origin)`, {
      checks: [references('origin', other, 'iata', { severity: 'warn' })],
    });
    return definePipeline({ name: 'p', processes: { main: [flights, other] } });
  };
  await runner.run(pipeline('LAX'));
  const results = events.filter((event) => event.type === 'check_result');
  expect(results.map(brief)).toEqual([
    [
      'references(origin, airports.iata)',
      'failed',
      1,
      "1 of 4 rows: 'origin' is not in 'iata' of 'airports'",
    ],
  ]);
  events.length = 0;
  const changed = await runner.run(pipeline('XXX'));
  expect(changed.steps.get('flights')?.outcome).toBe('reused');
  expect(events.filter((event) => event.type === 'check_result').map(brief)).toEqual([
    [
      'references(origin, airports.iata)',
      'failed',
      1,
      "1 of 4 rows: 'origin' is not in 'iata' of 'airports'",
    ],
  ]);
});

test('options that say nothing, or the wrong thing, are refused when the check is made', () => {
  const wrong: readonly (() => unknown)[] = [
    () => notNull(''),
    () => notNull('a', { severity: 'fatal' as never }),
    () => notNull('a', { level: 'warn' } as never),
    () => notNull('a', { keepRows: -1 }),
    () => unique([]),
    () => unique(['a', 'a']),
    () => accepted('a', []),
    () => accepted('a', [null as never]),
    () => inRange('a', {}),
    () => inRange('a', { min: 2, max: 1 }),
    () => inRange('a', { min: Number.NaN }),
    () => matches('a', /x/g),
    () => matches('a', ''),
    () => rowCount({}),
    () => rowCount({ exactly: 1, min: 1 }),
    () => rowCount({ min: 2, max: 1 }),
    () => rowCount({ min: 1.5 }),
    () => references('a', 'b' as never, 'c'),
    () => expression('a > 1' as never),
    () => freshness('a', { maxAge: 0 }),
    () => step('s', sql`select 1`, { checks: [notNull('a'), notNull('a')] }),
    () => step('s', sql`select 1`, { checks: [{ type: 'x', name: 'x', options: {} }] }),
    () => step('s', sql`select 1`, { checks: 'notNull' as never }),
  ];
  for (const make of wrong) expect(make).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
});

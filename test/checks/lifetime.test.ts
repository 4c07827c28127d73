import {
  definePipeline,
  effect,
  sink,
  source,
  sql,
  step,
  type CairnEvent,
  type Check,
  type Engine,
  type Pipeline,
  type SinkConnector,
  type SourceConnector,
  type StepOptions,
} from '@cairn/core';
import { freshness, inRange, notNull, rowCount, unique } from '@cairn/plugins/checks';
import { expect, test } from 'vitest';
import { breakableEngine } from '../run/breakable-engine.js';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from '../run/fixtures.js';

const engine = sharedEngine();

/** The same engine to look at, which must not be started. */
const coldEngine: Engine = new Proxy(engine, {
  get(target, property) {
    if (property === 'identity' || property === 'onLost' || property === 'onLoading') return target[property];
    if (property === 'close') return () => Promise.resolve();
    return () => {
      throw new Error(`the engine was asked for ${String(property)}`);
    };
  },
});

const rows = "select * from (values (1, 'a'), (2, null), (2, 'c')) t(id, note)";
const data = (
  checks: readonly Check[],
  options: StepOptions = {},
  query = rows,
  name = 'checked',
): Pipeline => {
  const made = step('data', sql`${sql.raw(query)}`, { ...options, checks });
  return definePipeline({
    name,
    processes: { main: [made, step('after', sql`select count(*) as n from ${made}`)] },
  });
};

const told = (events: readonly CairnEvent[]): unknown[] =>
  events.flatMap((event) =>
    event.type === 'check_result' ? [[event.check, event.status, event.evaluation]] : [],
  );

test('checks that do not pass are named together, with how many rows fail, and nothing is committed', async () => {
  const store = lastingStore();
  const { runner, events } = testRunner({ engine, store });
  const checks = [notNull('id'), notNull('note'), unique('id'), rowCount({ min: 1 }), notNull('nota')];
  const error = await errorOf(runner.run(data(checks), undefined, { correlationId: 'job' }), 'check_failed');
  expect(error.message).toBe(
    "Step 'data' of pipeline 'checked': 3 checks failed: notNull(note): 1 of 3 rows: 'note' is null; unique(id): 2 rows share 1 key; " +
      "notNull(nota): it could not be evaluated: the table has no column 'nota'; did you mean 'note'?",
  );
  expect(error.details['checks']).toEqual([
    {
      check: 'notNull(note)',
      checkType: 'notNull',
      severity: 'error',
      status: 'failed',
      failing: 1,
      rows: 3,
      message: "1 of 3 rows: 'note' is null",
    },
    expect.objectContaining({ check: 'unique(id)', failing: 2 }),
    expect.objectContaining({ check: 'notNull(nota)', status: 'errored', failing: null }),
  ]);
  expect(told(events)).toEqual([
    ['notNull(id)', 'passed', 1],
    ['notNull(note)', 'failed', 1],
    ['unique(id)', 'failed', 1],
    ['rowCount', 'passed', 1],
    ['notNull(nota)', 'errored', 1],
  ]);
  const types = events.map(({ type }) => type);
  expect(types.lastIndexOf('check_result')).toBeLessThan(types.indexOf('step_error'));
  expect(types).not.toContain('checkpoint_written');
  const cached: string[] = [];
  for await (const { key } of store.list('cache/')) cached.push(key);
  expect(cached).toEqual([]);
  // The rows that failed can be looked at all the same.
  await using opened = await runner.open('job');
  expect([...opened.steps.keys()]).toEqual([]);
  expect((await opened.failingRows('data', 'notNull(note)')).toArray().map(String)).toEqual([
    '{"id": 2, "note": null}',
  ]);
});

test('severity warn: it is told, the step goes on, and a reused table is told of again without being read', async () => {
  const store = lastingStore();
  const { runner, events } = testRunner({ engine, store });
  const pipeline = data([notNull('note', { severity: 'warn' }), notNull('id')]);
  const first = await runner.run(pipeline);
  expect(outcomes(first)).toEqual(['data complete', 'after complete']);
  const handle = testRunner({ engine: coldEngine, store });
  events.length = 0;
  const run = handle.runner.start(pipeline);
  expect(outcomes(await run.result)).toEqual(['data reused', 'after reused']);
  expect(told(handle.events)).toEqual([['notNull(note)', 'failed', 0]]);
  expect(run.getSnapshot()?.processes[0]?.steps[0]?.checks).toEqual([
    {
      name: 'notNull(note)',
      severity: 'warn',
      status: 'failed',
      failing: 1,
      message: "1 of 3 rows: 'note' is null",
    },
  ]);
});

test('a failed check is an attempt’s failure, and is retried as the policy says', async () => {
  let calls = 0;
  const store = lastingStore();
  const { runner, events } = testRunner({ engine, store });
  const flaky = step('flaky', {}, () => [{ n: calls++ === 0 ? -1 : 1 }], {
    version: '1',
    retry: { maxAttempts: 3, initialDelayMs: 0, retryOn: ['check_failed'] },
    checks: [inRange('n', { min: 0 })],
  });
  const result = await runner.run(definePipeline({ name: 'p', processes: { main: [flaky] } }));
  expect(result.steps.get('flaky')).toMatchObject({ outcome: 'complete', attempts: 2 });
  expect(told(events)).toEqual([
    ['inRange(n)', 'failed', 1],
    ['inRange(n)', 'passed', 2],
  ]);
  const again = testRunner({ engine, store });
  await using history = await again.runner.history();
  const recorded = await history.query(
    'select evaluation, status, failing, severity, check_type, message from check_runs order by evaluation',
  );
  expect(recorded.toArray().map(String)).toEqual([
    '{"evaluation": 1, "status": "failed", "failing": 1, "severity": "error", "check_type": "inRange", "message": "1 of 1 rows: \'n\' is out of range"}',
    '{"evaluation": 2, "status": "passed", "failing": 0, "severity": "error", "check_type": "inRange", "message": ""}',
  ]);
});

test('a check that is added is evaluated on the stored table: nothing runs, and once is enough', async () => {
  const store = lastingStore();
  const { runner, events } = testRunner({ engine, store });
  await runner.run(data([]));
  events.length = 0;
  const more = data([notNull('id'), rowCount({ max: 3 })]);
  expect(outcomes(await runner.run(more))).toEqual(['data reused', 'after reused']);
  expect(told(events)).toEqual([
    ['notNull(id)', 'passed', 1],
    ['rowCount', 'passed', 1],
  ]);
  const cold = testRunner({ engine: coldEngine, store });
  expect(outcomes(await cold.runner.run(more))).toEqual(['data reused', 'after reused']);
  // Another task, which finds the table in the cache, need not read it either.
  await cold.runner.run(more, undefined, { correlationId: 'other' });
  await cold.runner.run(more, undefined, { correlationId: null });
  expect(told(cold.events)).toEqual([]);
  // Severity, order and fewer of them change nothing.
  const same = data([rowCount({ max: 3, severity: 'warn' })]);
  expect(outcomes(await cold.runner.run(same))).toEqual(['data reused', 'after reused']);
});

test('a stored table that fails a check is not served: the step fails, and what reads it is blocked', async () => {
  const { runner, events } = testRunner({ engine });
  await runner.run(data([]));
  events.length = 0;
  const strict = data([notNull('note')]);
  for (const attempt of [1, 2]) {
    const error = await errorOf(runner.run(strict), 'run_failed');
    const { result } = error.details as { result: Parameters<typeof outcomes>[0] };
    expect(outcomes(result), String(attempt)).toEqual(['data failed', 'after skipped']);
  }
  await using task = await runner.bind(strict);
  expect(task.stages.get('data')?.status).toBe('error');
  expect(task.stages.get('data')?.history.at(-1)?.message).toContain('1 check failed: notNull(note)');
  await task.unbind();
  // The table itself is as good as ever: without the check it is served again.
  expect(outcomes(await runner.run(data([])))).toEqual(['data reused', 'after reused']);
  expect(outcomes(await runner.run(data([notNull('note', { severity: 'warn' })])))).toEqual([
    'data reused',
    'after reused',
  ]);
});

test('a step that keeps no checkpoint is checked when its table is made, and only then', async () => {
  const { runner, events } = testRunner({ engine });
  const checks = [notNull('id')];
  await runner.run(data(checks, { checkpoint: false }));
  expect(told(events)).toEqual([['notNull(id)', 'passed', 1]]);
  events.length = 0;
  await runner.run(data(checks, { checkpoint: false }));
  expect(told(events)).toEqual([]);
  const strict = data([notNull('note')], { checkpoint: false });
  events.length = 0;
  await runner.run(strict);
  await errorOf(runner.run(strict, undefined, { force: ['after'] }), 'check_failed');
});

test('freshness: a table grows stale in the store, which is found out without reading it as long as it is fresh', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const clock = { now: () => now };
  const store = lastingStore();
  const pipeline = data([freshness('at', { maxAge: 3_600_000 })], {}, "select timestamp '2026-01-01' as at");
  await testRunner({ engine, store, clock }).runner.run(pipeline);
  now += 3_600_000;
  const cold = testRunner({ engine: coldEngine, store, clock });
  expect(outcomes(await cold.runner.run(pipeline))).toEqual(['data reused', 'after reused']);
  now += 1;
  const error = await errorOf(testRunner({ engine, store, clock }).runner.run(pipeline), 'check_failed');
  expect(error.message).toContain("the newest 'at' is 1 h old, and may be 1 h");
});

test('checks of sources, of a transform and of a fan-in; a sink and an effect have none', async () => {
  const connector = { type: 'x', location: {}, options: {} } as const;
  const reads = { ...connector, identity: () => Promise.resolve('1') } as unknown as SourceConnector;
  const writes = { ...connector } as unknown as SinkConnector;
  const made = step('made', {}, () => [{ n: 1 }, { n: null }], { version: '1', checks: [notNull('n')] });
  const { runner } = testRunner({ engine });
  await errorOf(runner.run(definePipeline({ name: 'p', processes: { main: [made] } })), 'check_failed');
  const read: SourceConnector = {
    ...connector,
    identity: () => Promise.resolve('1'),
    read: () =>
      Promise.resolve({ identity: '1', data: { query: sql`select null::integer as n`, files: {} } }),
  };
  const orders = source('orders', read, { checks: [notNull('n')] });
  await errorOf(runner.run(definePipeline({ name: 'q', processes: { main: [orders] } })), 'check_failed');
  const refused = expect.objectContaining({
    code: 'invalid_argument',
    message: expect.stringContaining("option 'checks' is for steps with a table") as string,
  });
  const wrong = { checks: [notNull('n')] } as object;
  expect(() => effect('e', {}, () => 1, wrong)).toThrow(refused);
  expect(() =>
    sink(
      's',
      source('r', { ...reads, read: () => Promise.reject(new Error()) }),
      { ...writes, ...sinkMethods },
      wrong,
    ),
  ).toThrow(refused);
});

const sinkMethods = {
  prepare: () => Promise.resolve({}),
  commit: () => Promise.resolve({}),
  rollback: () => Promise.resolve(),
  verify: () => Promise.resolve(true),
};

test('checks may not read what is no input of theirs, and code of a check that throws fails that check', async () => {
  const { runner, events } = testRunner({ engine });
  const own = (name: string, rest: Partial<Check>): Check => ({
    type: 'own',
    name,
    options: {},
    severity: 'warn',
    ...rest,
  });
  const checks = [
    own('reads', { failing: () => sql`select * from after` }),
    own('file', { failing: () => sql`select * from read_csv('x.csv')` }),
    own('throws', {
      evaluate: () => {
        throw new Error('no');
      },
    }),
    own('nothing', { evaluate: () => undefined as never }),
    own('rows', { failing: ({ table }) => sql`from ${table} where id = 2;` }),
    own('measured', {
      measure: ({ column }) => ({ most: sql`max(${column('ID')})` }),
      evaluate: ({ measured }) => ({ passed: measured['most'] === 2, metrics: { most: 2n as never } }),
    }),
    own('no rows', { evaluate: () => ({ passed: false, failingRows: sql`select nothing` }) }),
  ];
  await runner.run(data(checks));
  const results = events.flatMap((event) => (event.type === 'check_result' ? [event] : []));
  expect(results.map(({ check, status }) => `${check} ${status}`)).toEqual([
    'reads errored',
    'file errored',
    'throws errored',
    'nothing errored',
    'rows errored',
    'measured passed',
    'no rows failed',
  ]);
  expect(results.map(({ message }) => message).at(-1)).toMatch(
    /^it does not hold \(which ones cannot be told: /,
  );
});

test('a run that is cancelled while a check is at work is cancelled; the check has not failed', async () => {
  const { runner, events } = testRunner({ engine });
  const abort = new AbortController();
  const slow: Check = {
    type: 'slow',
    name: 'slow',
    options: {},
    evaluate: () => {
      abort.abort();
      return new Promise(() => undefined);
    },
  };
  await errorOf(runner.run(data([slow]), undefined, { signal: abort.signal }), 'canceled');
  expect(told(events)).toEqual([]);
});

test('the engine is lost while a check is at work: the step begins again, and so does a check of a stored table', async () => {
  let harm = 1;
  const broken = breakableEngine(({ text, instance }) => {
    if (!text.includes('"m0"') || harm === 0) return undefined;
    harm -= 1;
    void instance.terminate();
    return undefined;
  });
  const { runner, events } = testRunner({ engine: broken.engine });
  expect(outcomes(await runner.run(data([notNull('id')])))).toEqual(['data complete', 'after complete']);
  harm = 1;
  events.length = 0;
  expect(outcomes(await runner.run(data([notNull('id'), inRange('id', { min: 0 })])))).toEqual([
    'data reused',
    'after reused',
  ]);
  expect(harm).toBe(0);
  expect(told(events)).toEqual([
    ['notNull(id)', 'passed', 1],
    ['inRange(id)', 'passed', 1],
  ]);
});

test('the checks of docs/checks.md that are one’s own', async () => {
  const paid: Check = {
    type: 'paid',
    name: 'paid orders have a date',
    options: {},
    fails: ({ column }) => sql`${column('amount')} > 0 and ${column('paid_at')} is null`,
  };
  const apart: Check = {
    type: 'apart',
    name: 'periods are apart',
    options: {},
    failing: ({ table }) => sql`
      select * exclude (next) from (select *, lead(begins) over (order by begins) as next from ${table}) where ends > next`,
  };
  const someZeros = (most: number): Check => ({
    type: 'someZeros',
    name: `zeros up to ${most}`,
    options: { most },
    measure: ({ column }) => ({ share: sql`avg((${column('n')} = 0)::integer)` }),
    evaluate({ measured, options }) {
      const share = Number(measured['share'] ?? 0);
      return { passed: share <= Number(options['most']), metrics: { share } };
    },
  });
  const query = `select * from (values (1, null, 1, 5, 0), (0, null, 4, 6, 0), (1, now(), 7, 8, 1)) t(amount, paid_at, begins, ends, n)`;
  const { runner, events } = testRunner({ engine });
  await errorOf(runner.run(data([paid, apart, someZeros(0.5), someZeros(0.7)], {}, query)), 'check_failed');
  expect(
    events.flatMap((event) =>
      event.type === 'check_result' ? [[event.check, event.status, event.failing]] : [],
    ),
  ).toEqual([
    ['paid orders have a date', 'failed', 1],
    ['periods are apart', 'failed', 1],
    ['zeros up to 0.5', 'failed', null],
    ['zeros up to 0.7', 'passed', null],
  ]);
});

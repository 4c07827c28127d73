import { memoryStore, type History, type RunSnapshot } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { createNodeEngine, createNodeRunner } from '@cairn/node';
import { standardPlugins } from '@cairn/plugins';
import { runView, type ViewedRun } from '@cairn/web';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAsker } from '../../playground/src/state/asked.js';
import { causesOf, chainOf } from '../../playground/src/state/causes.js';
import { checkRows } from '../../playground/src/state/check-rows.js';
import { compareRuns, stepsInWords } from '../../playground/src/state/compare-runs.js';
import { readyQueries } from '../../playground/src/state/history-queries.js';
import { pastRunsIn, type PastRun } from '../../playground/src/state/past-runs.js';
import { accountOf, requestInWords, type RunAccount } from '../../playground/src/state/run-accounts.js';
import {
  pastTimelineOf,
  roomFor,
  ticksOf,
  timelineOf,
  type Timeline,
} from '../../playground/src/state/timeline-rows.js';

const yaml = `
name: numbers
params:
  least: { type: integer, default: 2 }
processes:
  make:
    - step: numbers
      inputs: []
      sql: select * from range(5) t(n)
      checks:
        - { type: inRange, column: n, max: 3, severity: warn }
  use:
    - step: large
      sql: from numbers where n >= $least
    - step: total
      sql: select sum(n)::integer as total from large
`;
const engine = createNodeEngine();
const view = runView({ intervalMs: 0 });
const runner = createNodeRunner({ store: memoryStore(), engine, observers: [view.observer] });
const accounts = new Map<string, RunAccount>();
let history: History;
let past: readonly PastRun[];
let second: ViewedRun;

/** A run of the project 'p', and the account of it. */
async function run(text: string, params: Readonly<Record<string, unknown>> = {}): Promise<ViewedRun> {
  const pipeline = await pipelineFromYaml(text, { registry: contributions(standardPlugins()) });
  const handle = runner.start(pipeline, params, { correlationId: 'p' });
  const result = await handle.result.catch(() => undefined);
  const account = accountOf(handle.getSnapshot() as RunSnapshot, result, { params });
  accounts.set(account.runId, account);
  return view.getSnapshot().run as ViewedRun;
}

beforeAll(async () => {
  await run(yaml);
  second = await run(yaml, { least: 3 });
  await run(yaml.replace('sum(n)', 'sum(m)'), { least: 3 });
  await runner.run(
    await pipelineFromYaml(yaml, { registry: contributions(standardPlugins()) }),
    {},
    { correlationId: 'other' },
  );
  history = await runner.history();
  past = await pastRunsIn(history, 'p', accounts);
});
afterAll(() => runner.close());

const kindsOf = ({ rows }: Timeline): unknown =>
  rows.map(({ step, bars }) => [step, bars.flatMap(({ kind }) => (kind === 'ready' ? [] : [kind]))]);

test("the project's runs are listed with what records and accounts tell of them, the last first", () => {
  expect(past.map(({ status, failedStep }) => [status, failedStep])).toEqual([
    ['failed', 'total'],
    ['success', undefined],
    ['success', undefined],
  ]);
  expect(past.map(stepsInWords)).toEqual(['2 reused, 1 failed', '2 computed, 1 reused', '3 computed']);
  expect(past.map(({ account }) => account && requestInWords(account))).toEqual([
    'least = 3',
    'least = 3',
    '',
  ]);
  expect(Math.abs((past[0]?.startedAt ?? 0) - Date.now())).toBeLessThan(120_000);
  expect(requestInWords({ params: {}, force: ['a'], include: ['a', 'b', 'c', 'd'] })).toBe(
    'only 4 steps; forced a',
  );
});

test('of two runs, steps are compared that ran in both, those that differ most first', () => {
  const [, after, before] = past as readonly [PastRun, PastRun, PastRun];
  const steps = compareRuns(before, after);
  expect(steps.map(({ step }) => step).toSorted()).toEqual(['large', 'numbers', 'total']);
  const numbers = steps.find(({ step }) => step === 'numbers');
  expect(numbers).toMatchObject({ after: undefined, more: undefined });
  const large = steps.find(({ step }) => step === 'large');
  expect(large?.more).toBe((large?.after ?? 0) - (large?.before ?? 0));
});

test('a timeline has the same rows from a view and, later, from the records', () => {
  const inputs = new Map([['large', ['numbers']]]);
  const seen = timelineOf(second, inputs);
  const expected = [
    ['numbers', ['reused']],
    ['large', ['complete']],
    ['total', ['complete']],
  ];
  expect(kindsOf(seen)).toEqual(expected);
  expect(kindsOf(pastTimelineOf(past[1] as PastRun))).toEqual(expected);
  expect(kindsOf(pastTimelineOf({ ...(past[1] as PastRun), account: undefined }))).toEqual(expected.slice(1));
  const ends = seen.rows.flatMap(({ bars }) => bars.map(({ to }) => to ?? Infinity));
  expect(Math.max(...ends)).toBeLessThanOrEqual(seen.durationMs ?? 0);
});

test('attempts are bars of their own, with the pause between them; what was ready and waited has a line', () => {
  const bar = { step: 'b', process: 'p', kind: 'sql' };
  const timeline: ViewedRun['timeline'] = [
    { ...bar, step: 'a', attempt: 1, startedAt: 1000, endedAt: 1100, status: 'complete' },
    { ...bar, attempt: 1, startedAt: 1150, endedAt: 1200, status: 'failed' },
    { ...bar, attempt: 2, startedAt: 1400, status: 'running' },
  ];
  const steps = new Map(
    ['a', 'b'].map((name) => [name, { name, kind: 'sql', status: 'running' as const, attempts: 1 }]),
  );
  const { rows, durationMs } = timelineOf(
    { ...second, status: 'running', startedAt: 1000, steps, timeline },
    new Map([['b', ['a']]]),
  );
  expect(durationMs).toBeUndefined();
  expect(rows[1]?.bars).toEqual([
    { kind: 'ready', from: 100, to: 150, attempt: 0 },
    { kind: 'failed', from: 150, to: 200, attempt: 1 },
    { kind: 'pause', from: 200, to: 400, attempt: 0 },
    { kind: 'running', from: 400, to: undefined, attempt: 2 },
  ]);
});

test('an axis stands still while there is room, and is marked at round numbers', () => {
  expect([200, 900, 1000, 3900, 61_000].map(roomFor)).toEqual([1000, 1000, 1500, 5000, 75_000]);
  expect(ticksOf(3000, 6)).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000]);
  expect(ticksOf(0, 6)).toEqual([0]);
});

test('why a step ran is followed up to its first cause, and told of once', () => {
  const account = past[1]?.account;
  const accounted = new Map(account?.steps.map((one) => [one.step, one]));
  const chain = chainOf('total', (step) => {
    const one = accounted.get(step);
    return one && { what: one.status, why: one.why, causes: one.causes };
  });
  expect(chain).toMatchObject({
    step: 'total',
    why: ['changed: inputs', expect.stringContaining("the content of 'large'")],
    from: [{ step: 'large', why: ['changed: params', "the param 'least': 2 -> 3"], from: [] }],
  });
  expect(causesOf({ code: 'blocked', by: 'a' })).toEqual(['a']);
  const circle = chainOf('a', () => ({ what: '', why: [], causes: ['a', 'b'] }));
  expect(circle?.from.map(({ step }) => step)).toEqual(['b']);
});

test('checks are told as they came out last, and those that are due', async () => {
  const registry = contributions(standardPlugins());
  const { compile } = await import('@cairn/core');
  const plan = await compile(await pipelineFromYaml(yaml, { registry }));
  const opened = await runner.open('p');
  expect(checkRows(plan, opened.checks, undefined)).toMatchObject([
    { step: 'numbers', name: 'inRange(n)', status: 'failed', failing: 1, rows: 5, kept: 1, severity: 'warn' },
  ]);
  expect(checkRows(plan, undefined, undefined)).toMatchObject([{ status: 'due', failing: null, kept: 0 }]);
});

test.each(readyQueries('p').map(({ title, sql }) => [title, sql] as const))(
  'a ready question is answered: %s',
  async (_, sql) => {
    expect((await history.query(sql)).schema.fields.length).toBeGreaterThan(2);
  },
);

test('what changed between the last two runs, in SQL', async () => {
  const changed = readyQueries('p').find(({ id }) => id === 'changed');
  const rows = (await history.query(changed?.sql ?? '')).toArray();
  expect(rows.map((row: { step: string; what: string }) => [row.step, row.what])).toEqual([
    ['large', 'reused now'],
    ['total', 'ran both times'],
  ]);
});

test('an answer that comes after a later question is dropped, and an error is told', async () => {
  const asker = createAsker<number>();
  let open: (value: number) => void = () => undefined;
  const first = asker.ask(() => new Promise((resolve) => (open = resolve)));
  await asker.ask(async () => 2);
  open(1);
  await first;
  expect(asker.getSnapshot()).toEqual({ value: 2, error: undefined, isAsking: false });
  await asker.ask(() => Promise.reject(new Error('no')));
  expect(asker.getSnapshot()).toMatchObject({ value: undefined, error: { message: 'no' } });
});

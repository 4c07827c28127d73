import {
  definePipeline,
  effect,
  sink,
  source,
  sql,
  step,
  type Engine,
  type Pipeline,
  type RunPlan,
} from '@cairn/core';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { fsStore } from '@cairn/node';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { noEngine } from '../task/no-engine.js';
import { errorOf, lastingStore, outcomes, sharedEngine, temporaryFolder, testRunner } from './fixtures.js';

const engine = sharedEngine();
const decisions = ({ steps }: RunPlan): string[] =>
  [...steps.values()].map((one) => `${one.step} ${one.decision}`);

interface Edits {
  readonly doubled?: string;
  readonly total?: string;
}
const folder = temporaryFolder();
const path = join(folder, 'numbers.csv');
const write = (...numbers: readonly number[]): void => writeFileSync(path, `n\n${numbers.join('\n')}\n`);

/** numbers -> doubled -> total -> save. */
function sums({ doubled: first = 'n * 2', total: last = 'sum(n)' }: Edits = {}): Pipeline {
  const numbers = source('numbers', fromCsv({ path }));
  const doubled = step('doubled', sql`select ${sql.raw(first)} as n from ${numbers}`);
  const total = step('total', sql`select ${sql.raw(last)}::integer as n from ${doubled}`);
  const save = sink('save', total, toCsv({ path: join(folder, 'total.csv') }));
  return definePipeline({ name: 'sums', processes: { main: [numbers, doubled, total, save] } });
}

test('a plan tells what a run would do with each step and why, starts no engine and changes nothing', async () => {
  write(1, 2);
  const root = temporaryFolder();
  const refuse = (): never => {
    throw new Error('the engine was started');
  };
  const started = { open: refuse, createTable: refuse, query: refuse, exportParts: refuse };
  const idle: Engine = { ...engine, ...started, importParts: refuse };
  const { runner: planner, events } = testRunner({ engine: idle, store: fsStore({ root }) });
  const first = await planner.plan(sums());
  expect(decisions(first)).toEqual(['numbers run', 'doubled unknown', 'total unknown', 'save unknown']);
  expect([first.pipeline, first.attempt]).toEqual(['sums', 1]);
  expect(first.steps.get('numbers')).toMatchObject({ reason: { code: 'first_run' }, last: undefined });
  expect(await planner.tasks.list()).toEqual([]);

  const { runner } = testRunner({ engine, store: fsStore({ root }) });
  const run = await runner.run(sums());
  const second = await planner.plan(sums());
  expect(decisions(second)).toEqual(['numbers reuse', 'doubled reuse', 'total reuse', 'save reuse']);
  const total = second.steps.get('total');
  expect(total?.fingerprint).toBe(run.steps.get('total')?.fingerprint);
  expect(total?.contentHash).toBe(run.steps.get('total')?.contentHash);
  expect(total?.last?.rows).toBe(1);
  expect(total?.last?.durationMs).toBeGreaterThanOrEqual(0);
  expect(events).toEqual([]);
});

test('what will run, what may, and what is certain to be reused: as the run then does', async () => {
  write(1, 2);
  const store = lastingStore();
  const { runner } = testRunner({ engine, store });
  await runner.run(sums());
  const edited = sums({
    doubled: 'n + n',
  });
  const plan = await runner.plan(edited);
  expect(decisions(plan)).toEqual(['numbers reuse', 'doubled run', 'total unknown', 'save unknown']);
  const why = plan.steps.get('doubled')?.reason;
  expect(why?.code === 'changed' && why.changes.map(({ component }) => component)).toEqual(['sql']);
  expect(plan.steps.get('total')?.reason).toEqual({
    code: 'input_may_change',
    inputs: ['doubled'],
    changes: [],
  });
  expect(outcomes(await runner.run(edited))).toEqual([
    'numbers reused',
    'doubled complete',
    'total reused',
    'save reused',
  ]);
  const both = await runner.plan(sums({ doubled: 'n * 3', total: 'max(n)' }));
  const reason = both.steps.get('total')?.reason;
  expect(reason?.code === 'input_may_change' && reason.changes).toMatchObject([
    { component: 'sql', before: expect.stringContaining('sum'), after: expect.stringContaining('max') },
  ]);
  write(1, 2, 3);
  expect(decisions(await runner.plan(sums()))).toEqual([
    'numbers run',
    'doubled unknown',
    'total unknown',
    'save unknown',
  ]);
});

test('a task that has not run yet is estimated by the pipeline’s last other one', async () => {
  const { runner } = testRunner({ engine });
  await runner.run(sums(), undefined, { correlationId: 'one' });
  const plan = await runner.plan(sums({ total: 'max(n)' }), undefined, { correlationId: 'other' });
  expect(plan.steps.get('total')).toMatchObject({
    decision: 'run',
    reason: { code: 'first_run' },
    last: { rows: 1 },
  });
  expect(plan.steps.get('total')?.inputs).toEqual(['doubled']);
  expect(plan.steps.get('numbers')?.identifiedBy).toBe('content');
});

test('a source that cannot be read blocks what depends on it', async () => {
  write(1);
  const { runner } = testRunner({ engine: noEngine });
  rmSync(path);
  const plan = await runner.plan(sums());
  expect(decisions(plan)).toEqual(['numbers blocked', 'doubled blocked', 'total blocked', 'save blocked']);
  expect(plan.steps.get('numbers')).toMatchObject({
    reason: { code: 'unidentified' },
    error: { code: 'file_not_found' },
  });
  expect(plan.steps.get('total')?.reason).toEqual({ code: 'blocked', by: 'doubled' });
  write(1);
});

test('a step without a checkpoint is needed, may be needed, or is not', async () => {
  const { runner } = testRunner({ engine });
  const build = (first: string, last: string): Pipeline => {
    const a = step('a', sql`select ${sql.raw(first)} as n`);
    const b = step('b', sql`select n from ${a}`, { checkpoint: false });
    const c = step('c', sql`select ${sql.raw(last)} as n from ${b}`);
    return definePipeline({ name: 'unkept', processes: { main: [a, b, c] } });
  };
  await runner.run(build('1', 'n'));
  expect(decisions(await runner.plan(build('1', 'n')))).toEqual(['a reuse', 'b skip', 'c reuse']);
  const needed = await runner.plan(build('1', 'n + 1'));
  expect(decisions(needed)).toEqual(['a reuse', 'b run', 'c run']);
  expect(needed.steps.get('b')?.reason).toEqual({ code: 'needed' });
  const maybe = await runner.plan(build('2', 'n'));
  expect(decisions(maybe)).toEqual(['a run', 'b unknown', 'c unknown']);
});

test('force, include, effects and volatile results are in the plan', async () => {
  const { runner } = testRunner({ engine });
  const a = step('a', sql`select random() as n`);
  const b = step('b', sql`select 1 as n`);
  const once = effect('once', {}, () => 1, { reuse: true });
  const each = effect('each', {}, () => 1);
  const pipeline = definePipeline({ name: 'all', processes: { main: [a, b], more: [once, each] } });
  const options = { correlationId: 'job' };
  await runner.run(pipeline, undefined, options);
  const plan = await runner.plan(pipeline, undefined, options);
  expect(decisions(plan)).toEqual(['a reuse', 'b reuse', 'once reuse', 'each run']);
  expect([...plan.steps.values()].map(({ volatile }) => volatile)).toEqual([true, false, false, false]);
  expect(plan.steps.get('each')?.reason).toEqual({ code: 'repeated' });
  const forced = await runner.plan(pipeline, undefined, { ...options, force: ['b'], include: ['main'] });
  expect(decisions(forced)).toEqual(['a reuse', 'b run', 'once skip', 'each skip']);
  const run = await runner.run(pipeline, undefined, { ...options, force: ['b'], include: ['main'] });
  expect(outcomes(run)).toEqual(['a reused', 'b complete', 'once skipped', 'each skipped']);
});

test('a part that could not run for want of its inputs is refused as its run is', async () => {
  write(1, 2);
  const { runner } = testRunner({ engine });
  const options = { include: ['total'] as const };
  const planned = await errorOf(runner.plan(sums(), undefined, options), 'input_not_available');
  const run = await errorOf(runner.run(sums(), undefined, options), 'input_not_available');
  expect(planned.message).toBe(run.message);
});

test('what cannot be planned is refused like what cannot be run', async () => {
  const { runner } = testRunner({ engine: noEngine });
  const pipeline = definePipeline({
    name: 'p',
    params: z.object({ n: z.number() }),
    processes: { main: [effect('a', {}, () => 1)] },
  });
  await errorOf(runner.plan(pipeline, {} as never), 'invalid_params');
  await errorOf(runner.plan(pipeline, { n: 1 }, { include: ['b' as 'a'] }), 'invalid_stage');
  await errorOf(runner.plan(pipeline, { n: 1 }, { force: ['b' as 'a'] }), 'unknown_step');
  await errorOf(runner.plan(pipeline, { n: 1 }, { runId: 'r' } as object), 'invalid_argument');
  await errorOf(runner.plan(pipeline, { n: 1 }, { correlationId: '..' }), 'invalid_id');
  await runner.close();
  await errorOf(runner.plan(pipeline, { n: 1 }), 'already_closed');
});

test('plans leave no listeners behind, however many one runner makes', async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error): void => void warnings.push(warning);
  process.on('warning', hear);
  try {
    const { runner } = testRunner({ engine: noEngine });
    for (let count = 0; count < 20; count += 1) await runner.plan(sums());
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', hear);
  }
});

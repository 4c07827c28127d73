import {
  definePipeline,
  effect,
  sink,
  source,
  sql,
  step,
  type Pipeline,
  type RunOptions,
  type Runner,
} from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noEngine } from '../task/no-engine.js';
import { errorOf, lastingStore, outcomes, sharedEngine, temporaryFolder, testRunner } from './fixtures.js';

const engine = sharedEngine();
const folder = temporaryFolder();

/** numbers -> doubled -> total -> save, and a notice that waits for nothing. */
function sums(path: string, factor = 2): Pipeline {
  const numbers = source('numbers', fromCsv({ path }));
  const doubled = step('doubled', sql`select n * ${factor} as n from ${numbers}`);
  const total = step('total', sql`select sum(n)::integer as n from ${doubled}`);
  const save = sink('save', total, toCsv({ path: join(folder, 'total.csv') }));
  const notice = effect('notice', {}, () => 'told');
  return definePipeline({
    name: 'sums',
    processes: { ingest: [numbers, doubled], report: [total, save], more: [notice] },
  });
}

let files = 0;
function numbersFile(...numbers: readonly number[]): string {
  files += 1;
  const path = join(folder, `numbers-${files}.csv`);
  writeFileSync(path, `n\n${numbers.join('\n')}\n`);
  return path;
}

const run = (runner: Runner, pipeline: Pipeline, options: RunOptions): ReturnType<Runner['run']> =>
  runner.run(pipeline, undefined, { correlationId: 'job', ...options });

describe('SEMANTICS 2, include', () => {
  test('only what is named runs, a process for all its steps', async () => {
    const { runner, events } = testRunner({ engine });
    const pipeline = sums(numbersFile(1, 2));
    const first = await run(runner, pipeline, { include: ['ingest', 'total'] });
    expect(outcomes(first)).toEqual([
      'numbers complete',
      'doubled complete',
      'total complete',
      'save skipped',
      'notice skipped',
    ]);
    expect(first.outcome).toBe('success');
    expect(first.steps.get('save')?.reason).toEqual({ code: 'not_included' });
    const told = events.flatMap((event) => ('step' in event ? [event.step] : []));
    expect([...new Set(told)].toSorted()).toEqual(['doubled', 'numbers', 'total']);
    expect(events.find(({ type }) => type === 'pipeline_start')).toMatchObject({
      steps: ['numbers', 'doubled', 'total'],
    });
    const processes = events.flatMap((event) => (event.type === 'process_end' ? [event.process] : []));
    expect(processes).toEqual(['ingest', 'report']);
  });

  test('what is not included counts by the checkpoint that holds, and is served', async () => {
    const { runner } = testRunner({ engine });
    const path = numbersFile(1, 2);
    await run(runner, sums(path), { include: ['ingest'] });
    const second = await run(runner, sums(path), { include: ['total'] });
    expect(outcomes(second)).toEqual([
      'numbers skipped',
      'doubled skipped',
      'total complete',
      'save skipped',
      'notice skipped',
    ]);
    expect((await second.table('doubled')).numRows).toBe(2);
    expect((await second.table('total')).toArray().map((row: { n: number }) => row.n)).toEqual([6]);
  });

  test('any unknown name is refused, all are listed, and the nearest known is told', async () => {
    const { runner, events } = testRunner({ engine: noEngine });
    const pipeline = sums(numbersFile(1));
    const error = await errorOf(
      run(runner, pipeline, { include: ['totl', 'save', 'reprot'] }),
      'invalid_stage',
    );
    expect(error.details['unknown']).toEqual(['totl', 'reprot']);
    expect(error.message).toContain("'totl' (did you mean 'total'?)");
    expect(error.message).toContain("'reprot' (did you mean 'report'?)");
    await errorOf(run(runner, pipeline, { include: 'total' as never }), 'invalid_argument');
    await errorOf(run(runner, pipeline, { include: ['total'], force: ['doubled'] }), 'invalid_argument');
    expect(events).toEqual([]);
  });

  test('SEMANTICS 5.15: an empty list is refused', async () => {
    const { runner, events } = testRunner({ engine: noEngine });
    const error = await errorOf(run(runner, sums(numbersFile(1)), { include: [] }), 'invalid_stage');
    expect(error.message).toContain('leave it out to run all');
    expect(events).toEqual([]);
  });

  test('an input that is neither included nor stored is refused before anything runs', async () => {
    const { runner, events } = testRunner({ engine: noEngine });
    const pipeline = sums(numbersFile(1, 2));
    const error = await errorOf(run(runner, pipeline, { include: ['total'] }), 'input_not_available');
    expect(error.message).toContain("Step 'total' of pipeline 'sums' reads 'doubled', which is not included");
    expect(error.details).toMatchObject({ step: 'total', input: 'doubled' });
    expect(events).toEqual([]);
  });

  test('a checkpoint of other data, other SQL or a file that is gone is none that holds', async () => {
    const { runner } = testRunner({ engine });
    const path = numbersFile(1, 2);
    await run(runner, sums(path), { include: ['ingest'] });
    writeFileSync(path, 'n\n5\n');
    await errorOf(run(runner, sums(path), { include: ['total'] }), 'input_not_available');
    writeFileSync(path, 'n\n1\n2\n');
    await errorOf(run(runner, sums(path, 3), { include: ['total'] }), 'input_not_available');
    await run(runner, sums(path), { include: ['total'] });
    rmSync(path);
    const error = await errorOf(run(runner, sums(path), { include: ['total'] }), 'input_not_available');
    expect(error.message).toContain(
      "reads 'doubled', which is not included, and depends on 'numbers', which depends on what cannot be found out",
    );
  });

  test('an input that may change, because a step before it runs, is refused before anything runs', async () => {
    const { runner, events } = testRunner({ engine });
    const path = numbersFile(1, 2);
    await run(runner, sums(path), {});
    writeFileSync(path, 'n\n5\n');
    events.length = 0;
    const error = await errorOf(
      run(runner, sums(path), { include: ['numbers', 'total'] }),
      'input_not_available',
    );
    expect(error.message).toContain("may change, since 'numbers' runs");
    expect(events).toEqual([]);
    writeFileSync(path, 'n\n1\n2\n');
    const again = await run(runner, sums(path), { include: ['numbers', 'total'] });
    expect(outcomes(again).slice(0, 3)).toEqual(['numbers reused', 'doubled skipped', 'total reused']);
  });

  test('a run that makes everything anew makes anew what it is about', async () => {
    const { runner } = testRunner({ engine });
    const path = numbersFile(1, 2);
    await run(runner, sums(path), {});
    const result = await run(runner, sums(path), { include: ['total'], cache: 'refresh' });
    expect(outcomes(result).slice(0, 3)).toEqual(['numbers skipped', 'doubled skipped', 'total complete']);
  });

  test('a step without a checkpoint is no input that is available, unless nothing needs its table', async () => {
    const { runner } = testRunner({ engine });
    const a = step('a', sql`select 1 as n`, { checkpoint: false });
    const b = step('b', sql`select n from ${a}`);
    const pipeline = definePipeline({ name: 'needy', processes: { main: [a, b] } });
    const error = await errorOf(run(runner, pipeline, { include: ['b'] }), 'input_not_available');
    expect(error.message).toContain('keeps no checkpoint');
    await run(runner, pipeline, {});
    expect(outcomes(await run(runner, pipeline, { include: ['b'] }))).toEqual(['a skipped', 'b reused']);
  });

  test('a checkpoint that is damaged on the disk is told as an input that is not available, and runs nothing', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine, store });
    const path = numbersFile(1, 2);
    await run(runner, sums(path), { include: ['ingest'] });
    for await (const { key } of store.list('objects/')) {
      const bytes = (await store.get(key)) as Uint8Array;
      bytes[bytes.length - 12] = (bytes[bytes.length - 12] as number) ^ 1;
      await store.put(key, bytes);
    }
    const error = await errorOf(run(runner, sums(path), { include: ['total'] }), 'input_not_available');
    expect(error.message).toContain('its checkpoint is damaged');
  });

  test('a part that succeeded is no task that did: nothing is cleaned, and effects are remembered', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    let times = 0;
    const count = effect('count', {}, () => (times += 1));
    const other = effect('other', {}, () => 'done', { after: [count] });
    const pipeline = definePipeline({ name: 'parts', processes: { main: [count, other] } });
    const attempts: number[] = [];
    for (const include of [['count'], ['count'], undefined, undefined]) {
      const result = await run(runner, pipeline, { ...(include && { include }) });
      attempts.push(result.attempt);
    }
    // The third run completes the task; only the fourth is a new one.
    expect(times).toBe(2);
    expect(attempts).toEqual([1, 2, 3, 1]);
  });

  test('scope correlation is not cleaned by a run of a part, whatever came of it', async () => {
    const { runner } = testRunner({ engine });
    const a = step('a', sql`select 1 as n`, { checkpoint: 'correlation' });
    const b = step('b', sql`select n from ${a}`);
    const pipeline = definePipeline({ name: 'kept', processes: { main: [a, b] } });
    await run(runner, pipeline, { include: ['a'] });
    expect(outcomes(await run(runner, pipeline, { include: ['b'] }))).toEqual(['a skipped', 'b complete']);
    expect(outcomes(await run(runner, pipeline, { include: ['a', 'b'] }))).toEqual(['a reused', 'b reused']);
  });

  test('a sink is included by its own name', async () => {
    const { runner } = testRunner({ engine });
    const path = numbersFile(4);
    await run(runner, sums(path), { include: ['ingest', 'total'] });
    const result = await run(runner, sums(path), { include: ['save'] });
    expect(result.steps.get('save')?.outcome).toBe('complete');
    expect(readFileSync(join(folder, 'total.csv'), 'utf8')).toContain('8');
  });
});

test('SEMANTICS 4, result: a failed run of which something was made is partial', async () => {
  const { runner } = testRunner({ engine: noEngine });
  const good = effect('good', {}, () => 1);
  const bad = effect('bad', {}, () => {
    throw new Error('no');
  });
  const both = definePipeline({ name: 'both', processes: { main: [good, bad] } });
  const none = definePipeline({ name: 'none', processes: { main: [bad] } });
  const resultOf = async (pipeline: Pipeline): Promise<unknown> => {
    const error = await errorOf(run(runner, pipeline, {}), 'run_failed');
    const { status, outcome } = error.details['result'] as { status: string; outcome: string };
    return [status, outcome];
  };
  expect(await resultOf(both)).toEqual(['failed', 'partial']);
  expect(await resultOf(none)).toEqual(['failed', 'failed']);
});

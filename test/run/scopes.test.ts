import {
  definePipeline,
  effect,
  fanIn,
  sql,
  step,
  type CairnEvent,
  type ObjectStore,
  type Pipeline,
  type RunOptions,
} from '@cairn/core';
import { CheckpointStore } from '@cairn/core/checkpoints';
import type { Table } from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from './fixtures.js';

const engine = sharedEngine();
const rows = (table: Table): unknown[] => table.toArray().map((row: { toJSON(): object }) => row.toJSON());

/** A step of each scope, and one that fails as often as it is told. */
function scopes(failures: { left: number }): Pipeline {
  const kept = step('kept', sql`select 1 as n`, { checkpoint: 'correlation' });
  const brief = step('brief', sql`select 2 as n`, { checkpoint: 'run' });
  const lasting = step('lasting', sql`select 3 as n`);
  const last = step(
    'last',
    { kept, brief, lasting },
    () => {
      failures.left -= 1;
      if (failures.left >= 0) throw new Error('not yet');
      return [{ n: 4 }];
    },
    { version: '1' },
  );
  return definePipeline({ name: 'scopes', processes: { main: [kept, brief, lasting, last] } });
}

const warnings = (events: readonly CairnEvent[]): (readonly [string, unknown])[] =>
  events.flatMap((event) => (event.type === 'warning' ? [[event.message, event.details] as const] : []));

async function runKeys(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('runs/')) keys.push(key);
  return keys;
}

describe('SEMANTICS 1, the scope', () => {
  test('run: ends with every run, one that fails too', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine, store });
    const failures = { left: 1 };
    await errorOf(runner.run(scopes(failures)), 'step_failed');
    expect(await runKeys(store)).toEqual([]);
    const second = await runner.run(scopes(failures));
    expect(outcomes(second)).toEqual(['kept reused', 'brief complete', 'lasting reused', 'last complete']);
    expect(await runKeys(store)).toEqual([]);
    const error = await errorOf(second.table('brief'), 'checkpoint_not_found');
    expect(error.message).toContain("scope 'run'");
  });

  test('run: what a run at work has kept for itself is not cleaned up by others', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine, store });
    const kept = step('kept', sql`select 1 as n`, { checkpoint: 'run' });
    const other = testRunner({ engine, store }).runner;
    const meddle = effect('meddle', { kept }, async () => {
      await errorOf(other.cleanupRun('mine'), 'task_bound');
    });
    const pipeline = definePipeline({ name: 'meddled', processes: { main: [kept, meddle] } });
    await runner.run(pipeline, undefined, { correlationId: 'job', runId: 'mine' });
    await other.cleanupRun('mine');
  });

  test('correlation: survives a run that fails, and ends when the last attempt succeeds', async () => {
    const { runner, events } = testRunner({ engine });
    const failures = { left: 1 };
    const run = (options: RunOptions): ReturnType<typeof runner.run> =>
      runner.run(scopes(failures), undefined, { correlationId: 'job', ...options });
    await errorOf(run({ lastAttempt: false }), 'step_failed');
    expect(warnings(events)).toEqual([]);
    const second = await run({ lastAttempt: false });
    expect(outcomes(second)[0]).toBe('kept reused');
    expect((await second.table('kept')).numRows).toBe(1);
    const third = await run({});
    expect(outcomes(third)[0]).toBe('kept reused');
    expect((await errorOf(third.table('kept'), 'checkpoint_not_found')).message).toContain(
      "scope 'correlation'",
    );
    // It is gone, but nothing after it has to run for that.
    expect(outcomes(await run({}))).toEqual([
      'kept complete',
      'brief complete',
      'lasting reused',
      'last reused',
    ]);
  });

  test('correlation: after a last attempt that failed a warning says so as data, and the caller cleans', async () => {
    const store = lastingStore();
    const { runner, events } = testRunner({ engine, store });
    const failures = { left: 2 };
    const run = (): ReturnType<typeof runner.run> =>
      runner.run(scopes(failures), undefined, { correlationId: 'job', runId: `run-${failures.left}` });
    await errorOf(run(), 'step_failed');
    const [[message, details] = ['', {}]] = warnings(events);
    expect(message).toContain("cleanupCorrelation('job')");
    expect(details).toEqual({ correlationId: 'job', runId: 'run-2' });
    await runner.cleanupCorrelation('job');
    await errorOf(run(), 'step_failed');
    expect(outcomes(await run())[0]).toBe('kept reused');
  });

  test('correlation: a cancelled run is no success, and nothing of it is cleaned', async () => {
    const { runner } = testRunner({ engine });
    const stop = new AbortController();
    const kept = step('kept', sql`select 1 as n`, { checkpoint: 'correlation' });
    let forever = true;
    const wait = effect('wait', { kept }, () => {
      if (!forever) return;
      stop.abort('enough');
      return new Promise(() => undefined);
    });
    const pipeline: Pipeline = definePipeline({ name: 'waits', processes: { main: [kept, wait] } });
    const run = (options: RunOptions): ReturnType<typeof runner.run> =>
      runner.run(pipeline, undefined, { correlationId: 'job', ...options });
    await errorOf(run({ signal: stop.signal }), 'canceled');
    forever = false;
    expect(outcomes(await run({}))).toEqual(['kept reused', 'wait complete']);
  });

  test('cache: is kept by fingerprint after success, and serves other tasks and pipelines', async () => {
    const { runner } = testRunner({ engine });
    const [one, other] = ['one', 'other'].map((name) =>
      definePipeline({ name, processes: { main: [step('lasting', sql`select 30 as n`)] } }),
    ) as [Pipeline, Pipeline];
    await runner.run(one);
    const result = await runner.run(other, undefined, { correlationId: 'another' });
    expect(result.steps.get('lasting')?.reason).toEqual({ code: 'reused', from: 'cache' });
  });

  test('correlation needs a correlation id', async () => {
    const { runner } = testRunner({ engine });
    const run = runner.run(scopes({ left: 0 }), undefined, { correlationId: null });
    expect((await errorOf(run, 'correlation_id_required')).message).toContain('kept');
  });
});

test('SEMANTICS 1, fan-in: the first listed input’s columns win, and the cast is strict', async () => {
  const { runner } = testRunner({ engine });
  const build = (text: string): Pipeline => {
    const eu = step('eu', sql`select 1 as id, 'x' as name`);
    const us = step('us', sql`select ${text} as id, 7 as extra`);
    return definePipeline({ name: 'orders', processes: { main: [eu, us, fanIn('orders', [eu, us])] } });
  };
  const result = await runner.run(build('2'));
  expect(rows(await result.table('orders'))).toEqual([
    { id: 1, name: 'x' },
    { id: 2, name: null },
  ]);
  const error = await errorOf(runner.run(build('two')), 'schema_mismatch');
  expect(error.message).toContain('orders');
});

describe('SEMANTICS 1, CheckpointStore', () => {
  const make = (store: ObjectStore): CheckpointStore =>
    new CheckpointStore({ store, engine, pipeline: 'by-hand' });

  test('put, get, cleanupRun, cleanupCorrelation: the run comes first, and cleaning what is not there is no error', async () => {
    const store = lastingStore();
    const checkpoints = make(store);
    const ids = { runId: 'r1', correlationId: 'c1' };
    await checkpoints.put('orders', { ...ids, scope: 'correlation', data: [{ n: 1 }] });
    await checkpoints.put('orders', { runId: 'r1', scope: 'run', data: [{ n: 2 }] });
    const read = async (of: { runId?: string; correlationId?: string }): Promise<unknown[]> =>
      rows(await make(store).get('orders', of));
    expect(await read(ids)).toEqual([{ n: 2n }]);
    expect(await read({ runId: 'r2', correlationId: 'c1' })).toEqual([{ n: 1n }]);
    await checkpoints.put('orders', { runId: 'r1', scope: 'run', data: [{ n: 3 }] });
    expect(await read({ runId: 'r1' })).toEqual([{ n: 3n }]);
    await checkpoints.cleanupRun('r1');
    await checkpoints.cleanupRun('never-was');
    expect(await read(ids)).toEqual([{ n: 1n }]);
    await checkpoints.cleanupCorrelation('c1');
    await checkpoints.cleanupCorrelation('never-was');
    const error = await errorOf(read(ids), 'checkpoint_not_found');
    expect(error.message).toContain("run 'r1' or correlation 'c1'");
  });

  test('get finds what a pipeline has committed, of scope cache too', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine, store });
    const lasting = step('lasting', sql`select 5 as n`);
    const pipeline = definePipeline({ name: 'by-hand', processes: { main: [lasting] } });
    await runner.run(pipeline, undefined, { correlationId: 'c1' });
    expect(rows(await make(store).get('lasting', { runId: 'r1', correlationId: 'c1' }))).toEqual([{ n: 5 }]);
  });

  test('put with append adds a part, and replaces the same writer’s; the first writer’s columns win', async () => {
    const checkpoints = make(lastingStore());
    const put = (writer: string, data: unknown): Promise<void> =>
      checkpoints.put('all', { runId: 'r1', scope: 'run', data, append: true, writer });
    await put('eu', [{ id: 1, name: 'a' }]);
    await put('us', [{ id: 2, extra: true }]);
    await put('us', [{ id: 3, extra: true }]);
    await put('eu', [{ id: 4, name: 'b' }]);
    const table = await checkpoints.get('all', { runId: 'r1' });
    expect(rows(table)).toEqual([
      { id: 4n, name: 'b' },
      { id: 3n, name: null },
    ]);
    const plain = checkpoints.put('all', { runId: 'r1', scope: 'run', data: [{ id: 1 }] });
    await errorOf(plain, 'duplicate_writer');
    await put('odd', [{ id: 'no number' }]);
    await errorOf(checkpoints.get('all', { runId: 'r1' }), 'schema_mismatch');
  });

  test('put refuses what it cannot keep, and get tells the nearest name', async () => {
    const checkpoints = make(lastingStore());
    const put = (options: object): Promise<void> =>
      checkpoints.put('x', { runId: 'r', scope: 'run', data: [{ n: 1 }], ...options });
    await errorOf(put({ scope: 'correlation' }), 'correlation_id_required');
    await errorOf(put({ data: 42 }), 'unsupported_data');
    await errorOf(put({ scope: 'cache' }), 'invalid_argument');
    await errorOf(put({ append: true }), 'invalid_argument');
    await errorOf(put({ runId: '..' }), 'invalid_id');
    await errorOf(checkpoints.put('a/b', { runId: 'r', scope: 'run', data: [] }), 'invalid_name');
    await put({ writer: 'one' });
    await errorOf(put({ writer: 'two' }), 'duplicate_writer');
    await errorOf(put({ apend: true, writer: 'one' }), 'invalid_argument');
    await errorOf(checkpoints.get('x', undefined as never), 'invalid_argument');
    const error = await errorOf(checkpoints.get('y', { runId: 'r' }), 'checkpoint_not_found');
    expect(error.message).toContain("did you mean 'x'");
  });

  test('cleaning what others have at work is refused', async () => {
    const store = lastingStore();
    const lease = await store.acquire('correlations/c1/by-hand/');
    const checkpoints = make(store);
    await checkpoints.put('x', { runId: 'r', scope: 'run', data: [{ n: 1 }] });
    const put = checkpoints.put('x', {
      runId: 'r',
      correlationId: 'c1',
      scope: 'correlation',
      data: [{ n: 1 }],
    });
    await errorOf(put, 'task_bound');
    await lease.release();
  });
});

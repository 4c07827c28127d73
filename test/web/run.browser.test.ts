import { definePipeline, sql, step, type CairnEvent } from '@cairn/core';
import { createWebRunner, indexedDbStore } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { expect, test } from 'vitest';

const numbers = step('numbers', sql`select i, sqrt(i) as root from range(300000) r(i)`);
const sums = step('sums', sql`select i % 100 as k, sum(root) as s from ${numbers} group by k order by k`);
const pipeline = definePipeline({ name: 'web', processes: { main: [numbers, sums] } });

test('a run loads the engine when it is needed, tells how far that is, and not again', async () => {
  const database = `run-${crypto.randomUUID()}`;
  const run = async (): Promise<CairnEvent[]> => {
    const events: CairnEvent[] = [];
    const runner = createWebRunner({ database, assets: duckDbAssets });
    await runner.run(pipeline, undefined, { onEvent: (event) => void events.push(event) });
    await runner.close();
    return events;
  };
  const loading = (await run()).filter((event) => event.type === 'engine_loading');
  expect(loading.length).toBeGreaterThan(1);
  expect(loading.at(-1)?.bytes).toBeGreaterThan(30_000_000);
  const again = await run();
  expect(again.filter((event) => event.type === 'engine_loading')).toEqual([]);
  expect(again.filter((event) => event.type === 'step_reused').map((event) => event.step)).toEqual([
    'numbers',
    'sums',
  ]);
});

test('what a tab left behind is planned, listed, opened and gone on with by the next one', async () => {
  const database = `left-${crypto.randomUUID()}`;
  const events: CairnEvent[] = [];
  const open = (): ReturnType<typeof createWebRunner> =>
    createWebRunner({
      database,
      assets: duckDbAssets,
      observers: [{ onEvent: (event) => void events.push(event) }],
    });
  const job = { correlationId: 'job' };
  {
    await using runner = open();
    await runner.run(pipeline, undefined, { ...job, include: ['numbers'] });
    expect(await runner.tasks.list()).toMatchObject([
      { correlationId: 'job', status: 'created', attempt: 1 },
    ]);
  }
  await using runner = open();
  const decisions = async (): Promise<string[]> =>
    [...(await runner.plan(pipeline, undefined, job)).steps.values()].map(({ decision }) => decision);
  events.length = 0;
  expect(await decisions()).toEqual(['reuse', 'run']);
  expect(events).toEqual([]);
  const result = await runner.run(pipeline, undefined, { ...job, include: ['sums'] });
  expect([...result.steps.values()].map(({ outcome }) => outcome)).toEqual(['skipped', 'complete']);
  expect(await decisions()).toEqual(['reuse', 'reuse']);
  expect(await runner.tasks.get('job')).toMatchObject({
    status: 'complete',
    attempt: 2,
    steps: [
      { step: 'numbers', rows: 300_000 },
      { step: 'sums', rows: 100 },
    ],
    lease: undefined,
  });
  await using opened = await runner.open('job');
  expect((await opened.table('numbers', { columns: ['i'], limit: 3 })).numRows).toBe(3);
  const answer = await opened.query('select count(*)::integer as n from sums where k < 10');
  expect(answer.toArray().map(String)).toEqual(['{"n": 10}']);
  expect(await runner.checkpoints()).toHaveLength(2);
});

test('a worker that breaks down is started anew, and the run goes on from its checkpoints', async () => {
  const workers: Worker[] = [];
  const RealWorker = globalThis.Worker;
  globalThis.Worker = class extends RealWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      if (options?.name === 'cairn engine') workers.push(this);
    }
  };
  try {
    const runner = createWebRunner({ database: `lost-${crypto.randomUUID()}`, assets: duckDbAssets });
    const told: string[] = [];
    const result = await runner.run(pipeline, undefined, {
      onEvent(event) {
        told.push(event.type);
        if (event.type !== 'step_start' || event.step !== 'sums') return;
        // What a page is told of a worker whose memory is gone.
        workers[0]?.terminate();
        workers[0]?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
      },
    });
    expect(result.status).toBe('success');
    expect(workers).toHaveLength(2);
    expect(told.filter((type) => type === 'step_end')).toHaveLength(2);
    expect(told).toContain('warning');
    const history = await runner.history();
    const answer = await history.query(
      'select step, status, started_at < now() as past from step_runs order by step',
    );
    expect(answer.toArray().map(String)).toEqual([
      '{"step": "numbers", "status": "success", "past": true}',
      '{"step": "sums", "status": "success", "past": true}',
    ]);
    await runner.close();
  } finally {
    globalThis.Worker = RealWorker;
  }
});

test('wrong assets are told: without any at once, with others when the engine is needed', async () => {
  expect(() => createWebRunner({ database: 'none' })).toThrow('@cairn/web/assets');
  const runner = createWebRunner({
    database: `wrong-${crypto.randomUUID()}`,
    assets: { wasm: '/nothing.wasm', worker: '/nothing.js' },
  });
  await expect(runner.run(pipeline)).rejects.toMatchObject({
    code: 'run_failed',
    cause: { code: 'engine_failed' },
  });
  await runner.close();
});

test('the browser is asked once to keep what is stored, and its answer can be read', async () => {
  const store = indexedDbStore({ database: `persist-${crypto.randomUUID()}` });
  await store.put('a', new Uint8Array(100_000));
  const { persisted, usage, quota } = await store.storage();
  expect(typeof persisted).toBe('boolean');
  expect(usage).toBeGreaterThan(0);
  expect(quota).toBeGreaterThan(usage ?? 0);
  await store.close();
  await expect(store.storage()).rejects.toMatchObject({ code: 'already_closed' });
});

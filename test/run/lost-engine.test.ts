import {
  definePipeline,
  effect,
  fanIn,
  sink,
  sql,
  step,
  type CairnEvent,
  type Engine,
  type RunResult,
  type SinkConnector,
} from '@cairn/core';
import type { DuckDbInstance } from '@cairn/core/duckdb';
import { afterEach, describe, expect, test } from 'vitest';
import { gate, watchedStore } from './behind-store.js';
import { breakableEngine, type SeenCall } from './breakable-engine.js';
import { fakeClock } from './fake-clock.js';
import { errorOf, lastingStore, outcomes, testRunner } from './fixtures.js';

/* The engine's thread is ended, or hangs, or is full, while a run is at work. */

let harm: (call: SeenCall) => void | Promise<unknown> = () => undefined;
const { engine, instances } = breakableEngine((call) => harm(call));
afterEach(() => {
  harm = () => undefined;
});

/** Ends the thread at the first call of a kind, so many times. */
function endAt(method: SeenCall['method'], text: RegExp, times = 1): { readonly ended: number } {
  const count = { ended: 0 };
  harm = (call) => {
    if (call.method !== method || !text.test(call.text) || count.ended >= times) return undefined;
    count.ended += 1;
    // The answer may have come before: nobody gets it.
    return (async () => {
      await call.instance.terminate();
      throw new Error('its thread has ended');
    })();
  };
  return count;
}

interface Told {
  readonly calls: string[];
}

function listSink(told: Told): SinkConnector {
  return {
    type: 'list',
    location: { at: 'told' },
    options: {},
    async prepare(input) {
      told.calls.push('prepare');
      let sum = 0n;
      for await (const table of input.batches(sql`n * 2 as n`)) {
        for (const row of table) sum += BigInt(row['n']);
      }
      return { sum: String(sum) };
    },
    commit(prepared) {
      told.calls.push(`commit ${String(prepared['sum'])}`);
      return Promise.resolve(prepared);
    },
    rollback() {
      told.calls.push('rollback');
      return Promise.resolve();
    },
    verify: () => Promise.resolve(true),
  };
}

/** Every kind of step, `loose` keeps no checkpoint. A slow one is not done when the engine first looks. */
function everything(told: Told = { calls: [] }, slow = false) {
  const wait = sql.raw(slow ? 'where (select count(*) from range(60000000) t(i) where i % 7 = 3) > 0' : '');
  const a = step('a', sql`select range as n, md5(range::varchar) as h from range(40000) ${wait}`);
  const b = step('b', sql`select n, h from ${a} where n % 3 <> 1`);
  const loose = step('loose', sql`select n, h from ${a} where n % 3 = 1`, { checkpoint: false });
  const few = step('few', { b }, async ({ b }) => [{ rows: (await b.arrow()).numRows }], { version: '1' });
  const both = fanIn('both', [loose, b]);
  const counted = step('counted', { loose }, async ({ loose }) => [{ n: (await loose.arrow()).numRows }], {
    version: '1',
  });
  const last = step('last', sql`select sum(n)::bigint as n from ${both}`);
  const save = sink('save', b, listSink(told));
  const notify = effect('notify', { last }, async ({ last }) => {
    told.calls.push('notify');
    return { n: (await last.arrow()).numRows };
  });
  return definePipeline({
    name: 'all',
    processes: { main: [a, b, loose, few, both, counted, last, save, notify] },
  });
}

function hashes({ steps }: RunResult): Record<string, string | undefined> {
  return Object.fromEntries([...steps].map(([name, { contentHash }]) => [name, contentHash]));
}

/** How often each step came to its end. */
function ends(events: readonly CairnEvent[]): Record<string, number> {
  const count: Record<string, number> = {};
  for (const event of events) {
    if (event.type === 'step_end') count[event.step] = (count[event.step] ?? 0) + 1;
  }
  return count;
}

const warnings = (events: readonly CairnEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));

let undisturbed: Promise<{ hashes: Record<string, string | undefined>; calls: string[] }> | undefined;
const expected = () =>
  (undisturbed ??= (async () => {
    const told: Told = { calls: [] };
    const result = await testRunner({ engine }).runner.run(everything(told));
    return { hashes: hashes(result), calls: told.calls };
  })());

describe('a thread that ends', () => {
  const places: readonly (readonly [string, SeenCall['method'], RegExp])[] = [
    ['while a table is made', 'pollAndFetch', /^$/],
    ['while the table of a step is begun', 'startAndFetch', /^create or replace table \S+"b"/],
    ['while a table without a checkpoint is made', 'startAndFetch', /^create or replace table \S+"loose"/],
    ['while tables are united', 'startAndFetch', /^create or replace table \S+"both"/],
    ['while a table is exported', 'startAndFetch', /^from \S+"b"$/],
    ['at the end of a long statement', 'fetchBatches', /^$/],
    ["while a transform's table is imported", 'insertArrowFromIPCStream', /^few$/],
    ['while a sink reads', 'startAndFetch', /^create or replace table "run_\w+_read"/],
  ];

  test.each(places)('%s', async (_, method, text) => {
    const whole = await expected();
    const ended = endAt(method, text);
    const told: Told = { calls: [] };
    const { runner, events } = testRunner({ engine });
    const result = await runner.run(everything(told, method === 'pollAndFetch' || method === 'fetchBatches'));
    expect(ended.ended).toBe(1);
    expect(hashes(result)).toEqual(whole.hashes);
    expect(told.calls.filter((call) => call !== 'prepare').toSorted()).toEqual(
      whole.calls.filter((call) => call !== 'prepare').toSorted(),
    );
    const { loose, ...others } = ends(events);
    expect(new Set(Object.values(others))).toEqual(new Set([1]));
    expect(loose).toBeLessThanOrEqual(2);
    expect(warnings(events)).toEqual([expect.stringContaining("the engine's thread ended")]);
    expect(events.filter(({ type }) => type === 'step_error' || type === 'checkpoint_damaged')).toEqual([]);
  });

  test('in the middle of an export of many parts', async () => {
    const build = () =>
      definePipeline({
        name: 'parts',
        processes: {
          main: [step('a', sql`select range as n, md5(range::varchar) as h from range(1200000)`)],
        },
      });
    const whole = await testRunner({ engine }).runner.run(build());
    let fetched = 0;
    harm = ({ method, instance }) => {
      if (method === 'fetchBatches' && ++fetched === 2) void instance.terminate();
    };
    const { runner, events } = testRunner({ engine });
    const result = await runner.run(build());
    expect(fetched).toBeGreaterThan(4);
    expect(hashes(result)).toEqual(hashes(whole));
    expect(warnings(events)).toHaveLength(1);
  });

  test("tables that 'auto' did not keep are made again", async () => {
    const auto = { checkpoint: 'auto' } as const;
    const first = step('first', sql`select range as n from range(1000)`, auto);
    const second = step('second', sql`select n * 2 as n from ${first}`, auto);
    const third = step('third', sql`select sum(n)::bigint as n from ${second}`, auto);
    const pipeline = definePipeline({ name: 'loose', processes: { main: [first, second, third] } });
    const ended = endAt('startAndFetch', /^create or replace table \S+"third"/);
    const { runner, events } = testRunner({ engine, clock: fakeClock(), maxLostWorkMs: Infinity });
    const result = await runner.run(pipeline);
    expect(ended.ended).toBe(1);
    expect(outcomes(result)).toEqual(['first complete', 'second complete', 'third complete']);
    expect((await result.table('third')).get(0)?.toJSON()).toEqual({ n: 999_000n });
    expect(ends(events)).toEqual({ first: 2, second: 2, third: 1 });
  });

  test('in the middle of a table of many parts', async () => {
    const a = step('a', sql`select range as n, md5(range::varchar) as h from range(1200000)`);
    const build = (last: number) =>
      definePipeline({
        name: 'parts',
        processes: { main: [a, step('b', sql`select n + ${last} as n from ${a}`)] },
      });
    const store = lastingStore();
    const first = await testRunner({ engine, store }).runner.run(build(1));
    let inserts = 0;
    harm = ({ method, text, instance }) => {
      if (method === 'insertArrowFromIPCStream' && text === 'a' && ++inserts === 2) void instance.terminate();
    };
    const { runner, events } = testRunner({ engine, store });
    const second = await runner.run(build(2));
    expect(inserts).toBeGreaterThan(3);
    expect(outcomes(second)).toEqual(['a reused', 'b complete']);
    expect(second.steps.get('b')?.attempts).toBe(1);
    expect(events.filter(({ type }) => type === 'checkpoint_damaged')).toEqual([]);
    harm = () => undefined;
    const whole = await testRunner({ engine }).runner.run(build(2));
    expect(hashes(second)).toEqual(hashes(whole));
    expect(first.steps.get('a')?.contentHash).toBe(whole.steps.get('a')?.contentHash);
  });

  test.each([
    ['and is stored all the same', false],
    ['and cannot be stored at first', true],
  ])('while what it has made is on its way to the store %s', async (_, fails) => {
    const { opened, open } = gate();
    const { store } = watchedStore(async ({ key }, nth) => {
      if (!key.startsWith('objects/') || nth > 1) return;
      await opened;
      if (fails) throw new Error('not now');
    });
    const ended = endAt('startAndFetch', /^create or replace table \S+"b"/);
    const { runner, events } = testRunner({
      engine,
      store,
      observers: [
        {
          name: 'open',
          // Whoever must begin again has looked for its input by then.
          onEvent: ({ type }) => void (type === 'warning' && setTimeout(open, 300)),
        },
      ],
    });
    const retry = { maxAttempts: 2, initialDelayMs: 0, jitter: 0 };
    const a = step('a', sql`select range as n from range(1000)`, { retry });
    const b = step('b', sql`select sum(n)::bigint as n from ${a}`);
    const c = step('c', sql`select n + 1 as n from ${b}`);
    const result = await runner.run(definePipeline({ name: 'on-its-way', processes: { main: [a, b, c] } }));
    expect(ended.ended).toBe(1);
    expect(outcomes(result)).toEqual(['a complete', 'b complete', 'c complete']);
    expect(result.steps.get('a')?.attempts).toBe(fails ? 2 : 1);
    expect(ends(events)).toEqual({ a: 1, b: 1, c: 1 });
    expect((await result.table('c')).get(0)?.['n']).toBe(499_501n);
  });

  test('between two steps: the tables that stood come back from their checkpoints', async () => {
    const whole = await expected();
    const ending: Promise<void>[] = [];
    for (const name of ['a', 'loose', 'last']) {
      const before = ending.length;
      const { runner, events } = testRunner({
        engine,
        concurrency: 1,
        observers: [
          {
            name: 'end',
            onEvent(event) {
              if (event.type === 'step_end' && event.step === name && ending.length === before) {
                ending.push(Promise.resolve((instances.at(-1) as DuckDbInstance).terminate()));
              }
            },
          },
        ],
      });
      const result = await runner.run(everything());
      expect(hashes(result)).toEqual(whole.hashes);
      const { loose, ...others } = ends(events);
      expect(new Set(Object.values(others))).toEqual(new Set([1]));
      expect(loose).toBeLessThanOrEqual(2);
      expect(warnings(events)).toHaveLength(1);
      expect((await result.table('last')).numRows).toBe(1);
    }
    await Promise.all(ending);
    expect(ending).toHaveLength(3);
  });

  test('twice at one step fails that step, and no other', async () => {
    const store = lastingStore();
    const ended = endAt('startAndFetch', /^create or replace table \S+"b"/, 9);
    const a = step('a', sql`select range as n from range(1000)`);
    const b = step('b', sql`select n + 1 as n from ${a}`);
    const after = step('after', sql`select n from ${b}`);
    // At work whenever `b` is, and hit by both losses if it were not for the second one being only b's.
    const beside = step(
      'beside',
      sql`select sum(i * j % 7)::bigint as n from range(3000) x(i), range(5000) y(j)`,
    );
    const later = step('later', sql`select n + 1 as n from ${beside}`);
    const pipeline = definePipeline({ name: 'twice', processes: { main: [a, b, beside, after, later] } });
    const { runner, events } = testRunner({ engine, store });
    const failed = runner.run(pipeline);
    const error = await errorOf(failed, 'engine_failed');
    expect(ended.ended).toBe(2);
    expect(error.message).toMatch(/^Step 'b' of pipeline 'twice': The engine was lost twice at this step/);
    expect(error.details).toMatchObject({ pipeline: 'twice', step: 'b' });
    expect(error.cause).toMatchObject({ cause: { message: expect.stringContaining('thread ended') } });
    const { result } = (await errorOf(failed, 'run_failed')).details as { result: RunResult };
    expect(outcomes(result)).toEqual([
      'a complete',
      'b failed',
      'beside complete',
      'after skipped',
      'later complete',
    ]);
    expect(result.steps.get('b')?.attempts).toBe(2);
    expect(ends(events)).toEqual({ a: 1, b: 1, beside: 1, later: 1 });
    expect(warnings(events)).toHaveLength(2);
    harm = () => undefined;
    const next = await testRunner({ engine, store }).runner.run(pipeline);
    expect(outcomes(next)).toEqual([
      'a reused',
      'b complete',
      'beside reused',
      'after complete',
      'later reused',
    ]);
  });

  test('twice at a step without a checkpoint fails that step, and blocks those that need it', async () => {
    const ended = endAt('startAndFetch', /^create or replace table \S+"b"/, 9);
    const b = step('b', sql`select 1 as n`, { checkpoint: false });
    const c = step('c', sql`select n from ${b}`);
    const pipeline = definePipeline({ name: 'twice', processes: { main: [b, c] } });
    const failed = testRunner({ engine }).runner.run(pipeline);
    const error = await errorOf(failed, 'engine_failed');
    expect(error.message).toMatch(/^Step 'b' of pipeline 'twice': The engine was lost twice/);
    expect(ended.ended).toBe(2);
    const { result } = (await errorOf(failed, 'run_failed')).details as { result: RunResult };
    expect(outcomes(result)).toEqual(['b failed', 'c skipped']);
  });

  test('a run that is cancelled when its engine ends is cancelled', async () => {
    const stop = new AbortController();
    harm = ({ method, text, instance }) => {
      if (method !== 'startAndFetch' || !text.includes('"b"')) return;
      stop.abort('enough');
      void instance.terminate();
    };
    const b = step('b', sql`select 1 as n`);
    const pipeline = definePipeline({ name: 'stopped', processes: { main: [b] } });
    const { runner, events } = testRunner({ engine });
    const error = await errorOf(runner.run(pipeline, undefined, { signal: stop.signal }), 'canceled');
    expect((error.details as { result: RunResult }).result.steps.get('b')?.attempts).toBe(1);
    expect(ends(events)).toEqual({ b: 1 });
  });

  test('a failure of an effect that has nothing to do with it is not tried again', async () => {
    let calls = 0;
    const b = step('b', sql`select 1 as n`);
    const send = effect('send', { b }, async () => {
      calls += 1;
      await (instances.at(-1) as DuckDbInstance).terminate();
      await new Promise((resolve) => setTimeout(resolve, 100));
      throw new Error('the post office is closed');
    });
    const pipeline = definePipeline({ name: 'post', processes: { main: [b, send] } });
    await errorOf(testRunner({ engine }).runner.run(pipeline), 'step_failed');
    expect(calls).toBe(1);
  });
});

describe('a thread that does not answer', () => {
  const { engine } = breakableEngine((call) => harm(call), { answerTimeoutMs: 5_000 });

  test('is ended, and the step is begun again', async () => {
    let blocked = 0;
    harm = ({ method, text, instance }) => {
      if (method !== 'startAndFetch' || !text.includes('"b"') || blocked > 0) return undefined;
      blocked += 1;
      // One message that takes for ever: nothing else is answered.
      return (async () => {
        const connection = await instance.db.connectInternal();
        return instance.db.runQuery(
          connection,
          'select count(*) from range(1000000) a(i), range(1000000) b(j) where (i * j) % 7 = 3',
        );
      })();
    };
    const b = step('b', sql`select 42 as n`);
    const pipeline = definePipeline({ name: 'stuck', processes: { main: [b] } });
    const { runner, events } = testRunner({ engine });
    const result = await runner.run(pipeline);
    expect((await result.table('b')).get(0)?.toJSON()).toEqual({ n: 42 });
    expect(warnings(events)).toEqual([expect.stringContaining('it did not answer for 5 s')]);
    expect([blocked, result.steps.get('b')?.attempts]).toEqual([1, 2]);
  });

  test('a statement that runs long is left alone', async () => {
    const b = step(
      'b',
      sql`select count(*) as n from range(40000) a(i), range(20000) b(j) where (i * j) % 7 = 3`,
    );
    const pipeline = definePipeline({ name: 'long', processes: { main: [b] } });
    const { runner, events } = testRunner({ engine });
    const result = await runner.run(pipeline);
    expect(result.steps.get('b')?.durationMs).toBeGreaterThan(5_000);
    expect(warnings(events)).toEqual([]);
  });
});

describe('an engine that is full', () => {
  const small = (): { readonly engine: Engine; readonly instances: DuckDbInstance[] } =>
    breakableEngine(() => undefined, { settings: { memory_limit: '100MB' } });

  test('starts with a fresh heap, and the step gets all of it', async () => {
    const { engine, instances } = small();
    const a = step('a', sql`select md5(range::varchar) as h from range(1600000)`);
    const big = step('big', sql`select md5((range + 1)::varchar) as h from range(1600000)`);
    const last = step('last', sql`select count(*) as n from ${a}`);
    const pipeline = definePipeline({ name: 'full', processes: { main: [a, big, last] } });
    const { runner, events } = testRunner({ engine, concurrency: 1 });
    const result = await runner.run(pipeline);
    expect(outcomes(result)).toEqual(['a complete', 'big complete', 'last complete']);
    expect(warnings(events)).toEqual([
      expect.stringMatching(/: The engine ran out of memory \([^\n]*\)[^\n]*$/),
    ]);
    expect([instances.length, result.steps.get('big')?.attempts]).toEqual([2, 2]);
    expect(ends(events)).toEqual({ a: 1, big: 1, last: 1 });
  });

  test('fails a step that it cannot hold, and says what to do', async () => {
    const { engine, instances } = small();
    const a = step('a', sql`select md5(range::varchar) as h from range(20000000)`);
    const b = step('b', sql`select 1 as n`);
    const pipeline = definePipeline({ name: 'too-big', processes: { main: [a, b] } });
    const failed = testRunner({ engine }).runner.run(pipeline);
    const error = await errorOf(failed, 'engine_failed');
    expect(error.message).toMatch(
      /^Step 'a' of pipeline 'too-big': .*The engine ran out of memory \(.*is split in two$/,
    );
    expect(instances.length).toBeGreaterThanOrEqual(2);
    const { result } = (await errorOf(failed, 'run_failed')).details as { result: RunResult };
    expect(outcomes(result)).toEqual(['a failed', 'b complete']);
  });
});

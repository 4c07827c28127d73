import {
  definePipeline,
  effect,
  fanIn,
  sink,
  source,
  sql,
  step,
  type RunResult,
  type CairnEvent,
  type Engine,
  type SinkConnector,
  type SourceConnector,
  type Step,
  type StepContext,
} from '@cairn/core';
import { tableToIPC } from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { noEngine } from '../task/no-engine.js';
import { breakableEngine } from './breakable-engine.js';
import { fakeClock } from './fake-clock.js';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from './fixtures.js';

const engine = sharedEngine();
const silent = (): Promise<never> => new Promise(() => undefined);
const untilAborted = (_: unknown, { signal }: StepContext): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
const one = <const Steps extends readonly Step[]>(main: Steps) =>
  definePipeline({ name: 'p', processes: { main } });
const types = (events: readonly CairnEvent[]): string[] => events.map(({ type }) => type);

describe('under an injected clock', () => {
  test.each([
    ['code that ignores its signal', silent],
    ['code that rejects with its reason', untilAborted],
    [
      'code that makes an error of its own of it',
      (_: unknown, context: StepContext) =>
        untilAborted(_, context).catch(() => Promise.reject(new Error('the request was aborted'))),
    ],
  ])(
    'SEMANTICS 4, timeout: %s fails with step_timeout, which names step, pipeline and limit',
    async (_, run) => {
      const clock = fakeClock();
      const { runner, events } = testRunner({ engine: noEngine, clock });
      const rolled: unknown[] = [];
      const slow = effect('slow', {}, run, {
        timeoutMs: 500,
        rollback: ({ error }) => void rolled.push(error),
      });
      const running = errorOf(runner.run(one([slow])), 'step_timeout');
      await clock.asleep();
      clock.advance(499);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(types(events)).not.toContain('step_error');
      clock.advance(1);
      const error = await running;
      expect(error.message).toBe("Step 'slow' of pipeline 'p' took longer than its timeoutMs, 500 ms");
      expect(error.details).toEqual({ pipeline: 'p', step: 'slow', timeoutMs: 500 });
      expect(error.name).not.toBe('AbortError');
      expect(rolled).toEqual([error]);
      expect(events.find(({ type }) => type === 'pipeline_end')).toMatchObject({ status: 'failed' });
    },
  );

  test('SEMANTICS 4, timeout: it is retried like any failure, each attempt with a signal and a time of its own', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    const signals: AbortSignal[] = [];
    const slow = effect(
      'slow',
      {},
      (_, { signal }) => {
        signals.push(signal);
        return signals.length < 3 ? silent() : 'done';
      },
      { timeoutMs: 500, retry: { initialDelayMs: 100, jitter: 0 } },
    );
    const task = await runner.bind(one([slow]), undefined, { correlationId: 'job' });
    const running = task.execute();
    // The time of one attempt, the wait for the next, and so on.
    for (const [index, ms] of [500, 100, 500, 200].entries()) {
      await clock.asleep(index);
      expect(clock.sleepers.at(-1)?.ms).toBe(ms);
      clock.advance(ms);
    }
    const result = await running;
    expect(result.steps.get('slow')).toMatchObject({ outcome: 'complete', attempts: 3 });
    expect(task.result).toBe('done');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
    expect(signals[0]?.reason).toMatchObject({ code: 'step_timeout' });
    expect(
      events.flatMap((event) =>
        event.type === 'step_retry' ? [[event.stepAttempt, event.delayMs, event.error.code]] : [],
      ),
    ).toEqual([
      [1, 100, 'step_timeout'],
      [2, 200, 'step_timeout'],
    ]);
    expect(task.stages.get('slow')?.history.map(({ status }) => status)).toEqual([
      'running',
      'retry',
      'running',
      'retry',
      'running',
      'complete',
    ]);
  });

  test('SEMANTICS 4, timeout: retryOn tells it apart', async () => {
    const clock = fakeClock();
    const { runner } = testRunner({ engine: noEngine, clock });
    let calls = 0;
    const slow = effect('slow', {}, () => (calls++, silent()), {
      timeoutMs: 500,
      retry: { retryOn: ['step_failed'] },
    });
    const running = errorOf(runner.run(one([slow])), 'step_timeout');
    await clock.asleep();
    clock.advance(500);
    await running;
    expect(calls).toBe(1);
  });

  test('SEMANTICS 4, timeout: no wait is left behind when an attempt ends before its time', async () => {
    const clock = fakeClock();
    const { runner } = testRunner({ engine: noEngine, clock });
    const quick = effect('quick', {}, () => 1, { timeoutMs: 500 });
    const wrong = effect('wrong', {}, () => Promise.reject(new Error('no')), { timeoutMs: 600 });
    await errorOf(runner.run(one([quick, wrong])), 'step_failed');
    expect(clock.sleepers.map(({ ms, signal }) => [ms, signal?.aborted])).toEqual([
      [500, true],
      [600, true],
    ]);
    clock.advance(1000);
  });

  test('SEMANTICS 4, timeout: a cancellation before it is a cancellation', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    const stop = new AbortController();
    const slow = effect('slow', {}, silent, { timeoutMs: 500, retry: true });
    const running = errorOf(runner.run(one([slow]), undefined, { signal: stop.signal }), 'canceled');
    await clock.asleep();
    stop.abort('enough');
    await running;
    expect(events.find(({ type }) => type === 'step_end')).toMatchObject({ status: 'canceled' });
    expect(clock.sleepers[0]?.signal?.aborted).toBe(true);
  });

  test('SEMANTICS 4, timeout: the other steps go on, and what depends on it is skipped', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    let release: () => void = () => undefined;
    const slow = effect('slow', {}, silent, { timeoutMs: 500 });
    const later = effect('later', {}, () => 1, { after: [slow] });
    const other = effect('other', {}, () => new Promise<void>((resolve) => void (release = resolve)));
    const running = errorOf(runner.run(one([slow, later, other])), 'run_failed');
    await clock.asleep();
    clock.advance(500);
    while (!types(events).includes('step_skipped')) await new Promise((resolve) => setTimeout(resolve, 1));
    release();
    const { details } = await running;
    expect(outcomes(details['result'] as never)).toEqual(['slow failed', 'later skipped', 'other complete']);
  });

  test('SEMANTICS 4, timeout: a sink is not limited while it commits, and never prepares twice at once', async () => {
    const clock = fakeClock();
    const { runner } = testRunner({ engine, clock });
    const calls: string[] = [];
    const prepared: ((receipt: { n: number }) => void)[] = [];
    const connector: SinkConnector = {
      type: 'slow',
      location: {},
      options: {},
      prepare: () => {
        calls.push('prepare');
        if (prepared.length > 0) return Promise.resolve({ n: 2 });
        return new Promise((resolve) => prepared.push(resolve));
      },
      async commit({ n }, { signal }) {
        calls.push(`commit ${String(n)}`);
        clock.advance(10_000);
        await new Promise((resolve) => setTimeout(resolve, 5));
        signal.throwIfAborted();
        return { n: n ?? 0 };
      },
      rollback: ({ n }) => Promise.resolve(void calls.push(`rollback ${String(n)}`)),
      verify: () => Promise.resolve(true),
    };
    const rows = step('rows', {}, () => [{ n: 1 }], { version: '1' });
    const save = sink('save', rows, connector, {
      timeoutMs: 500,
      retry: { initialDelayMs: 100, jitter: 0 },
    });
    const running = runner.run(one([rows, save]));
    await clock.asleep();
    clock.advance(500);
    await clock.asleep(1);
    clock.advance(100);
    await clock.asleep(2);
    expect(calls).toEqual(['prepare']);
    prepared[0]?.({ n: 1 });
    expect(outcomes(await running)).toEqual(['rows complete', 'save complete']);
    expect(calls).toEqual(['prepare', 'rollback 1', 'prepare', 'commit 2']);
  });
});

test.each([0, -1, Number.NaN, Infinity, '500', 2 ** 31])(
  'SEMANTICS 4, timeout: %s is no limit',
  (timeoutMs) => {
    expect(() => effect('a', {}, () => 1, { timeoutMs: timeoutMs as number })).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  },
);

test('SEMANTICS 4, timeout: it is not in the fingerprint, and neither is the circuit', async () => {
  const store = lastingStore();
  const build = (options: object) => one([effect('a', {}, () => 1, { reuse: true, ...options })]);
  const first = await testRunner({ engine: noEngine, store }).runner.run(build({}));
  const limited = build({ timeoutMs: 500, circuitBreaker: 'api' });
  const second = await testRunner({ engine: noEngine, store }).runner.run(limited, undefined, {
    correlationId: first.correlationId,
  });
  expect(outcomes(second)).toEqual(['a reused']);
});

test('SEMANTICS 4, timeout: the start of the engine is nobody’s time', async () => {
  const clock = fakeClock();
  let hasStarted = false;
  const start = (): void => {
    if (!hasStarted) clock.advance(200);
    hasStarted = true;
  };
  const slowly: Engine = {
    ...engine,
    open(options) {
      start();
      return engine.open(options);
    },
    createTable(...given) {
      start();
      return engine.createTable(...given);
    },
  };
  const { runner } = testRunner({ engine: slowly, clock });
  const query = step('query', sql`select 1 as n`, { timeoutMs: 150 });
  expect(outcomes(await runner.run(one([query])))).toEqual(['query complete']);
});

describe('with an engine', () => {
  /** Takes minutes. */
  const endless = sql`select count(*) as n from range(1000000000) a, range(1000000) b where a.range % 7 = b.range % 5`;

  test('SEMANTICS 4, timeout: a statement ends within a second, and the engine stays usable', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine, clock });
    const slow = step('slow', endless, { timeoutMs: 100, retry: { maxAttempts: 2, initialDelayMs: 0 } });
    const quick = step('quick', sql`select 42 as n`, { after: [] });
    const running = errorOf(runner.run(one([slow, quick])), 'step_timeout');
    await clock.asleep();
    const began = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 100));
    clock.advance(100);
    await clock.asleep(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    clock.advance(100);
    const error = await running;
    expect(Date.now() - began).toBeLessThan(8_000);
    expect(error.details).toMatchObject({ step: 'slow', timeoutMs: 100 });
    expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
    expect(events.filter(({ type }) => type === 'step_retry')).toHaveLength(1);
    const result = await runner.run(one([quick]));
    expect((await result.table('quick')).get(0)?.toJSON()).toEqual({ n: 42 });
  });

  test('SEMANTICS 4, timeout: it is what failed, also when the engine is lost because it would not stop', async () => {
    const clock = fakeClock();
    let ended = 0;
    const { engine: stubborn } = breakableEngine(({ method, instance }) => {
      if (method !== 'cancelPendingQuery' || ended > 0) return;
      ended += 1;
      void instance.terminate();
    });
    const { runner, events } = testRunner({ engine: stubborn, clock });
    const slow = step('slow', endless, { timeoutMs: 100 });
    const running = errorOf(runner.run(one([slow])), 'run_failed');
    await clock.asleep();
    await new Promise((resolve) => setTimeout(resolve, 300));
    clock.advance(100);
    const { cause, details } = await running;
    expect(ended).toBe(1);
    expect(types(events)).toContain('warning');
    expect(cause).toMatchObject({ code: 'step_timeout' });
    expect((details['result'] as RunResult).steps.get('slow')).toMatchObject({ attempts: 1 });
  });

  test('SEMANTICS 4, timeout: a step on demand has its own limit, and its consumers none of it', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine, clock });
    let calls = 0;
    const work = (): object[] => {
      calls += 1;
      // Longer than either consumer may take.
      clock.advance(400);
      return [{ n: 1 }];
    };
    const loose = step('loose', {}, work, { version: '1', checkpoint: false, timeoutMs: 5_000 });
    const all = fanIn('all', [loose], { timeoutMs: 300 });
    const told = effect('told', { loose }, async ({ loose }) => (await loose.arrow()).numRows, {
      timeoutMs: 300,
    });
    const result = await runner.run(one([loose, all, told]));
    expect(outcomes(result)).toEqual(['loose complete', 'all complete', 'told complete']);
    expect(calls).toBe(1);
    expect(types(events)).not.toContain('step_retry');
  });

  test('SEMANTICS 4, timeout: a step on demand that is too slow is what failed', async () => {
    const { runner } = testRunner({ engine });
    const loose = step('loose', {}, silent, { version: '1', checkpoint: false, timeoutMs: 50 });
    const reads = effect('reads', { loose }, () => 1, { timeoutMs: 10_000, retry: true });
    const error = await errorOf(runner.run(one([loose, reads])), 'run_failed');
    expect(error.cause).toMatchObject({ code: 'step_timeout', details: { step: 'loose' } });
    expect(outcomes(error.details['result'] as never)).toEqual(['loose failed', 'reads skipped']);
  });

  test('SEMANTICS 4, timeout: a source that falls silent in the middle is read again', async () => {
    const clock = fakeClock();
    const { runner } = testRunner({ engine, clock });
    const good = await testRunner({ engine }).runner.run(
      one([step('rows', sql`select range as n from range(10)`)]),
    );
    const bytes = tableToIPC(await good.table('rows'), 'stream');
    let [reads, ended] = [0, 0];
    let isWaiting = false;
    const closed: unknown[] = [];
    const connector: SourceConnector = {
      type: 'silent',
      location: {},
      options: {},
      identity: () => Promise.resolve('1'),
      read: () => {
        reads += 1;
        const isFirst = reads === 1;
        let given = 0;
        const iterator: AsyncIterator<Uint8Array> = {
          next: () => {
            given += 1;
            if (given === 1) return Promise.resolve({ done: false, value: bytes });
            isWaiting = isFirst;
            return isFirst ? silent() : Promise.resolve({ done: true, value: undefined });
          },
          return: () => Promise.resolve({ done: true, value: void ended++ }),
        };
        return Promise.resolve({
          identity: '1',
          data: { streams: { [Symbol.asyncIterator]: () => iterator } },
          close: (failure) => Promise.resolve(void closed.push(failure === undefined)),
        });
      },
    };
    const read = source('read', connector, { timeoutMs: 200, retry: { initialDelayMs: 0 } });
    const running = runner.run(one([read]));
    // The first wait is for its identity.
    await clock.asleep(1);
    while (!isWaiting) await new Promise((resolve) => setTimeout(resolve, 1));
    clock.advance(200);
    const result = await running;
    expect(result.steps.get('read')).toMatchObject({ outcome: 'complete', attempts: 2, rows: 10 });
    expect([closed, ended]).toEqual([[false, true], 1]);
  });

  test('SEMANTICS 4, timeout: a source that does not say what it would read is asked again, and holds nothing up', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine, clock });
    let asked = 0;
    const connector: SourceConnector = {
      type: 'silent',
      location: {},
      options: {},
      identity: () => (++asked < 3 ? silent() : Promise.resolve('1')),
      read: () => Promise.resolve({ identity: '1', data: { query: sql`select 1 as n`, files: {} } }),
    };
    const read = source('read', connector, { timeoutMs: 50, retry: { initialDelayMs: 0 } });
    const task = await runner.bind(one([read]), undefined, { correlationId: 'job' });
    const running = task.execute();
    for (const already of [0, 1]) {
      await clock.asleep(already);
      clock.advance(50);
    }
    const result = await running;
    expect(result.steps.get('read')).toMatchObject({ outcome: 'complete', attempts: 3 });
    expect(task.stages.get('read')?.history.map(({ status }) => status)).toEqual([
      'running',
      'retry',
      'running',
      'retry',
      'running',
      'complete',
    ]);
    expect(
      types(events).filter((type) => type === 'step_retry' || type === 'step_start' || type === 'step_end'),
    ).toEqual(['step_retry', 'step_retry', 'step_start', 'step_end']);
    await task.unbind();

    asked = -9;
    const already = clock.sleepers.length;
    const failing = errorOf(runner.run(one([read]), undefined, { correlationId: null }), 'run_failed');
    for (const attempt of [0, 1, 2]) {
      await clock.asleep(already + attempt);
      clock.advance(50);
    }
    const failed = await failing;
    expect(failed.cause).toMatchObject({ code: 'step_timeout' });
    expect(asked).toBe(-6);
  });
});

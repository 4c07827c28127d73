import { definePipeline, effect, type RetryOptions } from '@cairn/core';
import { expect, test } from 'vitest';
import { noEngine } from '../task/no-engine.js';
import { fakeClock } from './fake-clock.js';
import { errorOf, testRunner } from './fixtures.js';

/** The waits of an effect that fails each time, and how often it was called. */
async function waits(
  retry: boolean | RetryOptions,
  random?: () => number,
): Promise<{ readonly ms: readonly number[]; readonly calls: number }> {
  const ms: number[] = [];
  let calls = 0;
  const sleep = (wait: number): Promise<void> => Promise.resolve(void ms.push(wait));
  const { runner } = testRunner({
    engine: noEngine,
    clock: { now: () => Date.now(), sleep },
    ...(random === undefined ? {} : { random }),
  });
  const fails = (): never => {
    calls += 1;
    throw new Error('again');
  };
  const pipeline = definePipeline({
    name: 'p',
    processes: { main: [effect('fails', {}, fails, { retry })] },
  });
  await errorOf(runner.run(pipeline), 'step_failed');
  return { ms, calls };
}

test('SEMANTICS 4, retry: true is 3 attempts in all, after 1 s and 2 s', async () => {
  expect(await waits(true, () => 0.5)).toEqual({ ms: [1_000, 2_000], calls: 3 });
  expect(await waits(false)).toEqual({ ms: [], calls: 1 });
});

test('SEMANTICS 4, retry: the delay is min(initial · factor^n, max), by default 1 s, a factor of 2 and 60 s', async () => {
  expect((await waits({ maxAttempts: 9, jitter: 0 })).ms).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
  ]);
  expect(
    (await waits({ maxAttempts: 4, initialDelayMs: 10, factor: 3, maxDelayMs: 50, jitter: 0 })).ms,
  ).toEqual([10, 30, 50]);
  expect((await waits({ maxAttempts: 4, backoff: 'constant', jitter: 0 })).ms).toEqual([1_000, 1_000, 1_000]);
});

test('SEMANTICS 4, retry: jitter is a quarter of the delay, up or down', async () => {
  expect((await waits(true, () => 0)).ms).toEqual([750, 1_500]);
  expect((await waits(true, () => 1)).ms).toEqual([1_250, 2_500]);
});

test('SEMANTICS 4, retry: zero jitter is deterministic under an injected clock', async () => {
  const [one, other] = [await waits({ jitter: 0 }), await waits({ jitter: 0 })];
  expect([one, other]).toEqual(Array.from({ length: 2 }, () => ({ ms: [1_000, 2_000], calls: 3 })));
});

test('SEMANTICS 4, retry: every attempt is in the history, with message, status, begin, end, run id and attempt', async () => {
  const clock = fakeClock();
  const { runner } = testRunner({ engine: noEngine, clock });
  let calls = 0;
  const flaky = effect(
    'flaky',
    {},
    () => {
      clock.advance(100);
      calls += 1;
      if (calls < 3) throw new Error(`fault ${calls}`);
    },
    { retry: { initialDelayMs: 1_000, jitter: 0 } },
  );
  const pipeline = definePipeline({ name: 'p', processes: { main: [flaky] } });
  const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
  const running = task.execute({ runId: 'run-1', attempt: 4 });
  await clock.asleep();
  clock.advance(1_000);
  await clock.asleep(1);
  clock.advance(2_000);
  await running;
  const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
  const entry = (status: string, message: string, begin: number, end: number | null) => ({
    status,
    message,
    begin: at(begin),
    end: end === null ? null : at(end),
    runId: 'run-1',
    attempt: 4,
  });
  expect(task.stages.get('flaky')?.history).toEqual([
    entry('running', 'nothing stored yet', 0, null),
    entry('retry', "Step 'flaky' of pipeline 'p': fault 1", 0, 100),
    entry('running', 'nothing stored yet', 1_100, null),
    entry('retry', "Step 'flaky' of pipeline 'p': fault 2", 1_100, 1_200),
    entry('running', 'nothing stored yet', 3_200, null),
    entry('complete', 'done', 3_200, 3_300),
  ]);
});

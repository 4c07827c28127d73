import {
  definePipeline,
  effect,
  fanIn,
  sql,
  step,
  type CairnEvent,
  type Pipeline,
  type RunnerTask,
  type StageState,
} from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from '../run/fixtures.js';
import { noEngine } from './no-engine.js';

/** Three effects in a row; what they do is given by name. */
function chain(
  does: Partial<Record<'a' | 'b' | 'c', Parameters<typeof effect>[2]>> = {},
  options: Parameters<typeof effect>[3] = {},
): Pipeline {
  const a = effect('a', {}, does.a ?? (() => 'made by a'), options);
  const b = effect('b', {}, does.b ?? (() => 'made by b'), { ...options, after: [a] });
  const c = effect('c', {}, does.c ?? (() => 'made by c'), { ...options, after: [b] });
  return definePipeline({ name: 'chain', processes: { one: [a, b], two: [c] } });
}

const statuses = (stages: ReadonlyMap<string, StageState>): Record<string, string> =>
  Object.fromEntries([...stages].map(([name, { status }]) => [name, status]));
const forever = (_: unknown, { signal }: { signal: AbortSignal }): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
/** Resolves when a stage has a status. */
async function begun(task: RunnerTask, stage: string, status = 'running'): Promise<void> {
  while (task.stages.get(stage)?.status !== status) await new Promise((resolve) => setTimeout(resolve, 1));
}

const updates = (events: readonly CairnEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === 'stage_updated' ? [`${event.stage} ${event.before}>${event.status}`] : [],
  );

describe('a task', () => {
  test('is bound, executed and unbound, and every stage tells how it stands', async () => {
    const store = lastingStore();
    const { runner, events } = testRunner({ engine: noEngine, store });
    const task = await runner.bind(chain(), undefined, { correlationId: 'job', description: 'a job' });
    expect([task.pipeline, task.correlationId, task.isBound]).toEqual(['chain', 'job', true]);
    expect(task.status).toBe('created');
    expect(statuses(task.stages)).toEqual({
      one: 'created',
      a: 'created',
      b: 'created',
      two: 'created',
      c: 'created',
    });
    expect([task.result, task.cumulativeAttempts]).toEqual([null, 0]);

    const result = await task.execute();
    expect(outcomes(result)).toEqual(['a complete', 'b complete', 'c complete']);
    expect(task.status).toBe('complete');
    expect([task.result, task.cumulativeAttempts]).toEqual(['made by c', 3]);
    const b = task.stages.get('b');
    expect(b).toMatchObject({ status: 'complete', attempts: 1, result: 'made by b' });
    expect(b?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(b?.manifest).toBe('correlations/job/chain/journal');
    expect(b?.history.map(({ status, message }) => [status, message])).toEqual([
      ['running', 'nothing stored yet'],
      ['complete', 'done'],
    ]);
    expect(task.stages.get('one')).toMatchObject({ status: 'complete', attempts: 1, result: 'made by b' });
    expect(updates(events)).toEqual([
      'a created>running',
      'one created>running',
      'a running>complete',
      'one running>created',
      'b created>running',
      'one created>running',
      'b running>complete',
      'one running>complete',
      'c created>running',
      'two created>running',
      'c running>complete',
      'two running>complete',
    ]);
    expect(await task.checkSync()).toBe(true);
    await task.unbind();
    expect([task.status, task.isBound]).toEqual(['unbound', false]);
    await errorOf(task.unbind(), 'not_bound');
    await errorOf(task.execute(), 'not_bound');
    await errorOf(task.cancel(), 'not_bound');
    await errorOf(task.checkSync(), 'not_bound');
    expect(() => task.stages).toThrow(expect.objectContaining({ code: 'not_bound' }));
    expect(() => task.result).toThrow(expect.objectContaining({ code: 'not_bound' }));
    expect(() => task.cumulativeAttempts).toThrow(expect.objectContaining({ code: 'not_bound' }));

    await task.bind();
    await errorOf(task.bind(), 'already_bound');
    expect(task.status).toBe('complete');
    expect(statuses(task.stages)['c']).toBe('complete');
    await task[Symbol.asyncDispose]();
    await task[Symbol.asyncDispose]();
  });

  test('whose steps were completed in one millisecond has the result of the last one', async () => {
    const { runner } = testRunner({ engine: noEngine, clock: { now: () => 1_000 } });
    await using task = await runner.bind(chain(), undefined, { correlationId: 'quick' });
    await task.execute();
    expect([task.stages.get('one')?.result, task.result]).toEqual(['made by b', 'made by c']);
  });

  test('excludes others, who learn who has it or wait', async () => {
    const store = lastingStore();
    const first = testRunner({ engine: noEngine, store }).runner;
    const second = testRunner({ engine: noEngine, store }).runner;
    const options = { correlationId: 'job' };
    const task = await first.bind(chain(), undefined, options);
    const info = await task.lockInfo();
    expect(info).toMatchObject({ state: 'live', name: expect.any(String) as unknown });
    const refused = await errorOf(second.bind(chain(), undefined, options), 'task_bound');
    expect(refused.details['holder']).toBe(info?.name);
    await errorOf(second.run(chain(), undefined, options), 'task_bound');
    await errorOf(second.bind(chain(), undefined, { ...options, bindLockTimeoutMs: 20 }), 'task_bound');
    // Whoever binds without a lease is not kept away, and is told who has it.
    const unlocked = await second.bind(chain(), undefined, { ...options, noLock: true });
    expect(await unlocked.lockInfo()).toEqual(info);
    await unlocked.unbind();
    expect(await task.lockInfo()).toEqual(info);

    const waiting = second.bind(chain(), undefined, { ...options, bindLockTimeoutMs: Infinity });
    const stop = new AbortController();
    const impatient = second.bind(chain(), undefined, {
      ...options,
      bindLockTimeoutMs: Infinity,
      signal: stop.signal,
    });
    stop.abort();
    await errorOf(impatient, 'canceled');
    await task.execute();
    await task.unbind();
    const next = await waiting;
    expect(next.status).toBe('complete');
    await next.unbind();
    expect(await next.lockInfo()).toBeUndefined();
  });

  test('is given back when its runner is closed, and can do no more', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const task = await runner.bind(chain({ b: forever }), undefined, { correlationId: 'job' });
    const running = errorOf(task.execute(), 'canceled');
    await begun(task, 'b');
    await runner.close();
    await running;
    expect(task.isBound).toBe(false);
    await errorOf(task.bind(), 'already_closed');
    await errorOf(runner.bind(chain()), 'already_closed');
    const next = await testRunner({ engine: noEngine, store }).runner.bind(chain(), undefined, {
      correlationId: 'job',
    });
    expect(statuses(next.stages)).toMatchObject({ a: 'complete', b: 'canceled', c: 'canceled' });
  });

  test.each([
    ['no attempt', { retryPolicy: 'retry', maxAttempts: 0 }, 'invalid_task'],
    ['a half attempt', { retryPolicy: 'retry', maxAttempts: 1.5 }, 'invalid_task'],
    ['attempts without a policy', { maxAttempts: 2 }, 'invalid_task'],
    ['a policy that there is not', { retryPolicy: 'always' }, 'invalid_argument'],
    ['a time to wait that is none', { bindLockTimeoutMs: -1 }, 'invalid_argument'],
    ['a queue without a name', { queue: '' }, 'invalid_argument'],
    ['tags that are no list', { tags: 'one' }, 'invalid_argument'],
    ['an option that there is not', { autoClean: true }, 'invalid_argument'],
    ['an id that is none', { correlationId: '..' }, 'invalid_id'],
    ['no lock at all', { noLock: 'yes' }, 'invalid_argument'],
  ] as const)('is not bound with %s', async (_, options, code) => {
    const { runner } = testRunner({ engine: noEngine });
    await errorOf(runner.bind(chain(), undefined, options as object), code);
  });

  test('without a correlation id nobody goes on with', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const task = await runner.bind(chain(), undefined, { correlationId: null });
    const result = await task.execute();
    expect(task.stages.get('a')?.manifest).toBe(`runs/${result.runId}/journal`);
    // As long as it is bound, it is one task.
    const again = await task.execute();
    expect(again.runId).not.toBe(result.runId);
    expect(again.attempt).toBe(1);
    await task.unbind();
    expect((await runner.bind(chain(), undefined, { correlationId: null })).status).toBe('created');
  });
});

describe('what stands in the store', () => {
  test('is what memory shows, in Markdown', async () => {
    const store = lastingStore();
    const told: string[] = [];
    const logger = {
      trace: () => undefined,
      debug: () => undefined,
      info: (_facts: object, message: string) => void told.push(message),
      warn: () => undefined,
      error: () => undefined,
    };
    const { runner } = testRunner({ engine: noEngine, store, logger: logger });
    const task = await runner.bind(chain({ b: () => ({ n: 1, text: 'a|b' }) }), undefined, {
      correlationId: 'job',
    });
    await task.execute();
    const memory = await task.dumpStages();
    expect(memory).toBe(await task.dumpStages({ source: 'persistence' }));
    expect(memory).toContain("# Task 'job' of pipeline 'chain': complete\n");
    expect(memory).toMatch(
      /\| b \| step \| complete \| 1 \| [0-9a-f]{12} \| correlations\/job\/chain\/journal \|/,
    );
    expect(memory).toContain('| {"n":1,"text":"a\\|b"} |');
    expect(await task.dumpStages({ basenamesOnly: true })).toMatch(/\| b \| step .* \| journal \|/);
    expect(await task.dumpStages({ source: 'persistence', sourceInHeading: true })).toContain(
      '(persistence): complete',
    );
    await task.logStages({ sourceInHeading: true });
    expect(told.at(-1)).toContain('(memory): complete');
    await errorOf(task.dumpStages({ source: 'elsewhere' as never }), 'invalid_argument');
    await task.unbind();
    await errorOf(task.dumpStages(), 'not_bound');
    expect(await task.dumpStages({ source: 'persistence' })).toBe(memory);
  });

  test('is compared with what memory knows', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const task = await runner.bind(chain(), undefined, { correlationId: 'job' });
    await task.execute();
    expect(await task.checkSync()).toBe(true);
    const record = {
      type: 'stage',
      step: 'c',
      event: 'reset',
      message: 'by somebody else',
      runId: 'r',
      attempt: 1,
      at: '2026-01-01T00:00:00.000Z',
    };
    await store.append('correlations/job/chain/journal', new TextEncoder().encode(JSON.stringify(record)));
    expect(await task.checkSync()).toBe(false);
  });

  test('and contradicts itself is refused by name', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const options = { correlationId: 'job' };
    await runner.run(chain(), undefined, options);
    const append = (event: string): Promise<void> => {
      const at = '2026-01-01T00:00:00.000Z';
      const record = { type: 'stage', step: 'c', event, message: '', runId: 'r', attempt: 1, at };
      return store.append('correlations/job/chain/journal', new TextEncoder().encode(JSON.stringify(record)));
    };
    await append('start');
    const error = await errorOf(runner.bind(chain(), undefined, options), 'journal_damaged');
    expect(error.cause).toMatchObject({ code: 'invalid_transition' });
  });

  test('a stage at work before what it needs is an invalid state', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const options = { correlationId: 'job' };
    await (await runner.bind(chain(), undefined, options)).unbind();
    const record = {
      type: 'stage',
      step: 'c',
      event: 'start',
      message: '',
      runId: 'r',
      attempt: 1,
      at: '2026-01-01T00:00:00.000Z',
    };
    await store.append('correlations/job/chain/journal', new TextEncoder().encode(JSON.stringify(record)));
    const task = await runner.bind(chain(), undefined, options);
    expect(() => task.status).toThrow(
      expect.objectContaining({
        code: 'invalid_state',
        message:
          "Stage 'c' of task 'job' of pipeline 'chain' is running, although 'b', which it needs, is created",
      }),
    );
  });

  test('is forgotten by unbind with clean, and by forceCreate unless somebody has it', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const options = { correlationId: 'job' };
    const keys = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const { key } of store.list('correlations/')) found.push(key);
      return found;
    };
    const task = await runner.bind(chain(), undefined, options);
    await task.execute();
    expect(await keys()).toEqual(['correlations/job/chain/journal']);
    await errorOf(runner.bind(chain(), undefined, { ...options, forceCreate: true }), 'task_bound');
    expect(task.status).toBe('complete');
    await task.unbind({ clean: true });
    expect(await keys()).toEqual([]);
    await task.bind();
    expect([task.status, task.cumulativeAttempts]).toEqual(['created', 0]);
    await task.execute();
    await task.unbind();
    const created = await runner.bind(chain(), undefined, { ...options, forceCreate: true });
    expect([created.status, created.cumulativeAttempts]).toEqual(['created', 0]);
    await created.unbind();
  });

  test('autoCleanup forgets a task that failed, and keeps one that was cancelled or killed', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const fails = chain({
      b: () => {
        throw new Error('no');
      },
    });
    const bind = (id: string, pipeline: Pipeline, more = {}) =>
      runner.bind(pipeline, undefined, { correlationId: id, autoCleanup: true, ...more });
    const failed = await bind('failed', fails);
    await errorOf(failed.execute(), 'step_failed');
    expect(failed.status).toBe('error');
    await failed.unbind();
    await failed.bind();
    expect(failed.status).toBe('created');

    const canceled = await bind('canceled', chain({ b: forever }));
    const running = errorOf(canceled.execute(), 'canceled');
    await begun(canceled, 'b');
    await canceled.cancel('enough');
    await running;
    await canceled.unbind();
    await canceled.bind();
    expect(statuses(canceled.stages)).toMatchObject({ a: 'complete', b: 'canceled' });

    // Killed: a journal that says that `a` is at work.
    const killed = await bind('killed', chain(), { autoCleanup: false });
    await killed.unbind();
    const at = '2026-01-01T00:00:00.000Z';
    const record = { type: 'stage', step: 'a', event: 'start', message: '', runId: 'r', attempt: 1, at };
    await store.append('correlations/killed/chain/journal', new TextEncoder().encode(JSON.stringify(record)));
    const again = await bind('killed', chain());
    await again.unbind();
    await again.bind();
    expect(statuses(again.stages)).toMatchObject({ a: 'running' });
    const told = await errorOf(again.execute({ strictRecovery: true }), 'unknown_stage_state');
    expect(told.message).toContain("while 'a' was at work");
    expect(statuses(again.stages)).toMatchObject({ a: 'running' });
    await again.execute();
    expect(again.stages.get('a')).toMatchObject({ status: 'complete', attempts: 2 });
    expect(again.stages.get('a')?.history.map(({ status }) => status)).toEqual([
      'running',
      'retry',
      'running',
      'complete',
    ]);
  });
});

describe('cancelling', () => {
  test('ends what runs, makes all that is not done canceled, and calls the hook of the last that began', async () => {
    const called: string[] = [];
    const hook =
      (name: string) =>
      ({ error, signal }: { error: unknown; signal: AbortSignal }): void => {
        called.push(`${name} ${String(error)} ${signal.aborted}`);
      };
    const { runner } = testRunner({ engine: noEngine });
    const a = effect('a', {}, () => 1, { onCancel: hook('a') });
    const b = effect('b', {}, forever, { onCancel: hook('b'), rollback: hook('rollback b'), after: [a] });
    const c = effect('c', {}, () => 1, { onCancel: hook('c'), after: [b] });
    const pipeline = definePipeline({ name: 'p', processes: { main: [a, b, c] } });
    const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
    const running = errorOf(task.execute(), 'canceled');
    await begun(task, 'b');
    await task.cancel('enough');
    expect((await running).name).toBe('AbortError');
    expect(called).toEqual(['b enough false']);
    expect(statuses(task.stages)).toEqual({ main: 'canceled', a: 'complete', b: 'canceled', c: 'canceled' });
    expect(task.stages.get('b')?.history.at(-1)?.message).toBe('cancelled: enough');
    expect(task.status).toBe('canceled');
  });

  test('a task that nobody executes makes its stages canceled; one that has ended is not cancelable', async () => {
    const { runner, events } = testRunner({ engine: noEngine });
    const task = await runner.bind(chain(), undefined, { correlationId: 'job' });
    await task.cancel();
    expect(task.status).toBe('canceled');
    expect(updates(events)).toContain('a created>canceled');
    expect(await task.checkSync()).toBe(true);
    await task.execute();
    expect(task.stages.get('a')?.history.map(({ status }) => status)).toEqual([
      'canceled',
      'retry',
      'running',
      'complete',
    ]);
    await errorOf(task.cancel(), 'not_cancelable');
    await task.unbind();
    const failing = await runner.bind(
      chain({
        c: () => {
          throw new Error('no');
        },
      }),
      undefined,
      { correlationId: 'other' },
    );
    await errorOf(failing.execute(), 'step_failed');
    await errorOf(failing.cancel(), 'not_cancelable');
  });

  test('an error of the hook is told and kept, and hides nothing', async () => {
    const { runner, events } = testRunner({ engine: noEngine });
    const a = effect('a', {}, forever, {
      onCancel() {
        throw new Error('the hook broke');
      },
    });
    const pipeline = definePipeline({ name: 'p', processes: { main: [a] } });
    const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
    const running = errorOf(task.execute(), 'canceled');
    await begun(task, 'a');
    await task.cancel();
    await running;
    expect(task.stages.get('a')?.history.at(-1)).toMatchObject({
      status: 'canceled',
      message: 'onCancel failed: the hook broke',
    });
    expect(events.some((event) => event.type === 'warning' && event.message.includes('the hook broke'))).toBe(
      true,
    );
  });

  test('one execution at a time', async () => {
    const { runner } = testRunner({ engine: noEngine });
    const task = await runner.bind(chain({ a: forever }), undefined, { correlationId: 'job' });
    const running = errorOf(task.execute(), 'canceled');
    await errorOf(task.execute(), 'invalid_state');
    await task.unbind();
    await running;
  });
});

describe('retries', () => {
  /** Fails so many times. */
  function flaky(times: number, error = new Error('not yet')): { calls: number; run(): string } {
    const self = {
      calls: 0,
      run() {
        self.calls += 1;
        if (self.calls <= times) throw error;
        return 'done at last';
      },
    };
    return self;
  }

  test('a step’s policy decides how often and when, and each failure is told', async () => {
    const waits: number[] = [];
    const work = flaky(2);
    const { runner, events } = testRunner({
      engine: noEngine,
      random: () => 0.75,
      clock: {
        now: () => Date.now(),
        sleep(ms) {
          waits.push(ms);
          return Promise.resolve();
        },
      },
    });
    const rolled: string[] = [];
    const pipeline = chain(
      { b: work.run },
      { retry: true, rollback: ({ error }) => void rolled.push((error as Error).message) },
    );
    const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
    const result = await task.execute();
    expect(result.steps.get('b')).toMatchObject({ outcome: 'complete', attempts: 3 });
    // 1 s and 2 s, an eighth longer: half of the jitter of a quarter.
    expect(waits).toEqual([1125, 2250]);
    expect(rolled).toHaveLength(2);
    expect(task.stages.get('b')?.history.map(({ status }) => status)).toEqual([
      'running',
      'retry',
      'running',
      'retry',
      'running',
      'complete',
    ]);
    expect(
      events.flatMap((event) =>
        event.type === 'step_retry' ? [[event.step, event.stepAttempt, event.delayMs]] : [],
      ),
    ).toEqual([
      ['b', 1, 1125],
      ['b', 2, 2250],
    ]);
    expect(events.filter(({ type }) => type === 'step_error')).toEqual([]);
    expect([task.stages.get('b')?.attempts, task.cumulativeAttempts]).toEqual([3, 5]);
  });

  test('the task’s policy is for steps without one; the budget is a run’s, the attempts are the task’s', async () => {
    const store = lastingStore();
    const work = flaky(99);
    const own = flaky(99);
    const b = effect('b', {}, work.run);
    const once = effect('once', {}, own.run, { retry: false });
    const pipeline = definePipeline({ name: 'p', processes: { main: [b, once] } });
    const { runner } = testRunner({ engine: noEngine, store });
    const task = await runner.bind(pipeline, undefined, {
      correlationId: 'job',
      retryPolicy: 'retry',
      maxAttempts: 3,
    });
    await errorOf(task.execute(), 'step_failed');
    expect([work.calls, own.calls]).toEqual([3, 1]);
    expect(task.stages.get('b')).toMatchObject({ status: 'error', attempts: 3 });
    await errorOf(task.execute(), 'step_failed');
    expect([work.calls, own.calls]).toEqual([6, 2]);
    expect(task.stages.get('b')).toMatchObject({ status: 'error', attempts: 6 });
    expect(task.cumulativeAttempts).toBe(8);
  });

  test('only what it is asked to try again after is', async () => {
    const { runner } = testRunner({ engine: noEngine });
    const attempts = async (retry: object): Promise<number> => {
      const work = flaky(9, new TypeError('a fault'));
      const pipeline = chain({ a: work.run }, { retry: { initialDelayMs: 0, ...retry } });
      await errorOf(runner.run(pipeline, undefined, { correlationId: null }), 'step_failed');
      return work.calls;
    };
    expect(await attempts({ maxAttempts: 2 })).toBe(2);
    expect(await attempts({ retryOn: ['sql_failed'] })).toBe(1);
    expect(await attempts({ retryOn: ['sql_failed', 'step_failed'] })).toBe(3);
    expect(await attempts({ retryOn: (error: Error) => error.cause instanceof RangeError })).toBe(1);
    expect(await attempts({ retryOn: (error: Error) => error.cause instanceof TypeError })).toBe(3);
  });

  test('a cancellation ends the wait', async () => {
    const { runner } = testRunner({ engine: noEngine });
    const work = flaky(9);
    const pipeline = chain({ a: work.run }, { retry: { initialDelayMs: 60_000 } });
    const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
    const running = errorOf(task.execute(), 'canceled');
    await begun(task, 'a', 'retry');
    await task.cancel();
    await running;
    expect([work.calls, task.stages.get('a')?.status]).toEqual([1, 'canceled']);
  });

  test.each([
    ['no attempts', { maxAttempts: 0 }],
    ['a wait below nothing', { initialDelayMs: -1 }],
    ['a jitter of more than all', { jitter: 2 }],
    ['a backoff that there is not', { backoff: 'linear' }],
    ['a code that there is not', { retryOn: ['step_faild'] }],
    ['an option that there is not', { attempts: 3 }],
  ])('%s is refused when the step is defined', (_, retry) => {
    expect(() => effect('a', {}, () => 1, { retry: retry as object })).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });

  test('an error of rollback is told and kept, and never replaces the first one', async () => {
    const { runner, events } = testRunner({ engine: noEngine });
    const pipeline = chain(
      {
        a() {
          throw new Error('the first one');
        },
      },
      {
        rollback() {
          throw new Error('the second one');
        },
      },
    );
    const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
    const error = await errorOf(task.execute(), 'step_failed');
    expect(error.message).toContain('the first one');
    expect(task.stages.get('a')?.history.map(({ message }) => message)).toContain(
      'rollback failed: the second one',
    );
    expect(events.filter(({ type }) => type === 'warning')).toHaveLength(1);
    expect(await task.checkSync()).toBe(true);
  });
});

describe('with tables', () => {
  const engine = sharedEngine();

  test('a step that had begun to read what then failed is not left at work', async () => {
    const store = lastingStore();
    let broken = false;
    const made = step(
      'made',
      {},
      () => {
        if (broken) throw new Error('the source is gone');
        return [{ n: 1 }];
      },
      { version: '1' },
    );
    const reads = effect('reads', { made }, async ({ made }) => (await made.arrow()).numRows);
    const pipeline = definePipeline({ name: 'p', processes: { main: [made, reads] } });
    const { runner } = testRunner({ engine, store });
    const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
    await task.execute();
    for await (const { key } of store.list('objects/')) {
      const bytes = (await store.get(key)) ?? new Uint8Array();
      await store.put(
        key,
        bytes.map((byte) => byte ^ 1),
      );
    }
    broken = true;
    await errorOf(task.execute(), 'step_failed');
    expect(statuses(task.stages)).toMatchObject({ made: 'error', reads: 'error' });
    expect([task.status, await task.checkSync()]).toEqual(['error', true]);
    await task.unbind();
  });

  test('a step whose input cannot be made is not begun', async () => {
    const loose = step('loose', sql`select error('no such thing')::integer as n`, { checkpoint: false });
    const reads = effect('reads', { loose }, async ({ loose }) => (await loose.arrow()).numRows);
    const pipeline = definePipeline({ name: 'p', processes: { main: [loose, reads] } });
    const { runner } = testRunner({ engine });
    const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
    await errorOf(task.execute(), 'sql_failed');
    expect(statuses(task.stages)).toMatchObject({ loose: 'error', reads: 'created' });
    expect([task.status, await task.checkSync()]).toEqual(['error', true]);
    await task.unbind();
  });

  test('a changed step and what depends on it begin anew, the others stay as they are', async () => {
    const build = (factor: number): Pipeline => {
      const a = step('a', sql`select range as n from range(10)`);
      const b = step('b', sql`select n * ${factor} as n from ${a}`);
      const loose = step('loose', sql`select n from ${a}`, { checkpoint: false });
      const both = fanIn('both', [b, loose], { checkpoint: 'run' });
      const sum = step(
        'sum',
        { both },
        async ({ both }, context) => {
          const { numRows } = await both.arrow();
          context.setResult(numRows);
          return [{ rows: numRows, previous: Object.keys(context.previous).toSorted().join(' ') }];
        },
        { version: '1', checkpoint: 'correlation' },
      );
      return definePipeline({ name: 'p', processes: { main: [a, b, loose, both, sum] } });
    };
    const store = lastingStore();
    const { runner } = testRunner({ engine, store });
    const options = { correlationId: 'job' };
    const first = await runner.bind(build(2), undefined, options);
    const result = await first.execute({ lastAttempt: false });
    expect((await result.table('sum')).get(0)?.toJSON()).toEqual({ rows: 20n, previous: 'a b both loose' });
    expect(first.status).toBe('complete');
    expect(first.stages.get('sum')).toMatchObject({ result: 20, status: 'complete' });
    expect(await first.checkSync()).toBe(true);
    await first.unbind();

    const second = await runner.bind(build(3), undefined, options);
    expect(second.status).toBe('complete');
    await second.execute({ lastAttempt: false });
    expect(second.stages.get('a')?.history).toHaveLength(2);
    expect(second.stages.get('b')?.history.map(({ status }) => status)).toEqual([
      'running',
      'complete',
      'created',
      'running',
      'complete',
    ]);
    expect(second.stages.get('b')?.history[2]?.message).toBe('changed: sql');
    expect(await second.checkSync()).toBe(true);
    await second.unbind();
  });
});

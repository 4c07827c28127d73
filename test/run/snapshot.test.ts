import {
  definePipeline,
  effect,
  progressObserver,
  sql,
  step,
  type CairnEvent,
  type Clock,
  type RunSnapshot,
} from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { noEngine } from '../task/no-engine.js';
import { errorOf, sharedEngine, testRunner } from './fixtures.js';

const engine = sharedEngine();

/** A clock that stands still until it is moved. */
function handClock(): Clock & { move(ms: number): Promise<void> } {
  let time = 1_000;
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => time,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers.push({ until: time + ms, wake });
      }),
    async move(ms) {
      time += ms;
      const due = sleepers.filter(({ until }) => until <= time);
      sleepers = sleepers.filter(({ until }) => until > time);
      for (const { wake } of due) wake();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

const statuses = ({ processes }: RunSnapshot): string[] =>
  processes.flatMap(({ steps }) => steps.map(({ name, status }) => `${name} ${status}`));

describe('the snapshot of a run', () => {
  test('knows every process and step from the start, and what became of each at the end', async () => {
    const { runner } = testRunner({ engine });
    const numbers = step('numbers', sql`select * from range(5) r(n)`);
    const bad = step('bad', sql`select nothing from ${numbers}`);
    const after = step('after', sql`select * from ${bad}`);
    const loose = step('loose', sql`select 1 as n`, { checkpoint: false });
    const pipeline = definePipeline({
      name: 'mixed',
      processes: { first: [numbers, loose], second: [bad, after] },
    });
    const run = runner.start(pipeline);
    expect(run.getSnapshot()).toBeUndefined();
    const first = new Promise<RunSnapshot | undefined>((resolve) => {
      const stop = run.subscribe(() => {
        stop();
        resolve(run.getSnapshot());
      });
    });
    const start = await first;
    expect(start).toMatchObject({
      pipeline: 'mixed',
      attempt: 1,
      status: 'running',
      counts: { waiting: 4, total: 4 },
    });
    expect(start && statuses(start)).toEqual([
      'numbers waiting',
      'loose waiting',
      'bad waiting',
      'after waiting',
    ]);
    expect(start?.processes[0]?.steps[0]).toMatchObject({ kind: 'sql', attempts: 0 });
    await errorOf(run.result, 'sql_failed');
    const end = run.getSnapshot();
    expect(end).toMatchObject({
      status: 'failed',
      error: { code: 'sql_failed' },
      counts: { waiting: 0, running: 0, complete: 1, failed: 1, skipped: 2, total: 4 },
      processes: [
        { name: 'first', status: 'success' },
        { name: 'second', status: 'failed' },
      ],
    });
    expect(end && statuses(end)).toEqual([
      'numbers complete',
      'loose skipped',
      'bad failed',
      'after skipped',
    ]);
    const steps = end?.processes.flatMap((process) => process.steps);
    expect(steps?.[0]).toMatchObject({ rows: 5, attempts: 1, reason: 'nothing stored yet' });
    expect(steps?.[0]?.bytes).toBeGreaterThan(0);
    expect(steps?.[2]).toMatchObject({ error: { code: 'sql_failed' }, attempts: 1 });
    expect(steps?.[3]).toMatchObject({ reason: 'blocked by bad', attempts: 0 });
    // Plain data: it can be sent to another thread, and nobody can change it.
    expect(structuredClone(end)).toEqual(end);
    expect(Object.isFrozen(end) && Object.isFrozen(steps?.[0])).toBe(true);

    const again = runner.start(pipeline);
    await again.result.catch(() => undefined);
    expect(again.getSnapshot()?.processes[0]?.steps[0]).toMatchObject({
      status: 'reused',
      rows: 5,
      attempts: 0,
      reason: 'reused from an earlier run',
    });
  });

  test('is the same object until something changes, and shares what has not changed', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const quick = effect('quick', {}, () => Promise.resolve(null), { version: '1' });
    const slow = effect('slow', {}, () => held, { version: '1', after: [quick] });
    const { runner } = testRunner({ engine: noEngine });
    const run = runner.start(definePipeline({ name: 'two', processes: { a: [quick], b: [slow] } }));
    let calls = 0;
    const stop = run.subscribe(() => (calls += 1));
    const deaf = run.subscribe(() => {
      throw new Error('a listener fails');
    });
    await expect.poll(() => run.getSnapshot()?.processes[1]?.steps[0]?.status).toBe('running');
    await expect.poll(() => calls).toBeGreaterThan(1);
    const during = run.getSnapshot();
    expect(run.getSnapshot()).toBe(during);
    release();
    await run.result;
    const after = run.getSnapshot();
    expect(after).not.toBe(during);
    expect(after?.processes[0]).toBe(during?.processes[0]);
    expect(after?.processes[1]).not.toBe(during?.processes[1]);
    const told = calls;
    stop();
    deaf();
    expect(told).toBeLessThanOrEqual(8);
    expect(run.getSnapshot()).toBe(after);
  });

  test('shows a step that is tried again, how often it was begun, and what it said of its progress', async () => {
    const seen: RunSnapshot[] = [];
    const observer = progressObserver({ onProgress: (snapshot) => seen.push(snapshot), intervalMs: 0 });
    let tries = 0;
    const flaky = effect(
      'flaky',
      {},
      (_, ctx) => {
        tries += 1;
        ctx.progress(tries, 2);
        if (tries === 1) throw new Error('not yet');
        return null;
      },
      { version: '1', retry: { maxAttempts: 2, initialDelayMs: 0, jitter: 0 } },
    );
    const { runner } = testRunner({ engine: noEngine, observers: [observer] });
    await runner.run(definePipeline({ name: 'flaky', processes: { main: [flaky] } }));
    const steps = seen.flatMap(({ processes }) => processes[0]?.steps ?? []);
    const course = steps.map(({ status, attempts }) => `${status} ${attempts}`);
    expect(course.filter((state, index) => state !== course[index - 1])).toEqual([
      'waiting 0',
      'running 1',
      'retrying 1',
      'running 2',
      'complete 2',
    ]);
    expect(steps.findLast(({ status }) => status === 'retrying')?.error?.message).toContain('not yet');
    expect(steps.some(({ status, done, total }) => status === 'running' && done === 2 && total === 2)).toBe(
      true,
    );
    expect(steps.at(-1)?.error).toBeUndefined();
  });

  test('counts the attempts of this run alone: a step that failed in the one before it begins once', async () => {
    const seen: RunSnapshot[] = [];
    const observer = progressObserver({ onProgress: (snapshot) => seen.push(snapshot), intervalMs: 0 });
    let isFailing = true;
    const fails = effect(
      'fails',
      {},
      () => {
        if (isFailing) throw new Error('not yet');
        return null;
      },
      { version: '1' },
    );
    const { runner } = testRunner({ engine: noEngine, observers: [observer] });
    const pipeline = definePipeline({ name: 'fails', processes: { main: [fails] } });
    await errorOf(runner.run(pipeline), 'run_failed');
    isFailing = false;
    seen.length = 0;
    await runner.run(pipeline);
    const steps = seen.flatMap(({ processes }) => processes[0]?.steps ?? []);
    const course = steps.map(({ status, attempts }) => `${status} ${attempts}`);
    expect(course.filter((state, index) => state !== course[index - 1])).toEqual([
      'waiting 0',
      'running 1',
      'complete 1',
    ]);
  });

  test('knows only what is included', async () => {
    const [one, two, three] = ['one', 'two', 'three'].map((name) =>
      effect(name, {}, () => Promise.resolve(null), { version: '1' }),
    ) as [ReturnType<typeof effect>, ReturnType<typeof effect>, ReturnType<typeof effect>];
    const { runner } = testRunner({ engine: noEngine });
    const pipeline = definePipeline({ name: 'part', processes: { a: [one, two], b: [three] } });
    const run = runner.start(pipeline, undefined, { include: ['two'] });
    await run.result;
    expect(run.getSnapshot()).toMatchObject({
      processes: [{ name: 'a', status: 'success', steps: [{ name: 'two', status: 'complete' }] }],
      counts: { complete: 1, total: 1 },
    });
  });

  test('of a cancelled run has no step that is still at work', async () => {
    const slow = effect(
      'slow',
      {},
      (_, ctx) =>
        new Promise((_, reject) =>
          ctx.signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true }),
        ),
      { version: '1' },
    );
    const later = effect('later', {}, () => Promise.resolve(null), { version: '1', after: [slow] });
    const { runner } = testRunner({ engine: noEngine });
    const run = runner.start(definePipeline({ name: 'stopped', processes: { main: [slow, later] } }));
    await expect.poll(() => run.getSnapshot()?.counts.running).toBe(1);
    await run.cancel('enough');
    await errorOf(run.result, 'canceled');
    expect(run.getSnapshot()).toMatchObject({ status: 'canceled', counts: { canceled: 2, total: 2 } });
    expect(run.getSnapshot()?.processes[0]?.status).toBe('canceled');
  });
});

describe('progressObserver', () => {
  const base = {
    pipeline: 'p',
    runId: 'r',
    correlationId: null,
    attempt: 1,
    lastAttempt: true,
    processRunId: null,
    at: 0,
  };
  const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `s${index}`);
  const start = (steps: readonly string[]): CairnEvent => ({
    ...base,
    type: 'pipeline_start',
    pipelineFingerprint: 'f',
    steps,
    processes: [{ name: 'main', steps: steps.map((name) => ({ name, kind: 'sql' })) }],
  });
  const of = { process: 'main', stepRunId: 'r:s0' };

  test('calls at the start and the end, in between no more often than asked, and never forgets the last change', async () => {
    const clock = handClock();
    const seen: RunSnapshot[] = [];
    const observer = progressObserver({ onProgress: (one) => seen.push(one), intervalMs: 100, clock });
    const tell = (event: CairnEvent): void => void observer.onEvent(event);
    tell(start(['s0']));
    expect(seen).toHaveLength(1);
    tell({ ...base, ...of, type: 'step_start', step: 's0', kind: 'sql', reason: '' });
    for (let done = 1; done <= 50; done += 1) tell({ ...base, ...of, type: 'progress', step: 's0', done });
    expect(seen).toHaveLength(1);
    await clock.move(100);
    expect(seen).toHaveLength(2);
    expect(seen[1]?.processes[0]?.steps[0]?.done).toBe(50);
    await clock.move(500);
    expect(seen).toHaveLength(2);
    tell({ ...base, ...of, type: 'progress', step: 's0', done: 51 });
    expect(seen).toHaveLength(3);
    tell({ ...base, ...of, type: 'progress', step: 's0', done: 52 });
    await observer.flush?.();
    expect(seen.at(-1)?.processes[0]?.steps[0]?.done).toBe(52);
    tell({ ...base, type: 'pipeline_end', status: 'success', durationMs: 7 });
    expect(seen.at(-1)).toMatchObject({ status: 'success', durationMs: 7 });
    const last = seen.length;
    await clock.move(1_000);
    expect(seen).toHaveLength(last);
  });

  test('does not wait for a timer that is late, as those of a page that is not seen are', async () => {
    let time = 0;
    const clock: Clock = { now: () => time, sleep: () => new Promise(() => undefined) };
    const seen: RunSnapshot[] = [];
    const observer = progressObserver({ onProgress: (one) => seen.push(one), intervalMs: 100, clock });
    await observer.onEvent(start(['s0']));
    for (const [at, calls] of [
      [50, 1],
      [99, 1],
      [100, 2],
      [150, 2],
      [250, 3],
    ] as const) {
      time = at;
      await observer.onEvent({ ...base, ...of, type: 'progress', step: 's0', done: at });
      expect(seen).toHaveLength(calls);
    }
    expect(seen.at(-1)?.processes[0]?.steps[0]?.done).toBe(250);
  });

  test('ten thousand steps cost no more than their events', () => {
    const steps = names(10_000);
    let calls = 0;
    const observer = progressObserver({ onProgress: () => (calls += 1), clock: handClock() });
    const begun = performance.now();
    void observer.onEvent(start(steps));
    for (const step of steps) {
      void observer.onEvent({ ...base, ...of, type: 'step_start', step, kind: 'sql', reason: '' });
      for (let done = 1; done <= 3; done += 1)
        void observer.onEvent({ ...base, ...of, type: 'progress', step, done });
      void observer.onEvent({ ...base, ...of, type: 'step_end', step, status: 'success', durationMs: 1 });
    }
    void observer.onEvent({ ...base, type: 'pipeline_end', status: 'success', durationMs: 1 });
    expect(calls).toBe(2);
    // A quarter of a second on a machine with nothing else to do.
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

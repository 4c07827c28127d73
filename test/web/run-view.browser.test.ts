import {
  definePipeline,
  effect,
  memoryStore,
  sql,
  step,
  type CairnEvent,
  type Check,
  type Clock,
  type EffectStep,
  type Runner,
} from '@cairn/core';
import { createWebRunner, runView, type RunView, type RunViewSnapshot } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { expect, test, vi } from 'vitest';
import { held } from './held.js';

const runnerOf = (...views: readonly RunView[]): Runner =>
  createWebRunner({
    store: memoryStore(),
    assets: duckDbAssets,
    observers: views.map(({ observer }) => observer),
  });

const pipelineOf = (name: string, ...steps: readonly EffectStep[]) =>
  definePipeline({ name, processes: { main: steps } });

/** A clock that goes on when it is told to. */
function handClock(): Clock & { move(ms: number): Promise<void> } {
  let time = 0;
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
      await Promise.resolve();
    },
  };
}

const base = {
  pipeline: 'p',
  runId: 'r',
  correlationId: null,
  attempt: 1,
  lastAttempt: true,
  processRunId: null,
  at: 0,
};
const startOf = (runId: string, ...names: readonly string[]): CairnEvent => ({
  ...base,
  runId,
  type: 'pipeline_start',
  pipelineFingerprint: 'f',
  steps: names,
  processes: [{ name: 'main', steps: names.map((name) => ({ name, kind: 'sql' })) }],
});
const of = (step: string) => ({ ...base, process: 'main', stepRunId: `r:${step}`, step });

test('shows a run from its start to its end: steps, checks, warnings, the engine, a bar for each attempt', async () => {
  const view = runView({ intervalMs: 0 });
  const seen: RunViewSnapshot[] = [];
  view.subscribe(() => void seen.push(view.getSnapshot()));
  expect(view.getSnapshot()).toEqual({ status: 'idle', running: 'nowhere' });

  const even: Check = {
    type: 'even',
    name: 'even',
    severity: 'warn',
    options: {},
    fails: ({ column }) => sql`${column('i')} % 2 = 1`,
  };
  const numbers = step('numbers', sql`select i from range(1000) r(i)`, { checks: [even] });
  let tries = 0;
  const flaky = effect(
    'flaky',
    { numbers },
    () => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
      return null;
    },
    {
      version: '1',
      rollback: () => {
        throw new Error('nothing to put back');
      },
      retry: { maxAttempts: 2, initialDelayMs: 20, jitter: 0 },
    },
  );
  const pipeline = definePipeline({ name: 'all', processes: { first: [numbers], second: [flaky] } });
  await using runner = runnerOf(view);
  await runner.run(pipeline);

  expect(seen[0]).toMatchObject({ status: 'running', run: { counts: { waiting: 2, total: 2 } } });
  expect(seen.some(({ run }) => (run?.engineLoading?.bytes ?? 0) > 0)).toBe(true);
  const { status, run, previous } = view.getSnapshot();
  expect(seen.at(-1)).toBe(view.getSnapshot());
  expect([status, previous]).toEqual(['success', undefined]);
  expect([seen[0]?.running, seen.at(-1)?.running]).toEqual(['here', 'nowhere']);
  expect(run).toMatchObject({
    pipeline: 'all',
    counts: { complete: 2, total: 2 },
    processes: [
      { name: 'first', status: 'success' },
      { name: 'second', status: 'success' },
    ],
    checks: [{ step: 'numbers', name: 'even', severity: 'warn', status: 'failed', failing: 500 }],
    warnings: [
      { type: 'warning', step: 'flaky', error: { message: expect.stringContaining('nothing to put back') } },
    ],
  });
  expect(run?.elapsedMs).toBe(run?.durationMs);
  expect([...(run?.steps.keys() ?? [])]).toEqual(['numbers', 'flaky']);
  expect(run?.steps.get('numbers')).toMatchObject({
    status: 'complete',
    rows: 1000,
    reason: 'nothing stored yet',
  });
  expect(run?.timeline).toMatchObject([
    { step: 'numbers', process: 'first', kind: 'sql', attempt: 1, status: 'complete' },
    {
      step: 'flaky',
      process: 'second',
      attempt: 1,
      status: 'failed',
      error: { message: expect.stringContaining('not yet') },
    },
    { step: 'flaky', process: 'second', kind: 'effect', attempt: 2, status: 'complete' },
  ]);
  for (const { startedAt, endedAt = 0 } of run?.timeline ?? [])
    expect(endedAt).toBeGreaterThanOrEqual(startedAt);
  // Plain and frozen: it can go to another thread, and nobody can change it.
  expect(structuredClone(run)).toEqual(run);
  expect(Object.isFrozen(run) && Object.isFrozen(run?.timeline) && Object.isFrozen(run?.timeline[0])).toBe(
    true,
  );

  await runner.run(pipeline);
  const after = view.getSnapshot();
  expect(after.previous).toBe(run);
  expect(after.run?.counts.reused).toBe(1);
  const [bar] = after.run?.timeline ?? [];
  expect(bar).toMatchObject({ step: 'numbers', attempt: 0, status: 'reused' });
  expect(bar?.endedAt).toBe(bar?.startedAt);
});

test('is the same object until something has changed, and shares what has not', async () => {
  const view = runView();
  await using runner = runnerOf(view);
  const [one, two] = [held('one'), held('two')];
  const running = runner.run(pipelineOf('two', one.step, two.step));
  await expect.poll(() => view.getSnapshot().run?.counts.running).toBe(2);
  const before = view.getSnapshot();
  expect(view.getSnapshot().run?.steps).toBe(before.run?.steps);
  one.go();
  await expect.poll(() => view.getSnapshot().run?.counts.complete).toBe(1);
  const during = view.getSnapshot();
  expect(during).not.toBe(before);
  expect(during.run?.steps.get('two')).toBe(before.run?.steps.get('two'));
  expect(during.run?.steps.get('one')).not.toBe(before.run?.steps.get('one'));
  expect(during.run?.warnings).toBe(before.run?.warnings);
  two.go();
  await running;
  expect(view.getSnapshot()).toBe(view.getSnapshot());
  expect(view.getSnapshot().status).toBe('success');
});

test('tells of a thousand changes a few times, of the last one always, and listeners see what was told', async () => {
  const clock = handClock();
  const view = runView({ intervalMs: 50, tickMs: 0, clock });
  const seen: RunViewSnapshot[] = [];
  const stop = view.subscribe(() => void seen.push(view.getSnapshot()));
  const tell = (event: CairnEvent): void => void view.observer.onEvent(event);
  tell(startOf('r', 'a'));
  expect(seen).toHaveLength(1);
  tell({ ...of('a'), type: 'step_start', kind: 'sql', reason: '' });
  for (let done = 1; done <= 1000; done += 1) tell({ ...of('a'), type: 'progress', done });
  expect(view.getSnapshot()).toBe(seen[0]);
  await clock.move(49);
  expect(seen).toHaveLength(1);
  await clock.move(1);
  expect(seen).toHaveLength(2);
  expect(seen[1]?.run?.steps.get('a')?.done).toBe(1000);
  await clock.move(500);
  expect(seen).toHaveLength(2);
  tell({ ...base, type: 'pipeline_end', status: 'success', durationMs: 7 });
  expect(seen).toHaveLength(3);
  expect(seen[2]).toMatchObject({ status: 'success', run: { elapsedMs: 7 } });
  stop();
  tell(startOf('again', 'a'));
  expect(seen).toHaveLength(3);
  expect(view.getSnapshot().run?.runId).toBe('again');
});

test('the time goes by while nothing happens, for whoever listens', async () => {
  const view = runView({ tickMs: 20, intervalMs: 5 });
  await using runner = runnerOf(view);
  const slow = held('slow');
  const running = runner.run(pipelineOf('slow', slow.step));
  await expect.poll(() => view.getSnapshot().run?.counts.running).toBe(1);
  const before = view.getSnapshot();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(view.getSnapshot()).toBe(before);
  const times = new Set<number>();
  const stop = view.subscribe(() => void times.add(view.getSnapshot().run?.elapsedMs ?? 0));
  await expect.poll(() => times.size).toBeGreaterThan(3);
  stop();
  expect(view.getSnapshot().run?.steps).toBe(before.run?.steps);
  slow.go();
  await running;
});

test('of runs at the same time the one that began last is shown; followed are those that the page wants', () => {
  const view = runView();
  const odd = runView({ follow: ({ runId }) => runId !== 'b' });
  const tell = (event: CairnEvent): void => {
    for (const { observer } of [view, odd]) void observer.onEvent(event);
  };
  const end = (runId: string): CairnEvent => ({
    ...base,
    runId,
    type: 'pipeline_end',
    status: 'success',
    durationMs: 1,
  });
  const shown = ({ getSnapshot }: RunView): unknown[] => {
    const { status, run, previous } = getSnapshot();
    return [status, run?.runId, previous?.runId];
  };
  tell(startOf('a', 's'));
  tell(startOf('b', 's'));
  expect(shown(view)).toEqual(['running', 'b', undefined]);
  expect(shown(odd)).toEqual(['running', 'a', undefined]);
  tell(end('b'));
  expect(shown(view)).toEqual(['running', 'a', 'b']);
  tell(end('a'));
  expect(shown(view)).toEqual(['success', 'a', 'b']);
  expect(shown(odd)).toEqual(['success', 'a', undefined]);
  tell(startOf('c', 's'));
  view.reset();
  tell(end('c'));
  expect(shown(view)).toEqual(['idle', undefined, undefined]);
  expect(shown(odd)).toEqual(['success', 'c', 'a']);
});

test('a listener that fails keeps nobody from being told', async () => {
  const report = vi.spyOn(globalThis, 'reportError').mockImplementation(() => undefined);
  const view = runView();
  const unsubscribe = view.subscribe(() => {
    throw new Error('a listener fails');
  });
  try {
    let calls = 0;
    view.subscribe(() => (calls += 1));
    void view.observer.onEvent(startOf('r', 's'));
    expect([calls, report.mock.calls.length]).toEqual([1, 1]);
  } finally {
    // The run goes on, and its view is told so every now and then.
    unsubscribe();
    report.mockRestore();
  }
});

test('a run of a thousand steps costs the page little', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `s${index}`);
  const clock = handClock();
  const view = runView({ clock, tickMs: 0 });
  view.subscribe(() => void view.getSnapshot());
  const begun = performance.now();
  void view.observer.onEvent(startOf('r', ...names));
  for (const name of names) {
    void view.observer.onEvent({ ...of(name), type: 'step_start', kind: 'sql', reason: '' });
    for (let done = 1; done <= 10; done += 1)
      void view.observer.onEvent({ ...of(name), type: 'progress', done });
    void view.observer.onEvent({ ...of(name), type: 'step_end', status: 'success', durationMs: 1 });
  }
  const events = performance.now() - begun;
  void view.observer.onEvent({ ...base, type: 'pipeline_end', status: 'success', durationMs: 1 });
  expect(view.getSnapshot().run?.timeline).toHaveLength(1000);
  console.info(`12,000 events of 1,000 steps: ${events.toFixed(0)} ms`);
  expect(events).toBeLessThan(2_000);
});

import { definePipeline, memoryStore, type EffectStep, type Runner } from '@cairn/core';
import {
  createWebRunner,
  shareRuns,
  type SharedRuns,
  type ShareRunsOptions,
  type Vacancy,
  type ViewedRun,
} from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { afterEach, expect, test, vi } from 'vitest';
import { held, type Held } from './held.js';

// Two in one page hear each other as two tabs do; what happens when a tab is gone is in test/browser.
const opened: SharedRuns[] = [];
let channel = '';
afterEach(() => {
  vi.restoreAllMocks();
  channel = '';
  for (const one of opened.splice(0)) one.close();
});

const share = (options: ShareRunsOptions = {}): SharedRuns => {
  channel ||= crypto.randomUUID();
  const one = shareRuns({ channel, intervalMs: 5, ...options });
  opened.push(one);
  return one;
};
const runnerOf = ({ observer }: SharedRuns): Runner =>
  createWebRunner({ store: memoryStore(), assets: duckDbAssets, observers: [observer] });
const pipelineOf = (...steps: readonly Held[]) =>
  definePipeline({ name: 'shared', processes: { main: steps.map(({ step }): EffectStep => step) } });
const runOf = ({ view }: SharedRuns): ViewedRun | undefined => view.getSnapshot().run;
/** What is the same wherever it is looked at. */
const facts = (run: ViewedRun | undefined): unknown => ({ ...run, elapsedMs: 0 });

test('what happens in one is shown by the other, to the last error', async () => {
  const [here, there] = [share(), share()];
  const [one, two] = [held('one'), held('two')];
  await using runner = runnerOf(here);
  expect([here.running, there.running]).toEqual(['nowhere', 'nowhere']);
  const running = runner
    .run(pipelineOf(one, two), undefined, { correlationId: 'job' })
    .catch((error: unknown) => error);
  await expect.poll(() => runOf(there)?.counts.running).toBe(2);
  expect([here.running, there.running]).toEqual(['here', 'elsewhere']);
  expect(there.view.getSnapshot().running).toBe('elsewhere');
  one.progress(3, 10);
  await expect.poll(() => runOf(there)?.steps.get('one')?.done).toBe(3);
  one.go();
  await expect.poll(() => runOf(there)?.counts.complete).toBe(1);
  two.fail(new TypeError('two is broken', { cause: new Error('and why') }));
  await running;
  await expect.poll(() => there.running).toBe('nowhere');
  expect(runOf(there)).toMatchObject({
    status: 'failed',
    error: {
      type: 'CairnError',
      code: 'step_failed',
      cause: { type: 'TypeError', cause: { message: 'and why' } },
    },
  });
  expect(facts(runOf(there))).toEqual(facts(runOf(here)));
});

test('whoever comes in the middle is shown what has happened so far, then the rest', async () => {
  const here = share();
  const [one, two] = [held('one'), held('two')];
  await using runner = runnerOf(here);
  const running = runner.run(pipelineOf(one, two));
  await expect.poll(() => runOf(here)?.counts.running).toBe(2);
  for (let done = 1; done <= 500; done += 1) one.progress(done, 1000);
  const sent: { readonly events?: readonly unknown[] }[] = [];
  const post = BroadcastChannel.prototype.postMessage;
  vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation(function (
    this: BroadcastChannel,
    data,
  ) {
    sent.push(data as (typeof sent)[0]);
    post.call(this, data);
  });
  const late = share();
  await expect.poll(() => runOf(late)?.steps.get('one')?.done).toBe(500);
  expect(facts(runOf(late))).toEqual(facts(runOf(here)));
  // Of five hundred words of progress only the last is told.
  expect(Math.max(...sent.map(({ events = [] }) => events.length))).toBeLessThan(20);
  one.go();
  two.go();
  await running;
  await expect.poll(() => late.view.getSnapshot().status).toBe('success');
  expect(facts(runOf(late))).toEqual(facts(runOf(here)));
});

test('whoever has missed something asks, and nothing that others say disturbs it', async () => {
  const [here, there] = [share(), share()];
  const [one, two] = [held('one'), held('two')];
  await using runner = runnerOf(here);
  const running = runner.run(pipelineOf(one, two));
  await expect.poll(() => runOf(there)?.counts.running).toBe(2);
  const post = BroadcastChannel.prototype.postMessage;
  let lost = 0;
  const spy = vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation(() => void (lost += 1));
  one.go();
  await expect.poll(() => runOf(here)?.counts.complete).toBe(1);
  await expect.poll(() => lost).toBeGreaterThan(0);
  spy.mockImplementation(function (this: BroadcastChannel, data) {
    post.call(this, data);
  });
  const stranger = new BroadcastChannel(`cairn runs ${channel}`);
  for (const word of [null, 'words', { says: 'this happened', version: 0 }, { version: 1 }])
    stranger.postMessage(word);
  stranger.close();
  two.progress(1, 2);
  await expect.poll(() => runOf(there)?.steps.get('two')?.done).toBe(1);
  expect(runOf(there)?.counts).toEqual(runOf(here)?.counts);
  two.go();
  await running;
  await expect.poll(() => there.view.getSnapshot().status).toBe('success');
  expect(facts(runOf(there))).toEqual(facts(runOf(here)));
});

test('a run whose page is gone is shown as interrupted, and one page takes it over', async () => {
  const [here, first, second] = [share(), share(), share()];
  const vacancies: Vacancy[] = [];
  for (const one of [first, second]) one.onVacant((vacancy) => void vacancies.push(vacancy));
  const stop = first.onVacant(() => {
    throw new Error('nobody listens any more');
  });
  stop();
  const slow = held('slow');
  await using runner = runnerOf(here);
  const running = runner.run(pipelineOf(slow), undefined, { correlationId: 'job' });
  await expect.poll(() => [first.running, second.running]).toEqual(['elsewhere', 'elsewhere']);
  here.close();
  await expect.poll(() => vacancies.length).toBe(2);
  expect(vacancies[0]).toMatchObject({
    pipeline: 'shared',
    correlationId: 'job',
    attempt: 1,
    runId: runOf(here)?.runId,
  });
  const taken = await Promise.all(vacancies.map((one) => one.take()));
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(first.running).toBe('nowhere');
  expect(runOf(first)).toMatchObject({ status: 'interrupted', counts: { canceled: 1 } });
  expect(runOf(first)?.timeline).toMatchObject([{ step: 'slow', status: 'canceled' }]);
  expect(runOf(first)?.timeline[0]?.endedAt).toBeDefined();
  slow.go();
  await running;
  // Its own view went on.
  expect(here.view.getSnapshot().status).toBe('success');
});

test('a run that ends is no vacancy, and a page shows its own run first', async () => {
  const [here, there] = [share(), share()];
  let vacancies = 0;
  there.onVacant(() => void (vacancies += 1));
  const [one, two] = [held('one'), held('two')];
  await using runner = runnerOf(here);
  await using other = runnerOf(there);
  const first = runner.run(pipelineOf(one));
  await expect.poll(() => runOf(there)?.steps.has('one')).toBe(true);
  const second = other.run(pipelineOf(two));
  await expect.poll(() => [there.running, runOf(there)?.steps.has('two')]).toEqual(['here', true]);
  expect([here.running, runOf(here)?.steps.has('one')]).toEqual(['here', true]);
  two.go();
  await second;
  expect([there.running, runOf(there)?.steps.has('one')]).toEqual(['elsewhere', true]);
  one.go();
  await first;
  await expect.poll(() => there.running).toBe('nowhere');
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(vacancies).toBe(0);
  const { held: locks = [] } = await navigator.locks.query();
  expect(locks.filter(({ name }) => name?.includes(channel))).toEqual([]);
});

test('what it is told is checked', () => {
  expect(() => shareRuns({ channel: '' })).toThrow(/shareRuns.*channel/);
  expect(() => shareRuns({ chanel: 'x' } as ShareRunsOptions)).toThrow(/unknown option 'chanel'/);
  expect(() => shareRuns({ intervalMs: NaN })).toThrow(/shareRuns.*intervalMs/);
});

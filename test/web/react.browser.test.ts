import {
  definePipeline,
  isCairnError,
  memoryStore,
  sql,
  step,
  type Pipeline,
  type Runner,
} from '@cairn/core';
import { createWebEngine, createWebRunner, runView, type RunView } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import {
  CairnProvider,
  useOpenedTask,
  usePlan,
  useRun,
  useRunView,
  useRunner,
  useStorage,
  useTable,
  type TableWindow,
  type UsedPlan,
  type UsedRun,
  type UseRunOptions,
} from '@cairn/web/react';
import {
  createElement as h,
  memo,
  StrictMode,
  useEffect,
  useState,
  type FunctionComponent,
  type ReactNode,
} from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterAll, afterEach, expect, test } from 'vitest';
import { held } from './held.js';

const engine = createWebEngine({ assets: duckDbAssets });
const roots: Root[] = [];
const runners: Runner[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) root.unmount();
  for (const runner of runners.splice(0)) await runner.close();
});
afterAll(() => engine.close());

function runnerOf(...views: readonly RunView[]): Runner {
  const runner = createWebRunner({
    store: memoryStore(),
    engine: { ...engine, close: () => Promise.resolve() },
    observers: views.map(({ observer }) => observer),
  });
  runners.push(runner);
  return runner;
}

const until = <Value>(look: () => Value) => expect.poll(look, { timeout: 20_000 });

/** A page of one component under a runner, in strict mode: everything is mounted, unmounted and mounted again. */
function mount(
  component: FunctionComponent,
  runner: Runner,
): { readonly element: HTMLElement; unmount(): void } {
  const element = document.createElement('div');
  document.body.append(element);
  const root = createRoot(element);
  roots.push(root);
  root.render(h(StrictMode, null, h(CairnProvider, { runner }, h(component))));
  return { element, unmount: () => root.unmount() };
}
/** Renders a hook, and shows what it has returned last. */
function mountHook<Value>(hook: () => Value, runner: Runner) {
  const box: { value?: Value; renders: number } = { renders: 0 };
  const page = mount(() => {
    box.value = hook();
    box.renders += 1;
    return null;
  }, runner);
  return { ...page, box, now: () => box.value as Value };
}
const rendered = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

const numbers = step('numbers', sql`select i::integer as i, i % 7 as k from range(20000) r(i)`);
const groups = step('groups', sql`select k, count(*) as n from ${numbers} group by k order by k`);
const pipeline = definePipeline({ name: 'page', processes: { main: [numbers, groups] } });

test('a page starts a run, shows it, and draws anew only what has changed', async () => {
  const view = runView({ intervalMs: 0, tickMs: 0 });
  const runner = runnerOf(view);
  const [one, two] = [held('one'), held('two')];
  const two_steps = definePipeline({ name: 'two', processes: { main: [one.step, two.step] } });
  const drawn: Record<string, number> = { one: 0, two: 0 };
  const Step = memo(({ name }: { readonly name: string }): ReactNode => {
    const found = useRunView(view, ({ run }) => run?.steps.get(name));
    drawn[name] = (drawn[name] ?? 0) + 1;
    return h('li', null, `${name} ${found?.status} ${found?.done ?? ''}`);
  });
  const { element } = mount(() => {
    const { start, isRunning } = useRun(two_steps);
    const status = useRunView(view, (snapshot) => snapshot.status);
    return h(
      'main',
      null,
      h('button', { onClick: () => start(), disabled: isRunning }, 'Run'),
      h('p', null, status),
      h('ul', null, h(Step, { name: 'one' }), h(Step, { name: 'two' })),
    );
  }, runner);
  await until(() => element.querySelector('p')?.textContent).toBe('idle');
  const button = element.querySelector('button') as HTMLButtonElement;
  button.click();
  button.click();
  await until(() => element.querySelector('ul')?.textContent).toBe('one running two running ');
  expect(button.disabled).toBe(true);
  await rendered();
  const before = { ...drawn };
  for (let done = 1; done <= 5; done += 1) {
    one.progress(done, 5);
    await until(() => element.querySelector('li')?.textContent).toBe(`one running ${done}`);
  }
  expect(drawn['one']).toBeGreaterThan(before['one'] ?? 0);
  expect(drawn['two']).toBe(before['two']);
  one.go();
  two.go();
  await until(() => element.querySelector('p')?.textContent).toBe('success');
  await until(() => button.disabled).toBe(false);
  expect(view.getSnapshot().previous).toBeUndefined();
});

test('a run has a snapshot and a result, an error when it fails, and is begun anew after that', async () => {
  const { now } = mountHook(() => useRun(pipeline, undefined, { correlationId: 'job' }), runnerOf());
  await until(() => now()?.isRunning).toBe(false);
  const { start } = now();
  start({ include: ['groups'] });
  await until(() => now().error).toMatchObject({ code: 'input_not_available' });
  start();
  await until(() => now().result?.steps.get('groups')?.outcome).toBe('complete');
  expect(now()).toMatchObject({ isRunning: false, error: undefined, snapshot: { status: 'success' } });
  expect((await now().result?.table('groups'))?.numRows).toBe(7);
  expect(now().start).toBe(start);
  start({ force: ['groups'] });
  await until(() => now().snapshot?.counts).toMatchObject({ reused: 1, complete: 1 });
});

test('a run is cancelled, and by its component going away unless it is told not to', async () => {
  const runs = async (options: UseRunOptions, end: (run: UsedRun, unmount: () => void) => unknown) => {
    const view = runView();
    const slow = held('slow');
    const one = definePipeline({ name: 'slow', processes: { main: [slow.step] } }) as Pipeline;
    const { now, unmount } = mountHook(() => useRun(one, undefined, options), runnerOf(view));
    await until(() => now()?.start).toBeDefined();
    now().start();
    await until(() => view.getSnapshot().run?.counts.running).toBe(1);
    await end(now(), unmount);
    slow.go();
    await until(() => view.getSnapshot().running).toBe('nowhere');
    await rendered();
    return { status: view.getSnapshot().status, last: now() };
  };
  const canceled = await runs({}, ({ cancel }) => cancel('enough'));
  expect(canceled).toMatchObject({
    status: 'canceled',
    last: { isRunning: false, snapshot: { status: 'canceled' } },
  });
  expect(isCairnError(canceled.last.error, 'canceled')).toBe(true);
  expect((await runs({}, (_, unmount) => unmount())).status).toBe('canceled');
  expect((await runs({ cancelOnUnmount: false }, (_, unmount) => unmount())).status).toBe('success');
});

test('a run that is begun while the one before is being cancelled waits for its end', async () => {
  const view = runView();
  const slow = held('slow');
  const one = definePipeline({ name: 'slow', processes: { main: [slow.step] } }) as Pipeline;
  const { now } = mountHook(() => useRun(one, undefined, { correlationId: 'job' }), runnerOf(view));
  await until(() => now()?.isRunning).toBe(false);
  now().start();
  await until(() => view.getSnapshot().run?.counts.running).toBe(1);
  void now().cancel();
  now().start();
  slow.go();
  await until(() => now().isRunning).toBe(false);
  expect(now()).toMatchObject({ error: undefined, snapshot: { status: 'success' } });
  expect(view.getSnapshot().previous?.status).toBe('canceled');
  // Cancelled before it has begun, it never does.
  now().start({ force: ['slow'] });
  void now().cancel('at once');
  await until(() => now().error).toMatchObject({ code: 'canceled' });
  expect(now().snapshot).toBeUndefined();
});

test('a run that begins with its component is not lost to strict mode', async () => {
  const { now } = mountHook(() => {
    const run = useRun(pipeline);
    const { start } = run;
    useEffect(() => start(), [start]);
    return run;
  }, runnerOf());
  await until(() => now()?.snapshot?.status).toBe('success');
  expect(now().error).toBeUndefined();
});

test('a plan follows what is typed: once it rests, with the latest answer only', async () => {
  const runner = runnerOf();
  const asked: unknown[] = [];
  let hold: Promise<void> | undefined;
  const watched: Runner = {
    ...runner,
    plan: async (...args: Parameters<Runner['plan']>) => {
      asked.push(args[0].name);
      const held = hold;
      const plan = await runner.plan(...args);
      await held;
      return plan;
    },
  };
  const edited = (text: number): Pipeline => {
    const edit = step('groups', sql`select k, ${text}::integer as n from ${numbers}`);
    return definePipeline({ name: 'page', processes: { main: [numbers, edit] } });
  };
  let set: (next: Pipeline | undefined) => void = () => undefined;
  const { now, box } = mountHook((): UsedPlan => {
    const [current, setCurrent] = useState<Pipeline | undefined>(pipeline as Pipeline);
    set = setCurrent;
    return usePlan(current, undefined, { correlationId: 'job', debounceMs: 50 });
  }, watched);
  const decisions = (): unknown => [...(now().plan?.steps.values() ?? [])].map(({ decision }) => decision);
  await until(() => now()?.plan?.steps.size).toBe(2);
  expect([now().pending, decisions()]).toEqual([false, ['run', 'unknown']]);
  await runner.run(pipeline, undefined, { correlationId: 'job' });
  now().refresh();
  await until(decisions).toEqual(['reuse', 'reuse']);
  const before = asked.length;
  const renders = box.renders;
  await rendered();
  expect([asked.length, box.renders]).toEqual([before, renders]);

  for (let text = 0; text < 10; text += 1) {
    set(edited(text));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(now().pending).toBe(true);
  expect(decisions()).toEqual(['reuse', 'reuse']);
  await until(decisions).toEqual(['reuse', 'run']);
  expect(asked.length - before).toBeLessThan(5);

  // A plan that takes long comes after that of a later text.
  let release = (): void => undefined;
  hold = new Promise((resolve) => {
    release = resolve;
  });
  set(edited(99));
  await until(() => now().pending).toBe(true);
  const slow = asked.length;
  await until(() => asked.length).toBe(slow + 1);
  hold = undefined;
  set(pipeline);
  await until(() => [now().pending, decisions()]).toEqual([false, ['reuse', 'reuse']]);
  release();
  await rendered();
  expect(decisions()).toEqual(['reuse', 'reuse']);

  const unknown = step('numbers', sql`select * from read_csv('/etc/passwd')`);
  set(definePipeline({ name: 'page', processes: { main: [unknown] } }));
  await until(() => now().error).toMatchObject({ code: 'external_read' });
  expect(now().plan).toBeUndefined();
  set(undefined);
  await until(() => now()).toMatchObject({ plan: undefined, error: undefined, pending: false });
});

test('a table is read in windows, sorted and filtered by the engine, and opened anew after a run', async () => {
  const runner = runnerOf();
  await runner.run(pipeline, undefined, { correlationId: 'job' });
  let show: (next: { readonly step: string; readonly window?: TableWindow }) => void = () => undefined;
  const { now, box, unmount } = mountHook(() => {
    const [{ step, window = {} }, set] = useState<{ step: string; window?: TableWindow }>({
      step: 'numbers',
    });
    show = set;
    const { opened, error, refresh } = useOpenedTask('job');
    return { ...useTable(opened, step, { ...window }), opened, openError: error, reopen: refresh };
  }, runner);
  const first = (): unknown => now()?.table?.get(0)?.toJSON();
  const rows = (): unknown => [now().table?.numRows, now().total];
  await until(() => first()).toEqual({ i: 0, k: 0n });
  expect(rows()).toEqual([100, 20_000]);
  show({ step: 'numbers', window: { offset: 15_000, limit: 10 } });
  await until(() => first()).toEqual({ i: 15_000, k: 6n });
  expect(rows()).toEqual([10, 20_000]);
  const orderBy = [{ column: 'k', descending: true }];
  show({ step: 'numbers', window: { limit: 5, offset: 2, orderBy, where: 'i > 100 -- not the first' } });
  await until(() => first()).toEqual({ i: 118, k: 6n });
  await until(rows).toEqual([5, 19_899]);
  show({ step: 'numbers', window: { where: 'nothing > 1' } });
  await until(() => now().error).toMatchObject({ code: 'sql_failed' });
  show({ step: 'groups' });
  expect(rows()).toEqual([undefined, undefined]);
  await until(rows).toEqual([7, 7]);
  const renders = box.renders;
  await rendered();
  expect(box.renders).toBe(renders);

  const before = now().opened;
  const fewer = step('groups', sql`select k from ${numbers} where k < 3 group by k`);
  await runner.run(definePipeline({ name: 'page', processes: { main: [numbers, fewer] } }), undefined, {
    correlationId: 'job',
  });
  now().reopen();
  await until(rows).toEqual([3, 3]);
  expect(now().error).toBeUndefined();
  await expect(before?.query('select 1')).rejects.toMatchObject({ code: 'already_closed' });
  const last = now().opened;
  unmount();
  await expect
    .poll(() => last?.query('select 1').catch((error: { code: string }) => error.code))
    .toBe('already_closed');
});

test('a task that is not there is an error, and none is nothing', async () => {
  const runner = runnerOf();
  const { now } = mountHook(() => [useOpenedTask('nowhere'), useOpenedTask(undefined)] as const, runner);
  await until(() => now()?.[0].error).toMatchObject({ code: 'unknown_task' });
  expect(now()[1]).toMatchObject({ opened: undefined, error: undefined });
});

test('storage is what the browser says of it', async () => {
  const { now } = mountHook(useStorage, runnerOf());
  await until(() => now()?.report?.quota).toBeGreaterThan(0);
  expect(typeof now().report?.persisted).toBe('boolean');
  expect(now().report?.usage).toBeGreaterThanOrEqual(0);
  const kept = await now().persist();
  await until(() => now().report?.persisted).toBe(kept);
});

test('without a provider there is a clear error', async () => {
  let thrown: unknown;
  const element = document.createElement('div');
  const root = createRoot(element, { onUncaughtError: (error) => (thrown = error) });
  roots.push(root);
  root.render(
    h(() => {
      useRunner();
      return null;
    }),
  );
  await until(() => thrown).toMatchObject({ code: 'invalid_argument' });
  expect(String(thrown)).toContain('CairnProvider');
});

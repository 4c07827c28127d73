import { memoryStore, type Runner } from '@cairn/core';
import { createNodeEngine, createNodeRunner } from '@cairn/node';
import { runView, type SharedRuns, type Vacancy } from '@cairn/web';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { sumOf } from '../../playground/src/state/forecast.js';
import { createSession, type Session } from '../../playground/src/state/session.js';
import { stepFacts } from '../../playground/src/state/step-facts.js';
import { nodeWorld, once, type NodeWorld } from './node-world.js';

const yaml = `
name: numbers
params:
  least: { type: integer, default: 2 }
processes:
  make:
    - step: numbers
      inputs: []
      sql: select * from range(5) t(n)
  use:
    - step: large
      sql: from numbers where n >= $least
    - step: total
      sql: select sum(n)::integer as total from large
`;

const view = runView({ intervalMs: 0 });
let runner: Runner;
let world: NodeWorld;
let session: Session;
let count = 0;
/** While it is set, reading waits for it. */
let gate: Promise<void> | undefined;

const engine = createNodeEngine();
afterAll(() => engine.close());

beforeEach(() => {
  view.reset();
  runner = createNodeRunner({ store: memoryStore(), engine, observers: [view.observer] });
  gate = undefined;
  world = nodeWorld({ runner, view, gate: () => gate });
  session = createSession({ id: `p${(count += 1)}`, title: 'Numbers', yaml, params: {} }, world);
});

const known = async (): Promise<{ readonly runs: number; readonly mayRun: number }> => {
  const forecast = await once(session.forecast, ({ status }) => status === 'known');
  if (forecast.status !== 'known') throw new Error(forecast.status);
  const { runs, mayRun } = sumOf(forecast.plan);
  return { runs, mayRun };
};

/** The forecast after the next change. */
async function after(change: () => void): Promise<{ readonly runs: number; readonly mayRun: number }> {
  await known();
  const before = session.forecast.getSnapshot();
  change();
  await once(session.forecast, (forecast) => forecast !== before && forecast.status === 'known');
  return known();
}

test('what a run would do is known before, after it, and after each change of the text', async () => {
  expect(await known()).toEqual({ runs: 1, mayRun: 2 });
  await session.start();
  expect(session.run.getSnapshot().status).toBe('ended');
  expect(await known()).toEqual({ runs: 0, mayRun: 0 });
  expect(await after(() => session.setYaml(yaml.replace('>= $least', '> $least')))).toEqual({
    runs: 1,
    mayRun: 1,
  });
  expect(await after(() => session.setYaml(yaml))).toEqual({ runs: 0, mayRun: 0 });
  expect(world.saved.map((project) => project.yaml.includes('> $least'))).toEqual([true, false]);
  await session.close();
});

test('a changed param costs what uses it, and one that is wrong is told without a place', async () => {
  await session.start();
  expect(await after(() => session.setParams({ least: 3 }))).toEqual({ runs: 1, mayRun: 1 });
  session.setParams({ least: 'three' });
  const definition = await once(session.definition, ({ status }) => status === 'invalid');
  expect(definition).toMatchObject({ error: { code: 'invalid_params' }, issues: [] });
  expect((await once(session.forecast, ({ status }) => status === 'none')).status).toBe('none');
  await session.close();
});

test('a text that is no pipeline says where, and keeps what was there on the screen', async () => {
  await known();
  session.setYaml(yaml.replace('from numbers', 'from numberz'));
  const definition = await once(session.definition, ({ status }) => status === 'invalid');
  expect(definition).toMatchObject({ issues: [{ line: 12 }], before: { status: 'defined', yaml } });
  await session.start();
  expect(session.run.getSnapshot().status).toBe('idle');
  await session.close();
});

test('a run takes the text as it is when it is begun, also one that is not read yet', async () => {
  await known();
  session.setYaml(yaml.replace('range(5)', 'range(50)'));
  await session.start();
  const state = session.run.getSnapshot();
  expect(state.status === 'ended' && state.result.steps.get('numbers')?.rows).toBe(50);
  await session.close();
});

test('of two texts, the later one counts, whichever is read first', async () => {
  await known();
  let open = (): void => undefined;
  gate = new Promise((resolve) => {
    open = resolve;
  });
  session.setYaml(yaml.replace('numbers\n', 'slow\n'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  gate = undefined;
  session.setYaml(yaml.replace('name: numbers', 'name: later'));
  await once(session.definition, (one) => one.status === 'defined' && one.plan.pipeline === 'later');
  open();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const definition = session.definition.getSnapshot();
  expect(definition.status === 'defined' && definition.plan.pipeline).toBe('later');
  await session.close();
});

test('of a run there is an account of what it was begun with, and why its steps stand as they do', async () => {
  session.setParams({ least: 3 });
  await session.start({ force: ['total'] });
  expect(await session.accounts()).toMatchObject([
    {
      params: { least: 3 },
      force: ['total'],
      steps: [
        { step: 'numbers', status: 'complete', why: ['nothing stored yet'] },
        { step: 'large', attempts: 1 },
        { step: 'total', why: ['forced'], causes: [] },
      ],
    },
  ]);
  await session.close();
});

describe('a run', () => {
  test('is one at a time, and may force steps', async () => {
    const first = session.start();
    expect(session.start({ force: ['total'] })).toBe(first);
    await first;
    await session.start({ force: ['large', 'total'] });
    const state = session.run.getSnapshot();
    const outcomes = state.status === 'ended' ? [...state.result.steps.values()] : [];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['reused', 'complete', 'complete']);
    await session.close();
  });

  test('that is cancelled before it has begun never begins', async () => {
    await known();
    const running = session.start();
    session.cancel();
    await running;
    expect(session.run.getSnapshot()).toMatchObject({ status: 'idle' });
    expect(view.getSnapshot().status).toBe('idle');
    await session.close();
  });

  test('that fails tells its first error and has a result', async () => {
    session.setYaml(yaml.replace('sum(n)', 'sum(m)'));
    await session.start();
    expect(session.run.getSnapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'run_failed', cause: { code: 'sql_failed' } },
      result: { outcome: 'partial' },
    });
    await session.close();
  });
});

test('what is armed is computed anew, and so is the run that goes on with one that has failed', async () => {
  const { faults, resumes } = world;
  await session.start();
  expect(await after(() => faults.arm({ kind: 'fail', step: 'large' }))).toEqual({ runs: 1, mayRun: 2 });
  expect(await after(() => faults.disarm())).toEqual({ runs: 0, mayRun: 0 });
  faults.arm({ kind: 'fail', step: 'large' });
  // Nothing strikes here: it fails by itself.
  session.setYaml(yaml.replace('sum(n)', 'sum(m)'));
  await session.start();
  expect(await resumes.load('')).toMatchObject({
    unfinished: { cache: 'refresh', fault: { step: 'large' } },
  });
  faults.disarm();
  session.setYaml(yaml);
  await session.resume();
  expect(session.resumption.getSnapshot()).toMatchObject({ reused: 2, computed: 1, same: 3, different: [] });
  expect((await resumes.load('')).unfinished).toBeUndefined();
  await session.close();
});

test('a run whose tab is gone is taken over by one tab', async () => {
  await session.close();
  let vacate = (_vacancy: Vacancy): void => undefined;
  session = createSession(
    { id: 'left', title: 'Left', yaml, params: {} },
    {
      ...world,
      async workshop() {
        const workshop = await world.workshop();
        const bench = workshop.bench('left');
        const onVacant: SharedRuns['onVacant'] = (listener) => {
          vacate = (vacancy) => void listener(vacancy);
          return () => undefined;
        };
        return { ...workshop, bench: () => ({ ...bench, runs: { ...bench.runs, onVacant } }) };
      },
    },
  );
  await known();
  const lost = { runId: 'r', pipeline: 'numbers', correlationId: 'left', attempt: 1 };
  vacate({ ...lost, take: async () => false });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(session.run.getSnapshot().status).toBe('idle');
  vacate({ ...lost, take: async () => true });
  await once(session.tookOver, (tookOver) => tookOver);
  await once(session.run, ({ status }) => status === 'ended');
  await once(session.tookOver, (tookOver) => !tookOver);
  await session.close();
});

test('from when a run begins, what it was to do is said of no step', async () => {
  await known();
  const said: (string | undefined)[] = [];
  const unfollow = session.steps.subscribe(() => {
    if (session.run.getSnapshot().status === 'idle') return;
    for (const { name, next } of session.steps.getSnapshot()?.list ?? [])
      if (next !== undefined && session.forecast.getSnapshot().status !== 'known') said.push(name);
  });
  const isBegun = once(session.forecast, ({ status }) => status === 'past');
  await session.start();
  await isBegun;
  expect(await known()).toEqual({ runs: 0, mayRun: 0 });
  unfollow();
  expect(said).toEqual([]);
  await session.close();
});

test('steps are told with what they were and what comes: stored, computed, would run', async () => {
  await known();
  const facts = (): readonly (readonly [string, string, string | undefined])[] => {
    const [definition, forecast] = [session.definition.getSnapshot(), session.forecast.getSnapshot()];
    if (definition.status !== 'defined') throw new Error(definition.status);
    const plan = forecast.status === 'known' ? forecast.plan : undefined;
    const { run } = session.view.getSnapshot();
    return stepFacts(definition, plan, run).map(({ name, status, next }) => [name, status, next?.decision]);
  };
  expect(facts()).toEqual([
    ['numbers', 'new', 'run'],
    ['large', 'new', 'unknown'],
    ['total', 'new', 'unknown'],
  ]);
  await session.start();
  await after(() => session.setParams({ least: 4 }));
  expect(facts()).toEqual([
    ['numbers', 'complete', undefined],
    ['large', 'complete', 'run'],
    ['total', 'complete', 'unknown'],
  ]);
  const { id, ...rest } = session.project.getSnapshot();
  await session.close();
  view.reset();
  session = createSession({ id, ...rest, params: {} }, world);
  await known();
  expect(facts().map(([, status]) => status)).toEqual(['stored', 'stored', 'stored']);
  await session.close();
});

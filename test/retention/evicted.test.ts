import {
  createRunner,
  definePipeline,
  describeReason,
  sink,
  sql,
  step,
  type CairnEvent,
  type Engine,
  type ObjectStore,
  type RunPlan,
  type RunResult,
  type StoredObject,
} from '@cairn/core';
import { CheckpointStore } from '@cairn/core/checkpoints';
import { describe, expect, test } from 'vitest';
import { errorOf, outcomes, sharedEngine } from '../run/fixtures.js';
import { chain, storeWithTime, type StoreWithTime } from './store-with-time.js';

const engine = sharedEngine();
const reasons = ({ steps }: RunResult | RunPlan): string[] =>
  [...steps].map(([name, { reason }]) => `${name}: ${describeReason(reason)}`);
const decisions = ({ steps }: RunPlan): string[] =>
  [...steps].map(([name, { decision, reason }]) => `${name} ${decision} ${reason.code}`);

/** A store in which a pipeline has run and all of its tables were evicted, and then some were put again. */
async function evicted(pipeline = chain('one')): Promise<StoreWithTime & { readonly first: RunResult }> {
  const time = storeWithTime(engine);
  const { runner } = time.runner({ maxBytes: 0, keepLast: 0 });
  const first = await runner.run(pipeline, undefined, { correlationId: 'job' });
  time.later(1);
  const { removed } = await runner.gc();
  expect(removed.every(({ kind }) => kind === 'table')).toBe(true);
  expect(await time.keys('objects/')).toEqual([]);
  return { ...time, first };
}

describe('a step whose table was evicted', () => {
  test('is reused by its manifest where nothing needs it; the last one, which nobody reads, runs again', async () => {
    const { runner: make, first } = await evicted();
    const { runner, events } = make();
    const plan = await runner.plan(chain('one'), undefined, { correlationId: 'job' });
    expect(decisions(plan)).toEqual(['a run evicted', 'b run evicted', 'c run evicted']);
    const again = await runner.run(chain('one'), undefined, { correlationId: 'job' });
    expect(outcomes(again)).toEqual(['a complete', 'b complete', 'c complete']);
    expect(reasons(again)).toEqual(['a', 'b', 'c'].map((name) => `${name}: its table was evicted`));
    for (const name of ['a', 'b', 'c'] as const)
      expect(again.steps.get(name)?.contentHash).toBe(first.steps.get(name)?.contentHash);
    expect(events.filter(({ type }) => type === 'checkpoint_damaged')).toEqual([]);
    expect((await again.table('c')).numRows).toBe(1);
    const third = await runner.run(chain('one'), undefined, { correlationId: 'job' });
    expect(reasons(third)).toEqual(['a', 'b', 'c'].map((name) => `${name}: reused from an earlier run`));
  });

  test('is not evicted any more once a run has reused it beside a collector, which had seen the task before', async () => {
    const { store, later, runner: make } = storeWithTime(engine);
    const { runner } = make();
    await runner.run(chain('one'), undefined, { correlationId: 'job' });
    later(1);
    const collector = await store.acquire('gc/');
    const listed: StoredObject[] = [];
    for await (const object of store.list('objects/')) listed.push(object);
    expect(listed.length).toBeGreaterThan(0);
    const again = await runner.run(chain('one'), undefined, { correlationId: 'job' });
    expect(outcomes(again)).toEqual(['a reused', 'b reused', 'c reused']);
    for (const { key, modifiedAt } of listed) expect(await store.delete(key, { modifiedAt })).toBe(false);
    expect((await again.table('a')).numRows).toBe(1000);
    await collector.release();
  });

  test('in the middle makes nothing above it run, and no engine start', async () => {
    const { store, keys, later, runner: make } = storeWithTime(engine);
    const { runner } = make({ maxBytes: 1500, keepLast: 0 });
    const first = await runner.run(chain('one'), undefined, { correlationId: 'job' });
    later(1);
    expect((await runner.gc()).removed.map(({ of }) => of[0]?.step)).toEqual(['a', 'b']);
    expect(await keys('objects/')).toHaveLength(1);
    const refuse = (): never => expect.fail('the engine was asked for');
    const unused = { ...engine, open: refuse, createTable: refuse, importParts: refuse };
    const idle = createRunner({ store, engine: unused });
    const plan = await idle.plan(chain('one'), undefined, { correlationId: 'job' });
    expect(decisions(plan)).toEqual(['a reuse reused', 'b reuse reused', 'c reuse reused']);
    const again = await idle.run(chain('one'), undefined, { correlationId: 'job' });
    expect(reasons(again)).toEqual([
      'a: reused from an earlier run, its table is evicted',
      'b: reused from an earlier run, its table is evicted',
      'c: reused from an earlier run',
    ]);
    expect(outcomes(again)).toEqual(['a reused', 'b reused', 'c reused']);
    expect(again.steps.get('c')?.contentHash).toBe(first.steps.get('c')?.contentHash);
    expect((await again.table('c')).numRows).toBe(1);
    // Another task takes all of it from the cache.
    const other = await idle.run(chain('one'), undefined, { correlationId: 'other' });
    expect(reasons(other)[1]).toBe('b: reused from cache, its table is evicted');
  });

  test('is computed again when a step that runs needs it, and only what that needs', async () => {
    const pipeline = (last: number) => {
      const a = step('a', sql`select range as n from range(1000)`);
      const b = step('b', sql`select n + 1 as n from ${a}`);
      const c = step('c', sql`select sum(n)::bigint + ${last} as n from ${b}`);
      const d = step('d', sql`select count(*) as n from ${a}`);
      return definePipeline({ name: 'fork', processes: { main: [a, b, c, d] } });
    };
    const { runner: make, later } = storeWithTime(engine);
    const { runner } = make({ maxBytes: 2500, keepLast: 0 });
    await runner.run(pipeline(1));
    later(1);
    expect((await runner.gc()).removed.map(({ of }) => of[0]?.step)).toEqual(['a', 'b']);
    const plan = await runner.plan(pipeline(2));
    expect(decisions(plan)).toEqual(['a run evicted', 'b run evicted', 'c run changed', 'd reuse reused']);
    const again = await runner.run(pipeline(2));
    expect(outcomes(again)).toEqual(['a complete', 'b complete', 'c complete', 'd reused']);
    expect((await again.table('c')).get(0)?.toJSON()).toEqual({ n: 500502n });
    expect(outcomes(await runner.run(pipeline(2)))).toEqual(['a reused', 'b reused', 'c reused', 'd reused']);
  });

  test('is read by code, too: a transform and a sink get it computed again', async () => {
    const written: number[] = [];
    const pipeline = (version: string) => {
      const a = step('a', sql`select range as n from range(1000)`);
      const b = step('b', { a }, async ({ a }) => [{ rows: (await a.arrow()).numRows }], { version });
      const save = sink('save', b, {
        type: 'memory',
        location: { version },
        options: {},
        prepare: async (table) => ({ rows: (await table.arrow()).numRows }),
        commit: async ({ rows }) => {
          written.push(Number(rows));
          return {};
        },
        rollback: async () => undefined,
        verify: async () => true,
      });
      return definePipeline({ name: 'code', processes: { main: [a, b, save] } });
    };
    const { runner: make, later } = storeWithTime(engine);
    const { runner } = make({ maxBytes: 0, keepLast: 0 });
    await runner.run(pipeline('1'));
    later(1);
    await runner.gc();
    // All is read by something, and nothing needs to run.
    expect(outcomes(await runner.run(pipeline('1')))).toEqual(['a reused', 'b reused', 'save reused']);
    expect(outcomes(await runner.run(pipeline('2')))).toEqual(['a complete', 'b complete', 'save complete']);
    expect(written).toEqual([1, 1]);
  });

  test('that comes out differently settles again what was made of it', async () => {
    const pipeline = (last: number) => {
      const a = step('a', sql`select range as n, random() as r from range(1000)`);
      const b = step('b', sql`select sum(r) as s from ${a}`);
      const c = step('c', sql`select count(*) + ${last} as n from ${a}`);
      return definePipeline({ name: 'dice', processes: { main: [a, b, c] } });
    };
    const { runner: make, later } = storeWithTime(engine);
    const { runner, events } = make({ maxBytes: 2500, keepLast: 0 });
    await runner.run(pipeline(1));
    later(1);
    expect((await runner.gc()).removed.map(({ of }) => of[0]?.step)).toEqual(['a']);
    const plan = await runner.plan(pipeline(2));
    expect(decisions(plan)).toEqual(['a run evicted', 'b unknown input_may_change', 'c run changed']);
    expect(decisions(await runner.plan(pipeline(1)))).toEqual(
      ['a', 'b', 'c'].map((name) => `${name} reuse reused`),
    );
    const again = await runner.run(pipeline(2));
    expect(outcomes(again)).toEqual(['a complete', 'b complete', 'c complete']);
    const sum = (await again.table('b')).get(0)?.toJSON()['s'];
    const rows = (await again.table('a')).toArray().map((row) => Number(row['r']));
    expect(rows.reduce((total, value) => total + value, 0)).toBeCloseTo(Number(sum), 6);
    expect(events.filter(({ type }) => type === 'checkpoint_damaged')).toEqual([]);
  });

  test('is not there for a run of a part that needs it, and is for one that does not', async () => {
    const { runner: make } = await evicted();
    const { runner, events } = make();
    const options = { correlationId: 'job', include: ['c'] as const };
    const error = await errorOf(runner.run(chain('one', 2), undefined, options), 'input_not_available');
    expect(error.message).toContain('its table was evicted');
    // The run that needs b would find that out when it has begun.
    const part = { ...options, include: ['b', 'c'] as const };
    const begun = events.length;
    const early = await errorOf(runner.run(chain('one', 2), undefined, part), 'input_not_available');
    expect(early.message).toContain("'b' of pipeline 'one' reads 'a', which is not included");
    expect(events.slice(begun)).toEqual([]);
    const whole = await runner.run(chain('one', 2), undefined, { ...options, include: ['a', 'b', 'c'] });
    expect(outcomes(whole)).toEqual(['a complete', 'b complete', 'c complete']);
  });

  test('has no table to read, and whoever asks is told why', async () => {
    const { runner: make, store, first } = await evicted();
    const { runner } = make();
    const error = await errorOf(first.table('b'), 'checkpoint_not_found');
    expect(error.message).toMatch(/retention has evicted its table \(max_bytes, 2026-01-02.*force: \['b'\]/);
    await using opened = await runner.open('job');
    expect(opened.steps.get('b')?.rows).toBe(1000);
    await errorOf(opened.table('b'), 'checkpoint_not_found');
    await errorOf(opened.query('from b'), 'checkpoint_not_found');
    // A column may be called like it.
    expect((await opened.query('select 1 as b')).numRows).toBe(1);
    const tables = new CheckpointStore({ store, engine, pipeline: 'one' });
    await errorOf(tables.get('b', { correlationId: 'job' }), 'checkpoint_not_found');
    await runner.run(chain('one'), undefined, { correlationId: 'job', force: ['b'] });
    expect((await opened.table('b')).numRows).toBe(1000);
  });
});

describe('SEMANTICS 5.13: a table that is gone and was not evicted is damage', () => {
  test('beside tables that were evicted, and after it was put again', async () => {
    const { runner: make, store, keys, first } = await evicted();
    const { runner, events } = make();
    const damaged = (): string[] =>
      events.flatMap((event) => (event.type === 'checkpoint_damaged' ? [event.step] : []));
    await runner.run(chain('one'), undefined, { correlationId: 'job' });
    expect(damaged()).toEqual([]);
    for (const key of await keys('objects/')) await store.delete(key);
    expect((await runner.checkpoints({ state: 'damaged' })).length).toBe(3);
    await errorOf(
      runner.open('job').then((opened) => opened.table('a')),
      'checkpoint_damaged',
    );
    const again = await runner.run(chain('one'), undefined, { correlationId: 'job' });
    expect(damaged().toSorted()).toEqual(['a', 'b', 'c']);
    expect(again.steps.get('c')?.contentHash).toBe(first.steps.get('c')?.contentHash);
  });

  test('also where the log of evictions cannot be read', async () => {
    const { runner: make, store } = await evicted();
    await store.append('gc/journal', new TextEncoder().encode('no JSON'));
    const { runner, events } = make();
    const again = await runner.run(chain('one'), undefined, { correlationId: 'job' });
    expect(outcomes(again)).toEqual(['a complete', 'b complete', 'c complete']);
    expect(events.filter(({ type }) => type === 'checkpoint_damaged')).toHaveLength(3);
    await errorOf(runner.gc(), 'journal_damaged');
  });
});

test('a collector that comes in the middle of a run takes nothing that the run has come to rest on', async () => {
  const { store, runner: make, later } = storeWithTime(engine);
  const { runner } = make({ maxBytes: 0, keepLast: 0 });
  await runner.run(chain('one'), undefined, { correlationId: 'first' });
  later(1);
  let collected = 0;
  const meanwhile: Engine = {
    ...engine,
    async createTable(...args) {
      const { removed } = await runner.gc({ graceMs: 0 });
      collected += removed.length;
      return engine.createTable(...args);
    },
  };
  const other = createRunner({
    store,
    engine: meanwhile,
    clock: { now: () => Date.parse('2026-01-02T01:00:00Z') },
  });
  const result = await other.run(chain('one', 2), undefined, { correlationId: 'second' });
  // It took two tables from the cache and computed the third; the first task's own third was all there was to take.
  expect(outcomes(result)).toEqual(['a reused', 'b reused', 'c complete']);
  expect(collected).toBe(1);
  for (const name of ['a', 'b', 'c'] as const) expect((await result.table(name)).numRows).toBeGreaterThan(0);
});

describe('what a run takes from the cache', () => {
  /** A second task that goes by the tables of a first one, and what a collector removes at one of its operations. */
  async function takenWhile(at: (operation: string) => boolean) {
    const { store, runner: make, later, now } = storeWithTime(engine);
    const { runner } = make({ maxBytes: 0, keepLast: 0 });
    await runner.run(chain('one'), undefined, { correlationId: 'first' });
    later(1);
    const removed: string[] = [];
    const meanwhile = async (operation: string): Promise<void> => {
      if (!at(operation)) return;
      const report = await runner.gc({ graceMs: 0 });
      removed.push(...report.removed.flatMap(({ of }) => of.map(({ step }) => step)));
    };
    const watched: ObjectStore = {
      ...store,
      touch: async (key) => {
        await meanwhile('touch');
        return store.touch(key);
      },
      append: async (key, record, options) => {
        if (new TextDecoder().decode(record).includes('reused from')) await meanwhile('commit');
        return store.append(key, record, options);
      },
    };
    const events: CairnEvent[] = [];
    const second = createRunner({
      store: watched,
      engine,
      clock: { now: () => now() + 1 },
      observers: [{ name: 'second', onEvent: (event) => void events.push(event) }],
    });
    const result = await second.run(chain('one'), undefined, { correlationId: 'second' });
    expect(events.filter(({ type }) => type === 'checkpoint_damaged')).toEqual([]);
    expect((await result.table('c')).numRows).toBe(1);
    return { removed, result };
  }

  test('is not collected before the run has said so in its log', async () => {
    const { removed, result } = await takenWhile((operation) => operation === 'commit');
    // While the first was taken, the others were not yet.
    expect(outcomes(result)).toEqual(['a reused', 'b complete', 'c complete']);
    expect(result.steps.get('a')?.reason).toEqual({ code: 'reused', from: 'cache' });
    expect(removed).toEqual(['b', 'c']);
    expect((await result.table('a')).numRows).toBe(1000);
  });

  test('and is collected in the moment before, counts as evicted', async () => {
    const { removed, result } = await takenWhile((operation) => operation === 'touch');
    expect(removed.toSorted()).toEqual(['a', 'b', 'c']);
    expect(outcomes(result)).toEqual(['a complete', 'b complete', 'c complete']);
    expect(reasons(result)).toEqual(['a', 'b', 'c'].map((name) => `${name}: its table was evicted`));
  });
});

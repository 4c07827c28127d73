import {
  definePipeline,
  effect,
  fanIn,
  sink,
  sql,
  step,
  type CairnEvent,
  type Engine,
  type ObjectStore,
  type RetryOptions,
  type SinkConnector,
} from '@cairn/core';
import type { HashedObjects } from '@cairn/core/store';
import { unique } from '@cairn/plugins/checks';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { gate, watchedStore, type Written } from './behind-store.js';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from './fixtures.js';

/* What a step made is stored and committed while others go on with it. */

const engine = sharedEngine();
const task = { correlationId: 'job' };

const isPart = ({ key }: Written): boolean => key.startsWith('objects/');
const appended = (done: readonly Written[], type: RegExp): string[] =>
  done.flatMap((one) =>
    one.operation === 'append' && type.test(one.type) ? [`${one.step} ${one.type}`] : [],
  );
const told = (events: readonly CairnEvent[], types: readonly CairnEvent['type'][]): string[] =>
  events.flatMap((event) =>
    types.includes(event.type) && 'step' in event ? [`${event.step} ${event.type}`] : [],
  );
const until = async (isSo: () => boolean): Promise<void> => {
  const deadline = performance.now() + 60_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error('it never came to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

function memorySink(calls: string[]): SinkConnector {
  return {
    type: 'memory',
    location: { at: 'memory' },
    options: {},
    prepare() {
      calls.push('prepare');
      return Promise.resolve({});
    },
    commit() {
      calls.push('commit');
      return Promise.resolve({});
    },
    rollback: () => Promise.resolve(),
    verify: () => Promise.resolve(true),
  };
}

function chain(calls: string[] = [], retry?: RetryOptions) {
  const a = step('a', sql`select range as n from range(1000)`, retry === undefined ? {} : { retry });
  const b = step('b', sql`select n * 2 as n from ${a}`);
  const c = step('c', sql`select sum(n)::bigint as n from ${b}`);
  const rows = step(
    'rows',
    { c },
    async ({ c }) => {
      calls.push('rows');
      return [{ rows: (await c.arrow()).numRows }];
    },
    { version: '1' },
  );
  const save = sink('save', b, memorySink(calls));
  const notify = effect('notify', { c }, () => {
    calls.push('notify');
  });
  return definePipeline({ name: 'chain', processes: { main: [a, b, c, rows, save, notify] } });
}

/** A store that knows the hash of a part at once, but for a table's last one, which is smaller than its first. */
function slowLastHash(last: () => Promise<void>): ObjectStore {
  const store = lastingStore();
  let first = 0;
  return {
    ...store,
    objects: {
      put(bytes, { overwrite, release } = {}) {
        const hash = createHash('sha256').update(bytes).digest('hex');
        const isLast = bytes.length < first;
        first = Math.max(first, bytes.length);
        const stored = store.put(`objects/${hash}`, bytes, { ifAbsent: overwrite !== true });
        return {
          sha256: (isLast ? last() : Promise.resolve()).then(() => hash),
          stored: stored.then((isNew) => {
            release?.();
            return isNew;
          }),
        };
      },
      async get(hash) {
        const bytes = await store.get(`objects/${hash}`);
        return bytes && { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
      },
      lengthOf: async (hash) => (await store.get(`objects/${hash}`))?.length,
    },
  };
}

describe('write-behind', () => {
  test('steps go on with a table that is not stored yet; it is complete once it is committed', async () => {
    const { opened, open } = gate();
    const { store, done } = watchedStore((write) => (isPart(write) ? opened : undefined));
    const calls: string[] = [];
    const { runner, events } = testRunner({ store, engine, concurrency: 1 });
    const handle = await runner.bind(chain(calls), undefined, task);
    const running = handle.execute();
    // All that SQL makes is made, and nothing is stored.
    await until(() => told(events, ['step_start']).includes('c step_start'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(told(events, ['step_start', 'step_end', 'checkpoint_written'])).toEqual([
      'a step_start',
      'b step_start',
      'c step_start',
    ]);
    expect(calls).toEqual([]);
    expect(appended(done, /^complete|^stage/)).toEqual(['a stage start']);
    expect([...handle.stages].map(([name, { status }]) => `${name} ${status}`)).toContain('a running');
    open();
    const result = await running;
    expect(outcomes(result)).toEqual(
      ['a', 'b', 'c', 'rows', 'save', 'notify'].map((name) => `${name} complete`),
    );
    expect(calls.toSorted()).toEqual(['commit', 'notify', 'prepare', 'rows']);
    // When it really began, although the journal was told later.
    const last = (name: string) => handle.stages.get(name)?.history.at(-1);
    expect(Date.parse(last('b')?.begin ?? '')).toBeLessThan(Date.parse(last('a')?.end ?? '') - 150);
    await handle.unbind();
  });

  test('records follow the order of the plan, whatever is stored first', async () => {
    const x = step('x', sql`select range as n from range(5000)`);
    const left = step('left', sql`select n from ${x} where n % 2 = 0`);
    const right = step('right', sql`select n + 1 as n from ${x} where n % 2 = 1`, { checkpoint: false });
    const both = fanIn('both', [left, right]);
    const scoped = step('scoped', sql`select count(*) as n from ${both}`, { checkpoint: 'run' });
    const end = step('end', sql`select * from ${both}, (select n as m from ${scoped})`);
    const pipeline = definePipeline({
      name: 'diamond',
      processes: { main: [x, left, right, both, scoped, end] },
    });
    const before: Record<string, readonly string[]> = {
      left: ['x'],
      right: ['x'],
      both: ['left', 'right'],
      scoped: ['both'],
      end: ['both', 'scoped'],
    };
    for (let seed = 1; seed <= 6; seed += 1) {
      let random = seed;
      const { store, done } = watchedStore((write) => {
        random = (random * 16807) % 2147483647;
        const delay = isPart(write) ? random % 300 : random % 20;
        return new Promise((resolve) => setTimeout(resolve, delay));
      });
      const { runner } = testRunner({ store, engine, concurrency: 1 + (seed % 3) });
      await runner.run(pipeline, undefined, { correlationId: `job${seed}` });
      const inTask = done.filter(({ key }) => key.startsWith('correlations/'));
      const records = appended(inTask, /^complete|^stage start/);
      for (const [name, needs] of Object.entries(before)) {
        const first = records.findIndex((one) => one.startsWith(`${name} `));
        for (const need of needs) {
          const last = records.lastIndexOf(`${need} complete`);
          expect(last, `${need} before ${name} in ${records.join(', ')}`).toBeGreaterThanOrEqual(0);
          // Why `right` is made at all is that `both` needs it.
          if (need !== 'right') expect(first, `${need} before ${name}`).toBeGreaterThan(last);
        }
      }
    }
  });

  test('a step without a checkpoint is told of in its place', async () => {
    const { store, done } = watchedStore(async (write, nth) => {
      if (!isPart(write) || nth > 1) return;
      await until(() => told(events, ['step_start']).includes('end step_start'));
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    const x = step('x', sql`select range as n from range(5000)`);
    const loose = step('loose', sql`select n + 1 as n from ${x}`, { checkpoint: false });
    const end = step('end', sql`select count(*) as n from ${loose}`);
    let imports = 0;
    const counted: Engine = {
      ...engine,
      importParts(...args) {
        imports += 1;
        return engine.importParts(...args);
      },
    };
    const { runner, events } = testRunner({ store, engine: counted });
    await runner.run(
      definePipeline({ name: 'loose', processes: { main: [x, loose, end] } }),
      undefined,
      task,
    );
    expect(appended(done, /^complete|^stage start/)).toEqual([
      'x stage start',
      'x complete',
      'loose complete',
      'loose stage start',
      'loose complete',
      'end stage start',
      'end complete',
    ]);
    // What it reads is still there when it is made.
    expect(imports).toBe(0);
  });

  test('a write that fails behind fails its step, and nothing that went on with it is committed', async () => {
    const { opened, open } = gate();
    const { store, done } = watchedStore(async (write, nth) => {
      if (!isPart(write) || nth > 1) return;
      await opened;
      throw new Error('the disk is full');
    });
    const calls: string[] = [];
    const { runner, events } = testRunner({ store, engine });
    const running = runner.run(chain(calls), undefined, task);
    await until(() => told(events, ['step_start']).includes('c step_start'));
    // What `c` holds is stored before `a` fails.
    await until(() => done.filter(isPart).length === 2);
    open();
    const error = await errorOf(running, 'run_failed');
    expect(String(error.cause)).toContain('the disk is full');
    const { result } = error.details as { result: Awaited<ReturnType<typeof runner.run>> };
    expect(outcomes(result)).toEqual([
      'a failed',
      ...['b', 'c', 'rows', 'save', 'notify'].map((name) => `${name} skipped`),
    ]);
    expect(calls).toEqual([]);
    expect(appended(done, /^complete|^stage/)).toEqual(['a stage start', 'a stage fail']);
    expect(done.some(({ key }) => key.startsWith('cache/'))).toBe(false);
    await errorOf(result.table('a'), 'checkpoint_not_found');
    await errorOf(result.table('b'), 'checkpoint_not_found');
    // The next run has the room.
    expect(outcomes(await runner.run(chain(calls), undefined, task))[0]).toBe('a complete');
    expect(calls.toSorted()).toEqual(['commit', 'notify', 'prepare', 'rows']);
  });

  const retry = { maxAttempts: 2, initialDelayMs: 0, jitter: 0 };

  test('a write that fails behind is tried again, and those that went on need not be made again', async () => {
    const { store, done } = watchedStore(async (write, nth) => {
      if (!isPart(write) || nth > 1) return;
      await until(() => told(events, ['step_start']).includes('c step_start'));
      throw new Error('not now');
    });
    const { runner, events } = testRunner({ store, engine });
    const result = await runner.run(chain([], retry), undefined, task);
    expect(result.steps.get('a')?.attempts).toBe(2);
    expect(result.steps.get('b')?.attempts).toBe(1);
    expect(told(events, ['step_start', 'step_retry', 'step_end']).slice(0, 5)).toEqual([
      'a step_start',
      'b step_start',
      'c step_start',
      'a step_retry',
      'a step_end',
    ]);
    expect(appended(done, /^complete|^stage/).slice(0, 5)).toEqual([
      'a stage start',
      'a stage retry',
      'a stage start',
      'a complete',
      'b stage start',
    ]);
  });

  test('what is made again is not dropped by those that had gone on', async () => {
    const { store } = watchedStore(async (write, nth) => {
      if (!isPart(write) || nth > 1) return;
      await until(() => told(events, ['step_start']).includes('b step_start'));
      throw new Error('not now');
    });
    const times: Record<string, number> = {};
    const passed = (what: string): number => (times[what] = (times[what] ?? 0) + 1);
    const slow: Engine = {
      ...engine,
      async createTable(table, query, options) {
        const info = await engine.createTable(table, query, options);
        passed(`create ${table.name}`);
        return info;
      },
      async *exportParts(table, options) {
        // What reads `a` is done with it between the making and the export of the new `a`.
        if (table.name === 'b') await until(() => times['create a'] === 2);
        if (table.name === 'a' && passed('export a') === 2) {
          await until(() => times['export b'] === 1);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        yield* engine.exportParts(table, options);
        if (table.name === 'b') passed('export b');
      },
    };
    const { runner, events } = testRunner({ store, engine: slow });
    const result = await runner.run(chain([], retry), undefined, task);
    expect(result.steps.get('a')?.attempts).toBe(2);
    expect(result.status).toBe('success');
  });

  test('what chance made otherwise when it was tried again is gone on with anew', async () => {
    const { store } = watchedStore(async (write, nth) => {
      if (!isPart(write) || nth > 1) return;
      await until(() => told(events, ['step_start']).includes('b step_start'));
      throw new Error('not now');
    });
    const a = step('a', sql`select range as n, random() as r from range(100)`, { retry });
    const b = step('b', sql`select sum(r) as r from ${a}`);
    const pipeline = definePipeline({ name: 'chance', processes: { main: [a, b] } });
    const { runner, events } = testRunner({ store, engine });
    const result = await runner.run(pipeline, undefined, task);
    expect(outcomes(result)).toEqual(['a complete', 'b complete']);
    const all = (await result.table('a')).toArray().map((row) => Number(row['r']));
    const sum = Number((await result.table('b')).get(0)?.['r']);
    expect(sum).toBeCloseTo(
      all.reduce((one, other) => one + other, 0),
      6,
    );
    // And so a resume has nothing to do.
    const again = await runner.run(pipeline, undefined, task);
    expect(outcomes(again)).toEqual(['a reused', 'b reused']);
  });

  test.each([
    ['is told of once what it reads is committed', false],
    ['is blocked when what it reads cannot be kept', true],
  ])('a statement that fails meanwhile %s', async (_, fails) => {
    const { opened, open } = gate();
    const { store, done } = watchedStore(async (write, nth) => {
      if (!isPart(write) || nth > 1) return;
      await opened;
      if (fails) throw new Error('the disk is full');
    });
    const a = step('a', sql`select range as n from range(1000)`);
    const b = step('b', sql`select ('x' || n)::integer as n from ${a}`);
    const { runner, events } = testRunner({ store, engine });
    const running = runner.run(definePipeline({ name: 'bad', processes: { main: [a, b] } }), undefined, task);
    await until(() => told(events, ['step_start']).includes('b step_start'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(told(events, ['step_error'])).toEqual([]);
    open();
    const error = await errorOf(running, 'run_failed');
    expect(outcomes((error.details as { result: never }).result)).toEqual(
      fails ? ['a failed', 'b skipped'] : ['a complete', 'b failed'],
    );
    expect(appended(done, /^complete|^stage/)).toEqual(
      fails
        ? ['a stage start', 'a stage fail']
        : ['a stage start', 'a complete', 'b stage start', 'b stage fail'],
    );
  });

  test('a cancelled run commits nothing that was on its way, and the next one makes it', async () => {
    const { opened, open } = gate();
    const { store, done } = watchedStore((write) => (isPart(write) ? opened : undefined));
    const { runner, events } = testRunner({ store, engine });
    const cancelling = new AbortController();
    const running = runner.run(chain(), undefined, { ...task, signal: cancelling.signal });
    await until(() => told(events, ['step_start']).includes('b step_start'));
    cancelling.abort();
    open();
    const error = await errorOf(running, 'canceled');
    const { result } = error.details as { result: Awaited<ReturnType<typeof runner.run>> };
    expect(new Set([...result.steps.values()].map(({ outcome }) => outcome))).toEqual(new Set(['canceled']));
    expect(appended(done, /^complete/)).toEqual([]);
    expect(outcomes(await runner.run(chain(), undefined, task))[0]).toBe('a complete');
  });

  test('another failure is no reason to lose what was made', async () => {
    const { opened, open } = gate();
    const { store, done } = watchedStore((write) => (isPart(write) ? opened : undefined));
    const a = step('a', sql`select range as n from range(1000)`);
    const bad = effect('bad', {}, () => {
      throw new Error('no');
    });
    const { runner, events } = testRunner({ store, engine, concurrency: 1 });
    const running = runner.run(definePipeline({ name: 'two', processes: { main: [a, bad] } }), undefined, {
      ...task,
      failFast: true,
    });
    await until(() => told(events, ['step_error']).length > 0);
    open();
    const error = await errorOf(running, 'run_failed');
    expect(outcomes((error.details as { result: never }).result)).toEqual(['a complete', 'bad failed']);
    expect(appended(done, /^complete/)).toEqual(['a complete']);
  });

  test('a step that is reused is so once what it depends on is committed', async () => {
    const { store, done } = watchedStore();
    const calls: string[] = [];
    const { runner } = testRunner({ store, engine });
    await runner.run(chain(calls), undefined, task);
    const from = done.length;
    const { opened, open } = gate();
    const slow = watchedStore(
      (write) => (write.type === 'complete' && write.step === 'a' ? opened : undefined),
      store,
    );
    const second = testRunner({ store: slow.store, engine });
    const running = second.runner.run(chain(calls), undefined, { correlationId: 'other', force: ['a'] });
    await until(() => told(second.events, ['step_start']).includes('a step_start'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(told(second.events, ['step_reused'])).toEqual([]);
    open();
    expect(outcomes(await running).slice(0, 3)).toEqual(['a complete', 'b reused', 'c reused']);
    expect(from).toBeGreaterThan(0);
    expect(appended(slow.done, /^complete/).slice(0, 3)).toEqual(['a complete', 'b complete', 'c complete']);
  });

  test('the journal tells of checks once it tells of their step', async () => {
    const { opened, open } = gate();
    const { store, done } = watchedStore((write, nth) => (isPart(write) && nth === 1 ? opened : undefined));
    const a = step('a', sql`select range as n from range(1000)`);
    const b = step('b', sql`select n % 10 as n from ${a}`, {
      checks: [unique('n')],
    });
    const { runner, events } = testRunner({ store, engine });
    const running = runner.run(
      definePipeline({ name: 'checked', processes: { main: [a, b] } }),
      undefined,
      task,
    );
    await until(() => told(events, ['step_start']).includes('b step_start'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(told(events, ['check_result'])).toEqual([]);
    open();
    await errorOf(running, 'check_failed');
    expect(appended(done, /./).filter((one) => one.startsWith('a ') || one.startsWith('b '))).toEqual([
      'a stage start',
      'a complete',
      'b stage start',
      'b checked',
      'b stage fail',
    ]);
  });

  test('a statement that began before it was decided leaves nothing behind when its step is reused', async () => {
    const begun: string[] = [];
    let last: () => Promise<void> = () => Promise.resolve();
    const store = slowLastHash(() => last());
    const seen: Engine = {
      ...engine,
      createTable(table, query, options) {
        begun.push(table.name);
        return engine.createTable(table, query, options);
      },
    };
    const tables = async (): Promise<number> => {
      const text = 'select count(*)::int as n from duckdb_tables()';
      return Number((await engine.query({ parts: [{ kind: 'text', text }] })).get(0)?.['n']);
    };
    const before = await tables();
    const build = (text: string) => {
      const a = step('a', sql`${sql.raw(text)}`);
      const slow = sql`select count(*) as n, (select count(*) from range(30000000) t(i) where i % 7 = 3) as m from ${a}`;
      return definePipeline({ name: 'twice', processes: { main: [a, step('b', slow)] } });
    };
    const { runner } = testRunner({ store, engine: seen });
    const begunIn = async (
      text: string,
      correlationId: string,
      what = () => until(() => begun.includes('b')),
    ): Promise<readonly string[]> => {
      begun.length = 0;
      last = what;
      const result = await runner.run(build(text), undefined, { correlationId });
      expect(await tables()).toBe(before);
      return [...begun, ...outcomes(result)];
    };
    const range = (rows: number) => `select range as n from range(${rows})`;
    const done = ['a complete', 'b complete'];
    expect(await begunIn(range(2_500_000), 'one')).toEqual(['a', 'b', ...done]);
    // The same content by other words: another task finds `b` in the cache once it knows.
    const same = `${range(2_500_001)} where range < 2500000`;
    expect(await begunIn(same, 'two')).toEqual(['a', 'b', 'a complete', 'b reused']);
    // Where the task itself has a checkpoint of it, that may hold as long as no part differs.
    const aWhile = () => new Promise<void>((resolve) => setTimeout(resolve, 300));
    expect(await begunIn(`${same} and true`, 'one', aWhile)).toEqual(['a', 'a complete', 'b reused']);
    expect(await begunIn(`select range + 1 as n from range(2500000)`, 'one')).toEqual(['a', 'b', ...done]);
  });

  test('a statement begins while parts of what it reads have to wait for the store', async () => {
    const { opened, open } = gate();
    const { store, done } = watchedStore((write) => (isPart(write) ? opened : undefined));
    const begun: string[] = [];
    const seen: Engine = {
      ...engine,
      createTable(table, query, options) {
        begun.push(table.name);
        return engine.createTable(table, query, options);
      },
    };
    // 160 MB, which is more than may be on its way.
    const all = step('all', sql`select range as n from range(20000000)`);
    const some = step('some', sql`select sum(n)::bigint as total from ${all}`);
    const { runner } = testRunner({ store, engine: seen });
    const running = runner.run(definePipeline({ name: 'large', processes: { main: [all, some] } }));
    await until(() => begun.includes('some'));
    expect(done.filter(isPart)).toEqual([]);
    open();
    expect(outcomes(await running)).toEqual(['all complete', 'some complete']);
    expect(begun).toEqual(['all', 'some']);
  }, 60_000);

  test('a table that cannot be stored is made again, and so is what had begun to read it', async () => {
    const begun: string[] = [];
    let failures = 0;
    const { store } = watchedStore(async (write) => {
      if (!isPart(write) || write.size < 2 ** 20 || failures > 0) return;
      await until(() => begun.includes('some'));
      failures += 1;
      if (failures === 1) throw new Error('the disk is away');
    });
    const dropped: string[] = [];
    const seen: Engine = {
      ...engine,
      createTable(table, query, options) {
        begun.push(table.name);
        return engine.createTable(table, query, options);
      },
      dropTable(table) {
        dropped.push(table.name);
        return engine.dropTable(table);
      },
    };
    const few = step('few', sql`select 20000000 as most`);
    const all = step('all', sql`select range as n from range((select most from ${few}))`, {
      retry: { maxAttempts: 2, initialDelayMs: 0 },
    });
    const slow = sql`select sum(n)::bigint as total, (select count(*) from range(30000000) t(i) where i % 7 = 3) as m from ${all}`;
    const some = step('some', slow);
    const { runner } = testRunner({ store, engine: seen });
    const result = await runner.run(definePipeline({ name: 'again', processes: { main: [few, all, some] } }));
    expect(outcomes(result)).toEqual(['few complete', 'all complete', 'some complete']);
    expect(result.steps.get('all')?.attempts).toBe(2);
    expect(begun).toEqual(['few', 'all', 'some', 'all', 'some']);
    expect(dropped.filter((name) => name === 'few')).toHaveLength(2);
    await runner.close();
  }, 60_000);

  test('the store is told that objects may come while a statement takes long, before any does', async () => {
    const told: string[] = [];
    const { objects, ...store } = slowLastHash(() => Promise.resolve());
    const watched: ObjectStore = {
      ...store,
      objects: {
        ...(objects as HashedObjects),
        warm: () => void told.push('warm'),
        put(bytes, options) {
          told.push('put');
          return (objects as HashedObjects).put(bytes, options);
        },
      },
    };
    const { runner } = testRunner({ store: watched, engine });
    const slow = sql`select count(*) as m from range(200000000) t(i) where i % 7 = 3`;
    await runner.run(definePipeline({ name: 'long', processes: { main: [step('slow', slow)] } }));
    expect(told).toEqual(['warm', 'put']);
  });

  test('few bytes are on their way at a time', async () => {
    let held = 0;
    let most = 0;
    const { store } = watchedStore(async (write) => {
      if (!isPart(write)) return;
      held += write.size;
      most = Math.max(most, held);
      await new Promise((resolve) => setTimeout(resolve, 150));
      held -= write.size;
    });
    const wide = (name: string, from: number) =>
      step(name, sql`select range + ${from} as n, hash(range + ${from}) as h from range(4000000)`);
    const pipeline = definePipeline({
      name: 'wide',
      processes: { main: [wide('one', 0), wide('two', 10_000_000), wide('three', 20_000_000)] },
    });
    const { runner } = testRunner({ store, engine, concurrency: 3 });
    await runner.run(pipeline);
    expect(most).toBeGreaterThan(32 * 2 ** 20);
    expect(most).toBeLessThanOrEqual(128 * 2 ** 20);
  }, 60_000);
});

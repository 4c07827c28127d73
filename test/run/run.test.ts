import {
  createRunner,
  definePipeline,
  effect,
  fanIn,
  param,
  secret,
  sink,
  source,
  sql,
  step,
  type CairnError,
  type RunResult,
  type SinkConnector,
  type SourceConnector,
} from '@cairn/core';
import { canceled } from '@cairn/core/plugin';
import {
  Dictionary,
  Field,
  FixedSizeList,
  Int32,
  Table,
  tableFromArrays,
  tableToIPC,
  Utf8,
  vectorFromArray,
  type DataType,
} from 'apache-arrow';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from './fixtures.js';

const engine = sharedEngine();

/** A source over numbers in memory that counts how often it is read. */
function numbers(values: { current: number[] }): SourceConnector & { reads: number } {
  const connector = {
    type: 'numbers',
    location: {},
    options: {},
    reads: 0,
    identity: () => Promise.resolve(values.current.join(',')),
    read() {
      connector.reads += 1;
      const bytes = tableToIPC(
        tableFromArrays({ n: BigInt64Array.from(values.current.map(BigInt)) }),
        'stream',
      );
      return Promise.resolve({ identity: values.current.join(','), data: { streams: [bytes] } });
    },
  };
  return connector;
}

async function column(result: RunResult, name: string, of = 'n'): Promise<unknown[]> {
  return (await result.table(name)).toArray().map((row: Record<string, unknown>) => row[of]);
}

const inFixedList = (type: DataType): Table =>
  new Table({ pair: vectorFromArray([['a', 'b']], new FixedSizeList(2, new Field('item', type, true))) });

describe('running', () => {
  test('a pipeline of every kind of step runs, and a second run computes nothing', async () => {
    const written: unknown[] = [];
    const target: SinkConnector = {
      type: 'list',
      location: { at: 'written' },
      options: {},
      async prepare(input) {
        const table = await input.arrow();
        return {
          rows: table.numRows,
          sum: String(table.toArray().reduce((sum, row) => sum + BigInt(row['n']), 0n)),
        };
      },
      commit(prepared) {
        written.push(prepared);
        return Promise.resolve(prepared);
      },
      rollback: () => Promise.resolve(),
      verify: () => Promise.resolve(true),
    };
    const values = source('values', numbers({ current: [1, 2, 3, 4] }));
    const big = step('big', sql`select n from ${values} where n >= ${param('least')}`);
    const doubled = step(
      'doubled',
      { big, least: param('least') },
      async ({ big, least }, ctx) => {
        const table = await big.arrow();
        ctx.setResult({ least: least as number });
        return table.toArray().map((row) => ({ n: Number(row['n']) * 2 }));
      },
      { version: '1' },
    );
    const all = fanIn('all', [big, doubled]);
    const save = sink('save', all, target);
    let told = 0;
    const tell = effect('tell', { all }, ({ all }) => {
      told += 1;
      return { rows: all.rows };
    });
    const pipeline = definePipeline({
      name: 'every-kind',
      params: z.object({ least: z.number().default(2) }),
      processes: { one: [values, big], two: [doubled, all, save, tell] },
    });
    const store = lastingStore();
    const { runner, events } = testRunner({ engine, store });
    const first = await runner.run(pipeline);
    expect(first.status).toBe('success');
    expect(outcomes(first)).toEqual(
      ['values', 'big', 'doubled', 'all', 'save', 'tell'].map((name) => `${name} complete`),
    );
    expect(await column(first, 'all')).toEqual([2n, 3n, 4n, 4n, 6n, 8n]);
    expect(written).toEqual([{ rows: 6, sum: '27' }]);
    expect(
      events.flatMap((event) =>
        'process' in event && !('step' in event) ? [`${event.process} ${event.type}`] : [],
      ),
    ).toEqual(['one process_start', 'one process_end', 'two process_start', 'two process_end']);

    const { runner: later } = testRunner({ engine: neverStarted(), store });
    const second = await later.run(pipeline);
    expect(outcomes(second)).toEqual([
      'values reused',
      'big reused',
      'doubled reused',
      'all reused',
      'save reused',
      // An effect is remembered until its task succeeds; then it is done again.
      'tell complete',
    ]);
    expect(told).toBe(2);
    expect(second.steps.get('all')?.contentHash).toBe(first.steps.get('all')?.contentHash);
    expect(await column(second, 'all')).toEqual([2n, 3n, 4n, 4n, 6n, 8n]);
  });

  test('a run in which everything is reused never starts the engine', async () => {
    const store = lastingStore();
    const pipeline = simple();
    await testRunner({ engine, store }).runner.run(pipeline);
    const { runner } = testRunner({ engine: neverStarted(), store });
    const result = await runner.run(pipeline);
    expect(outcomes(result)).toEqual(['a reused', 'b reused']);
    expect(await column(result, 'b')).toEqual([2]);
  });

  test('only what changed runs again, and the outcome says why', async () => {
    const values = { current: [1, 2, 3] };
    const connector = numbers(values);
    const build = (limit: number, comment = '') => {
      const input = source('input', connector);
      const even = step(
        'even',
        sql`select n ${sql.raw(comment)} from ${input} where n % 2 = 0 and n < ${limit}`,
      );
      const total = step('total', sql`select sum(n)::bigint as n from ${even}`);
      return definePipeline({ name: 'changes', processes: { main: [input, even, total] } });
    };
    const { runner } = testRunner({ engine });
    await runner.run(build(10));
    const commented = await runner.run(build(10, '/* a remark */'));
    expect(outcomes(commented)).toEqual(['input reused', 'even reused', 'total reused']);
    // The data behind the edit stays the same, so it stops there.
    const edited = await runner.run(build(11));
    expect(outcomes(edited)).toEqual(['input reused', 'even complete', 'total reused']);
    expect(edited.steps.get('even')?.reason).toMatchObject({
      code: 'changed',
      changes: [{ component: 'sql' }],
    });
    values.current = [1, 2, 3, 4];
    const changed = await runner.run(build(11));
    expect(outcomes(changed)).toEqual(['input complete', 'even complete', 'total complete']);
    expect(changed.steps.get('total')?.reason).toMatchObject({
      code: 'changed',
      changes: [{ component: 'inputs' }],
    });
    expect(await column(changed, 'total')).toEqual([6n]);
    // What was computed before is found again by its fingerprint.
    values.current = [1, 2, 3];
    expect(outcomes(await runner.run(build(11)))).toEqual(['input reused', 'even reused', 'total reused']);
  });

  test('a failed step blocks what depends on it, siblings go on, and the next run goes on from there', async () => {
    let broken = true;
    const a = step('a', sql`select 1 as n`);
    const bad = step(
      'bad',
      { a },
      () => {
        if (broken) throw new Error('not today');
        return [{ n: 5 }];
      },
      { version: '1' },
    );
    const after = step('after', sql`select * from ${bad}`);
    const sibling = step('sibling', sql`select n + 1 as n from ${a}`);
    const pipeline = definePipeline({ name: 'fails', processes: { main: [a, bad, after, sibling] } });
    const { runner, events } = testRunner({ engine });
    const error = await errorOf(runner.run(pipeline), 'run_failed');
    const result = error.details['result'] as RunResult;
    expect(outcomes(result)).toEqual(['a complete', 'bad failed', 'after skipped', 'sibling complete']);
    expect((error.cause as CairnError).code).toBe('step_failed');
    expect((error.cause as CairnError).message).toContain("Step 'bad' of pipeline 'fails': not today");
    const types = events
      .filter((event) => 'step' in event && event.step === 'bad')
      .map((event) => event.type);
    expect(types).toEqual(['step_start', 'step_error', 'step_end']);
    broken = false;
    const resumed = await runner.run(pipeline);
    expect(outcomes(resumed)).toEqual(['a reused', 'bad complete', 'after complete', 'sibling reused']);
    expect(resumed.attempt).toBe(2);
    expect((await runner.run(pipeline)).attempt).toBe(1);
  });

  test('failFast stops what does not depend on the failed step', async () => {
    const bad = step('bad', {}, () => Promise.reject(new Error('no')), { version: '1' });
    const slow = step('slow', {}, () => new Promise(() => undefined), { version: '1' });
    const pipeline = definePipeline({ name: 'fast', processes: { main: [bad, slow] } });
    const { runner } = testRunner({ engine });
    const error = await errorOf(runner.run(pipeline, undefined, { failFast: true }), 'run_failed');
    expect(outcomes(error.details['result'] as RunResult)[0]).toBe('bad failed');
    expect((error.cause as CairnError).message).toContain('no');
  });

  test('a step without a checkpoint runs when, and only when, a step that runs needs it', async () => {
    let runs = 0;
    const build = (version: string) => {
      const base = step('base', sql`select 3 as n`);
      const passing = step(
        'passing',
        { base },
        async ({ base }) => {
          runs += 1;
          return base.arrow();
        },
        { version: '1', checkpoint: false },
      );
      const end = step('end', { passing }, async ({ passing }) => passing.arrow(), { version });
      return definePipeline({ name: 'passing', processes: { main: [base, passing, end] } });
    };
    const { runner } = testRunner({ engine });
    const first = await runner.run(build('1'));
    expect(outcomes(first)).toEqual(['base complete', 'passing complete', 'end complete']);
    const second = await runner.run(build('1'));
    expect(outcomes(second)).toEqual(['base reused', 'passing skipped', 'end reused']);
    expect(second.status).toBe('success');
    expect(runs).toBe(1);
    const third = await runner.run(build('2'));
    expect(outcomes(third)).toEqual(['base reused', 'passing complete', 'end complete']);
    expect(runs).toBe(2);
    const error = await errorOf(third.table('passing'), 'checkpoint_not_found');
    expect(error.message).toContain('false');
  });

  test('volatile results are reused within their task, and by no other', async () => {
    for (const [query, isVolatile] of [
      [sql`select now() as n`, true],
      [sql`from range(1000) using sample 10`, true],
      [sql`select * from range(1000) tablesample reservoir(10 rows) repeatable (7)`, false],
      [sql`select 1 as sample`, false],
    ] as const) {
      const { runner } = testRunner({ engine });
      const sampled = definePipeline({ name: 'sampled', processes: { main: [step('s', query)] } });
      await runner.run(sampled, undefined, { correlationId: 'one' });
      const again = await runner.run(sampled, undefined, { correlationId: 'two' });
      expect(outcomes(again)).toEqual([isVolatile ? 's complete' : 's reused']);
    }
    const pipeline = definePipeline({
      name: 'dice',
      processes: { main: [step('roll', sql`select random() as n`)] },
    });
    const { runner } = testRunner({ engine });
    const first = await runner.run(pipeline, undefined, { correlationId: 'one' });
    expect(outcomes(await runner.run(pipeline, undefined, { correlationId: 'one' }))).toEqual([
      'roll reused',
    ]);
    const other = await runner.run(pipeline, undefined, { correlationId: 'two' });
    expect(outcomes(other)).toEqual(['roll complete']);
    expect(other.steps.get('roll')?.contentHash).not.toBe(first.steps.get('roll')?.contentHash);
  });

  test('correlationId null turns resuming off, yet the cache still serves', async () => {
    const { runner } = testRunner({ engine });
    const pipeline = definePipeline({
      name: 'once',
      processes: { main: [step('roll', sql`select random() as n`), step('same', sql`select 1 as n`)] },
    });
    await runner.run(pipeline, undefined, { correlationId: null });
    const second = await runner.run(pipeline, undefined, { correlationId: null });
    expect(outcomes(second)).toEqual(['roll complete', 'same reused']);
    expect(second.correlationId).toBe(null);
  });

  test('force runs a step although its checkpoint holds', async () => {
    const { runner } = testRunner({ engine });
    const pipeline = simple();
    await runner.run(pipeline);
    const forced = await runner.run(pipeline, undefined, { force: ['a'] });
    expect(outcomes(forced)).toEqual(['a complete', 'b reused']);
    expect(forced.steps.get('a')?.reason).toEqual({ code: 'forced' });
    await errorOf(runner.run(pipeline, undefined, { force: ['c' as 'a'] }), 'unknown_step');
  });

  test('secrets are resolved when the step runs and stand nowhere in the store', async () => {
    const store = lastingStore();
    let seen: unknown;
    const use = effect('use', { token: secret('TOKEN') }, ({ token }) => {
      seen = token;
    });
    const tell = effect(
      'tell',
      { token: secret('TOKEN') },
      ({ token }) => {
        throw new Error(`refused: ${token}`, {
          cause: new Error(`https://example.org/?token=${encodeURIComponent(token)}`),
        });
      },
      { after: [use] },
    );
    const pipeline = definePipeline({ name: 'secrets', processes: { main: [use, tell] } });
    await errorOf(testRunner({ engine, store }).runner.run(pipeline), 'secret_not_found');
    const { runner } = testRunner({ engine, store, secrets: { TOKEN: 'very-secret value' } });
    await errorOf(runner.run(pipeline), 'step_failed');
    expect(seen).toBe('very-secret value');
    const stored: string[] = [];
    for await (const { key } of store.list('')) {
      const values = key.endsWith('/journal') ? store.log(key) : [await store.get(key)];
      for await (const bytes of values) stored.push(Buffer.from(bytes ?? []).toString('latin1'));
    }
    expect(stored.filter((text) => text.includes('refused: ***')).length).toBeGreaterThan(1);
    expect(stored.filter((text) => /very-secret(%20| )value/.test(text))).toEqual([]);
  });
});

describe('transforms', () => {
  const run = (returned: () => unknown) => {
    const input = step('input', sql`select 1 as n`);
    const out = step('out', { input }, returned as () => never, { volatile: true });
    const pipeline = definePipeline({ name: 'returns', processes: { main: [input, out] } });
    return testRunner({ engine }).runner.run(pipeline);
  };

  test('may return rows, an Arrow Table, IPC bytes in both formats, or sql', async () => {
    const table = tableFromArrays({ n: Int32Array.from([1, 2]) });
    for (const value of [
      [{ n: 1 }, { n: 2 }],
      table,
      tableToIPC(table, 'stream'),
      tableToIPC(table, 'file'),
    ]) {
      expect((await column(await run(() => value), 'out')).map(Number)).toEqual([1, 2]);
    }
    const input = step('input', sql`select 41 as n`);
    const out = step('out', { input }, () => sql`select n + ${1} as n from ${input}`, { version: '1' });
    const pipeline = definePipeline({ name: 'returns-sql', processes: { main: [input, out] } });
    const { runner } = testRunner({ engine });
    expect(await column(await runner.run(pipeline), 'out')).toEqual([42]);
    // What it names stands in the engine no more, and nothing but the statement asks for it.
    expect(await column(await runner.run(pipeline, undefined, { force: ['out'] }), 'out')).toEqual([42]);
  });

  test('rows take their types from all values', async () => {
    const result = await run(() => [
      {
        i: 1,
        f: 1,
        b: true,
        s: 'x',
        d: new Date(0),
        y: new Uint8Array([1]),
        l: [1, 2],
        o: { a: 1, b: 'z' },
        z: null,
      },
      { i: 2 ** 40, f: 1.5, s: null, l: [], o: { a: 2 } },
    ]);
    const schema = (await result.table('out')).schema.fields.map(
      (field) => `${field.name} ${String(field.type)}`,
    );
    expect(schema.slice(0, 4)).toEqual(['i Int64', 'f Float64', 'b Bool', 's Utf8']);
    const row = (await result.table('out')).get(0)?.toJSON() as Record<string, unknown>;
    expect([row['i'], row['f'], row['b'], row['s'], Number(row['d'])]).toEqual([1n, 1, true, 'x', 0]);
  });

  test('values in a list of fixed size come as they are', async () => {
    const result = await run(() => inFixedList(new Utf8()));
    expect((await result.table('out')).toArray().map(String)).toEqual(['{"pair": ["a","b"]}']);
  });

  test('nonsense is refused, naming the step and what came', async () => {
    const cases: [unknown, RegExp][] = [
      [undefined, /undefined/],
      [null, /null/],
      [42, /number/],
      [[], /no rows/],
      [[1], /item 0/],
      [[{ n: 1 }, { n: 'x' }], /'n' mixes/],
      [[{ n: () => 1 }], /no known type in row 0, column 'n'/],
      [new Uint8Array([1, 2, 3]), /no Arrow IPC/],
      [{ rows: [] }, /an object/],
      [[{ n: 2n ** 70n }], /beyond 64 bits/],
      [[{ d: new Date(Number.NaN) }], /invalid Date/],
      [
        inFixedList(new Dictionary(new Utf8(), new Int32())),
        /column 'pair' has a dictionary in a fixed-size list/,
      ],
    ];
    for (const [value, message] of cases) {
      const error = await errorOf(
        run(() => value),
        'invalid_transform_result',
      );
      expect(error.message).toMatch(message);
      expect(error.message).toContain("Step 'out' of pipeline 'returns'");
    }
  });
});

describe('cancelling', () => {
  test('a signal cancels the run at once, keeps what was finished, and the next run goes on', async () => {
    const { runner, events } = testRunner({ engine });
    const stop = new AbortController();
    let slow = true;
    const first = step('first', sql`select 1 as n`);
    const waits = step(
      'waits',
      { first },
      async (_, ctx) => {
        if (!slow) return [{ n: 1 }];
        stop.abort('enough');
        return new Promise((_, reject) => {
          ctx.signal.addEventListener('abort', () => reject(new Error('stopped')));
        });
      },
      { version: '1' },
    );
    const never = step('never', sql`select * from ${waits}`);
    const pipeline = definePipeline({ name: 'cancels', processes: { main: [first, waits, never] } });
    const error = await errorOf(runner.run(pipeline, undefined, { signal: stop.signal }), 'canceled');
    expect(error.name).toBe('AbortError');
    expect(error.cause).toBe('enough');
    expect(outcomes(error.details['result'] as RunResult)).toEqual([
      'first complete',
      'waits canceled',
      'never canceled',
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'pipeline_end', status: 'canceled' });
    slow = false;
    expect(outcomes(await runner.run(pipeline))).toEqual([
      'first reused',
      'waits complete',
      'never complete',
    ]);
  });

  test('a running statement is stopped within a second', async () => {
    const { runner } = testRunner({ engine });
    const heavy = step('heavy', sql`select count(*) as n from range(100000000000) r where r.range % 7 = 3`);
    const run = runner.start(definePipeline({ name: 'heavy', processes: { main: [heavy] } }));
    for await (const event of run.events) if (event.type === 'step_start') break;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const begun = Date.now();
    await run.cancel('enough');
    expect(Date.now() - begun).toBeLessThan(5_000);
    await errorOf(run.result, 'canceled');
    const after = await runner.run(simple());
    expect(after.status).toBe('success');
  });

  test('an aborted signal, and a closed runner, are told at once', async () => {
    const { runner } = testRunner({ engine });
    await errorOf(runner.run(simple(), undefined, { signal: AbortSignal.abort() }), 'canceled');
    await runner.close();
    await runner.close();
    await errorOf(runner.run(simple()), 'already_closed');
  });
});

test('many steps at once are no leak of listeners', async () => {
  const warned: string[] = [];
  const onWarning = (warning: Error) => void warned.push(warning.name);
  process.on('warning', onWarning);
  try {
    const { runner } = testRunner({ engine, concurrency: 32 });
    const base = step('base', sql`select 1 as n`);
    const wide = Array.from({ length: 40 }, (_, index) =>
      step(`s${index}`, sql`select n + ${index} as n from ${base}`),
    );
    const waits = Array.from({ length: 30 }, (_, index) =>
      step(`w${index}`, { base }, ({ base: input }) => input.arrow(), { version: String(index) }),
    );
    await runner.run(definePipeline({ name: 'wide', processes: { main: [base, ...wide, ...waits] } }));
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', onWarning);
  }
  expect(warned).toEqual([]);
});

test('a sink that keeps no checkpoint is not rolled back by the next run', async () => {
  const log: string[] = [];
  const target: SinkConnector = {
    type: 'log',
    location: {},
    options: {},
    prepare: () => Promise.resolve({}),
    commit: () => Promise.resolve(log.push('commit')).then(() => ({})),
    rollback: () => Promise.resolve(log.push('rollback')).then(() => undefined),
    verify: () => Promise.resolve(true),
  };
  const a = step('a', sql`select 1 as n`);
  const save = sink('save', a, target, { checkpoint: false });
  const pipeline = definePipeline({ name: 'unkept', processes: { main: [a, save] } });
  const { runner } = testRunner({ engine });
  await runner.run(pipeline);
  await runner.run(pipeline);
  expect(log).toEqual(['commit', 'commit']);
});

test('a missing correlation id is told before anything is done', async () => {
  let done = 0;
  const act = effect('act', {}, () => (done += 1), { checkpoint: 'correlation' });
  const { runner, events } = testRunner({ engine });
  const pipeline = definePipeline({ name: 'nobody', processes: { main: [act] } });
  await errorOf(runner.run(pipeline, undefined, { correlationId: null }), 'correlation_id_required');
  expect([done, events.length]).toEqual([0, 0]);
});

test('a cancellation of something else inside a step fails the step, and the run says so', async () => {
  const a = step('a', {}, () => Promise.reject(canceled('Another run')), { version: '1' });
  const { runner, events } = testRunner({ engine });
  const run = runner.run(definePipeline({ name: 'inner', processes: { main: [a] } }));
  expect((await errorOf(run, 'step_failed')).message).toContain('Another run');
  expect(events.at(-1)).toMatchObject({ type: 'pipeline_end', status: 'failed' });
});

test('a connector that ignores the signal does not hold up a cancelled run', async () => {
  const deaf: SourceConnector = {
    type: 'deaf',
    location: {},
    options: {},
    identity: () => new Promise<never>(() => undefined),
    read: () => new Promise<never>(() => undefined),
  };
  const { runner } = testRunner({ engine });
  const run = runner.start(definePipeline({ name: 'deaf', processes: { main: [source('a', deaf)] } }));
  setTimeout(() => void run.cancel('enough'), 50);
  await errorOf(run.result, 'canceled');
});

test('what is made of chance through a step without a checkpoint is chance too', async () => {
  const a = step('a', sql`select random() as r`, { checkpoint: false });
  const b = step('b', sql`select r from ${a}`);
  const pipeline = definePipeline({ name: 'chance', processes: { main: [a, b] } });
  const { runner } = testRunner({ engine });
  const one = await runner.run(pipeline, undefined, { correlationId: 'one' });
  expect(outcomes(await runner.run(pipeline, undefined, { correlationId: 'one' }))).toEqual([
    'a skipped',
    'b reused',
  ]);
  const two = await runner.run(pipeline, undefined, { correlationId: 'two' });
  expect(two.steps.get('b')?.contentHash).not.toBe(one.steps.get('b')?.contentHash);
});

test('a source that is another one at each reading ends in an error, not in a loop', async () => {
  let reads = 0;
  const restless: SourceConnector = {
    type: 'restless',
    location: {},
    options: {},
    identity: () => Promise.resolve(`at ${(reads += 1)}`),
    read: () =>
      Promise.resolve({ identity: `at ${(reads += 1)}`, data: { query: sql`select 1 as n`, files: {} } }),
  };
  const a = source('a', restless, { checkpoint: false });
  const b = step('b', sql`select n from ${a}`);
  const { runner } = testRunner({ engine });
  const run = runner.run(definePipeline({ name: 'restless', processes: { main: [a, b] } }));
  expect((await errorOf(run, 'step_failed')).message).toContain('each time');
});

test('a process ends after the last of its steps, also one that is asked for late', async () => {
  const a = step('a', sql`select 1 as n`, { checkpoint: false });
  const b = step('b', sql`select n from ${a}`);
  const { runner, events } = testRunner({ engine });
  await runner.run(definePipeline({ name: 'late', processes: { ingest: [a], report: [b] } }));
  const end = events.findIndex((event) => event.type === 'process_end' && event.process === 'ingest');
  expect(end).toBeGreaterThan(events.findIndex((event) => event.type === 'step_end' && event.step === 'a'));
});

test('a step that is cancelled as it starts leaves no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', onUnhandled);
  try {
    const a = step('a', {}, async (_, ctx) => Promise.reject(new Error(`${ctx.attempt}`)), { version: '1' });
    const stop = new AbortController();
    const onEvent = (event: { readonly type: string }) => {
      if (event.type === 'step_start') stop.abort();
    };
    const { runner } = testRunner({ engine });
    const pipeline = definePipeline({ name: 'early', processes: { main: [a] } });
    await errorOf(runner.run(pipeline, undefined, { signal: stop.signal, onEvent }), 'canceled');
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.off('unhandledRejection', onUnhandled);
  }
  expect(unhandled).toEqual([]);
});

describe('creating a runner', () => {
  test('refuses parts that are none, and options that it does not know', () => {
    const store = lastingStore();
    const codeOf = (options: object) => {
      try {
        createRunner({ store, engine, ...options });
      } catch (error) {
        return (error as CairnError).code;
      }
      return undefined;
    };
    expect(codeOf({})).toBe(undefined);
    const wrong = [
      { store: {} },
      { engine: undefined },
      { concurrency: 0 },
      { concurency: 2 },
      { observers: {} },
      { observers: [{}] },
      { catalog: {} },
      { clock: {} },
      { logger: { info: () => undefined } },
    ];
    for (const bad of wrong) expect(codeOf(bad), JSON.stringify(bad)).toBe('invalid_argument');
    vi.stubGlobal('crypto', {});
    try {
      expect(codeOf({})).toBe('insecure_context');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test('run options are checked before any event', async () => {
    const { runner, events } = testRunner({ engine });
    const bad: [object, 'invalid_argument' | 'invalid_id'][] = [
      [{ atempt: 2 }, 'invalid_argument'],
      [{ attempt: 0 }, 'invalid_argument'],
      [{ onEvent: 1 }, 'invalid_argument'],
      [{ correlationId: '..' }, 'invalid_id'],
      [{ correlationId: '' }, 'invalid_id'],
      [{ runId: 'a/b' }, 'invalid_id'],
      [{ signal: 1 }, 'invalid_argument'],
    ];
    const { runner: other } = testRunner({ engine });
    await errorOf(other.run(simple(), undefined, { force: [1] } as never), 'unknown_step');
    await errorOf(other.start(simple(), undefined, null as never).result, 'invalid_argument');
    await errorOf(other.gc(null as never), 'invalid_argument');
    await errorOf(other.gc({ signal: 1 } as never), 'invalid_argument');
    for (const [options, code] of bad) await errorOf(runner.run(simple(), undefined, options), code);
    await errorOf(runner.run({} as ReturnType<typeof simple>), 'invalid_argument');
    expect(events).toEqual([]);
  });
});

describe('observers', () => {
  test('cannot fail a run, and are flushed exactly once, also when it fails', async () => {
    const flushed: string[] = [];
    const observers = [
      {
        name: 'throws',
        onEvent: () => {
          throw new Error('observer');
        },
        flush: () => {
          flushed.push('throws');
          throw new Error('flush');
        },
      },
      {
        name: 'rejects',
        onEvent: () => Promise.reject(new Error('observer')),
        flush: () => {
          flushed.push('rejects');
          return Promise.reject(new Error('flush'));
        },
      },
    ];
    const logged: string[] = [];
    const log = (_: unknown, message: string) => void logged.push(message);
    const logger = { debug: log, info: log, warn: log, error: log };
    const { runner, events } = testRunner({ engine, observers, logger });
    expect((await runner.run(simple())).status).toBe('success');
    expect(flushed).toEqual(['throws', 'rejects']);
    expect(logged.some((message) => message.includes('flush'))).toBe(true);
    expect(events[0]?.type).toBe('pipeline_start');
    const bad = definePipeline({ name: 'bad', processes: { main: [step('bad', sql`select nothing`)] } });
    await errorOf(runner.run(bad), 'sql_failed');
    expect(flushed).toHaveLength(4);
  });

  test('cannot fail a run where the logger that is told of it fails too', async () => {
    const full = (): never => {
      throw new Error('disk full');
    };
    const logger = { debug: full, info: full, warn: full, error: full };
    const observer = { onEvent: full, flush: () => Promise.reject(new Error('flush')) };
    const rejecting = { onEvent: () => Promise.reject(new Error('observer')) };
    const { runner } = testRunner({ engine, observers: [observer, rejecting], logger });
    expect((await runner.run(simple())).status).toBe('success');
    const bad = definePipeline({ name: 'bad', processes: { main: [step('bad', sql`select nothing`)] } });
    await errorOf(runner.run(bad), 'sql_failed');
  });

  test('the handle tells every event from the first one on, whenever it is asked', async () => {
    const { runner } = testRunner({ engine });
    const run = runner.start(simple());
    await run.result;
    const types: string[] = [];
    for await (const event of run.events) types.push(event.type);
    expect(types[0]).toBe('pipeline_start');
    expect(types.at(-1)).toBe('pipeline_end');
  });
});

function simple() {
  const a = step('a', sql`select 1 as n`);
  const b = step('b', sql`select n + 1 as n from ${a}`);
  return definePipeline({ name: 'simple', processes: { main: [a, b] } });
}

function neverStarted(): typeof engine {
  const refuse = () => {
    throw new Error('the engine was started');
  };
  return {
    ...engine,
    open: refuse,
    createTable: refuse,
    query: refuse,
    exportParts: refuse,
    importParts: refuse,
  };
}

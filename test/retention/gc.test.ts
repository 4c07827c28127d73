import { definePipeline, sql, step, type GcReport } from '@cairn/core';
import { runnerFromConfig } from '@cairn/core/config';
import { describe, expect, test } from 'vitest';
import { errorOf, outcomes, sharedEngine } from '../run/fixtures.js';
import { chain, dayMs, storeWithTime } from './store-with-time.js';

const engine = sharedEngine();
const orphan = `objects/${'a'.repeat(64)}`;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
/** What was removed, as `kind of whom: why`. */
const told = ({ removed }: GcReport): string[] =>
  removed.map(
    ({ kind, of, reason }) =>
      `${kind} ${of.map(({ pipeline, step }) => `${pipeline}/${step}`).join()} ${reason.code}`,
  );

describe('what is garbage', () => {
  test('nothing is, after runs that were never interrupted', async () => {
    const { runner: make, keys, later } = storeWithTime(engine);
    const { runner } = make();
    await runner.run(chain('one'));
    await runner.run(chain('two'), undefined, { correlationId: null });
    later(1);
    const before = await keys('objects/');
    expect(await runner.gc()).toMatchObject({ dryRun: false, removed: [], spared: [] });
    expect(await keys('objects/')).toEqual(before);
    expect(await keys('gc/')).toEqual([]);
  });

  test('a part that no manifest names is, once it is not recent; a dry run tells so and does nothing', async () => {
    const { store, runner: make, keys, later } = storeWithTime(engine);
    const { runner } = make();
    await runner.run(chain('one'));
    await store.put(orphan, text('left by a killed run'));
    expect((await runner.gc()).removed).toEqual([]);
    expect((await runner.gc({ graceMs: 0 })).removed).toEqual([]);
    later(1);
    const dry = await runner.gc({ dryRun: true });
    const item = { kind: 'orphan', keys: [orphan], bytes: 20, reason: { code: 'orphan' }, of: [] };
    expect(dry).toMatchObject({ dryRun: true, removed: [item], before: { parts: 4 }, after: { parts: 3 } });
    expect(await keys(orphan)).toEqual([orphan]);
    expect(await keys('gc/')).toEqual([]);
    expect(await runner.gc()).toMatchObject({ ...dry, dryRun: false, at: expect.any(String) });
    expect(await keys(orphan)).toEqual([]);
    expect(await keys('objects/')).toHaveLength(3);
  });

  test('a part is not, while a task is bound that was bound before it was put', async () => {
    const { store, runner: make, later } = storeWithTime(engine);
    const { runner } = make();
    const task = await runner.bind(chain('one'));
    await store.put(orphan, text('on its way'));
    later(3);
    expect(await runner.gc({ graceMs: 0 })).toMatchObject({ removed: [] });
    await task.unbind();
    expect(told(await runner.gc({ graceMs: 0 }))).toEqual(['orphan  orphan']);
  });

  test('a log of a run without a task to go back to is, once the run is over', async () => {
    const { store, runner: make, keys, later } = storeWithTime(engine);
    const { runner } = make({ keepLast: 1 });
    await runner.run(chain('one'), undefined, { correlationId: null, runId: 'first' });
    later(1);
    await runner.run(chain('one'), undefined, { correlationId: null, runId: 'second' });
    // A run that was killed before it could clean up: its log of scope run has an owner that has gone on.
    const parts = step('parts', sql`select 1 as n`, { checkpoint: 'run' });
    const killed = definePipeline({ name: 'killed', processes: { main: [parts] } });
    await runner.run(killed, undefined, { correlationId: 'k', runId: 'third' });
    for await (const record of store.log('runs/second/journal')) {
      if (new TextDecoder().decode(record).includes('"complete"'))
        await store.append('runs/third/journal', record);
    }
    later(1);
    expect(told(await runner.gc())).toContain('run_log one/a,one/b,one/c run_over');
    expect(await keys('runs/')).toEqual(['runs/second/journal']);
    // What is kept of the first run is what the second one shares with it.
    expect(await keys('objects/')).toHaveLength(3);
  });

  test('a cache entry is that is no manifest, or whose parts are gone though nobody evicted them', async () => {
    const { store, runner: make, keys, later } = storeWithTime(engine);
    const { runner } = make();
    const { steps } = await runner.run(chain('one'));
    const key = `cache/${steps.get('b')?.fingerprint ?? ''}.json`;
    const manifest = JSON.parse(new TextDecoder().decode(await store.get(key))) as {
      readonly parts: readonly { readonly sha256: string }[];
    };
    await store.put(`cache/${'b'.repeat(64)}.json`, text('{'));
    for (const { sha256 } of manifest.parts) await store.delete(`objects/${sha256}`);
    later(1);
    expect(told(await runner.gc())).toEqual(
      expect.arrayContaining(['cache_entry  damaged', 'cache_entry one/b damaged']),
    );
    expect(await keys('cache/')).toHaveLength(2);
    // The task still says that it has it, and that is damage.
    expect((await runner.checkpoints({ state: 'damaged' })).map((one) => one.step)).toEqual(['b']);
  });
});

describe('what retention evicts', () => {
  test('what was used least recently, until the store is below maxBytes', async () => {
    const { runner: make, later } = storeWithTime(engine);
    const { runner } = make();
    for (const name of ['one', 'two', 'three']) {
      await runner.run(chain(name));
      later(1);
    }
    // The oldest is used again, and so is not the one that was used least recently.
    expect(outcomes(await runner.run(chain('one')))).toEqual(['a reused', 'b reused', 'c reused']);
    later(1);
    const { before } = await runner.gc({ dryRun: true });
    const { runner: small } = make({ maxBytes: before.bytes / 2, keepLast: 0 });
    const report = await small.gc();
    expect(told(report)).toEqual([
      'table two/a max_bytes',
      'table two/b max_bytes',
      'table three/a max_bytes',
      'table three/b max_bytes',
    ]);
    expect(report.after.bytes).toBeLessThanOrEqual(before.bytes / 2);
    // The third table is the same in all of them.
    expect(report.kept).toEqual([{ because: 'within_limits', tables: 3, bytes: report.after.bytes }]);
    expect((await small.gc()).removed).toEqual([]);
  });

  test('what another rule says, when it is asked for: each option for itself, and for this once', async () => {
    const { runner: make, later } = storeWithTime(engine);
    const { runner } = make({ maxBytes: 0, keepLast: 1 });
    await runner.run(chain('one'));
    later(1);
    const kept = async (keepLast?: number): Promise<readonly unknown[]> =>
      (await runner.checkpoints({ step: 'a' }, { retention: { keepLast } })).map((one) => one.kept);
    expect(await kept()).toEqual([['keep_last']]);
    expect(await kept(0)).toEqual([[]]);
    expect((await runner.gc({ dryRun: true })).removed).toEqual([]);
    const other = { retention: { keepLast: 0 } };
    expect(told(await runner.gc({ dryRun: true, ...other }))).toHaveLength(3);
    expect((await runner.gc({ retention: { ...other.retention, maxBytes: Infinity } })).removed).toEqual([]);
    expect(told(await runner.gc(other))).toHaveLength(3);
    await errorOf(runner.gc({ retention: { keepLast: -1 } }), 'invalid_argument');
    await errorOf(runner.checkpoints({}, { retention: { keep: 1 } as never }), 'invalid_argument');
  });

  test('what nobody has used for maxAge, in unfinished tasks too', async () => {
    const { runner: make, later } = storeWithTime(engine);
    const { runner } = make({ maxAge: 10 * dayMs, keepLast: 0 });
    const a = step('a', sql`select 1 as n`);
    const failing = definePipeline({
      name: 'failing',
      processes: { main: [a, step('b', sql`select error('no') as n from ${a}`)] },
    });
    await errorOf(runner.run(failing), 'sql_failed');
    later(6);
    await runner.run(chain('one'));
    later(6);
    expect(told(await runner.gc())).toEqual(['table failing/a max_age']);
    later(6);
    expect(told(await runner.gc())).toHaveLength(3);
  });

  test('neither what the last successful runs have, nor what is tagged, unfinished or of another scope', async () => {
    const { runner: make, later } = storeWithTime(engine);
    const { runner } = make({ maxBytes: 0, keepLast: 2, keepTagged: ['gold'] });
    for (const [at, tag] of ['gold', 'lead', 'lead', 'lead'].entries()) {
      await using task = await runner.bind(chain('nightly', at), undefined, {
        correlationId: `night-${at}`,
        tags: [tag],
      });
      await task.execute();
      later(1);
    }
    // Two runs of one task: the earlier one's table has no task any more, only the cache has it.
    for (const last of [10, 20, 30])
      await runner.run(chain('daily', last), undefined, { correlationId: 'day' });
    const short = step('short', sql`select 1 as n`, { checkpoint: 'correlation' });
    const other = step('other', sql`select error('no') as n from ${short}`);
    const failing = definePipeline({ name: 'failing', processes: { main: [short, other] } });
    await errorOf(runner.run(failing), 'sql_failed');
    later(1);
    const { removed, kept } = await runner.gc();
    const gone = removed.flatMap(({ of }) => of.map(({ pipeline, step }) => `${pipeline}/${step}`));
    // night-1 and the day's first run; what the kept ones share with them stays.
    expect(gone).toEqual(['nightly/c', 'daily/c']);
    expect(Object.fromEntries(kept.map(({ because, tables }) => [because, tables]))).toEqual({
      scope: 1,
      keep_tagged: 3,
      keep_last: 6,
    });
  });

  test('nothing of a task that somebody works on', async () => {
    const { runner: make, later } = storeWithTime(engine);
    const { runner } = make({ maxBytes: 0, maxAge: 0, keepLast: 0 });
    await runner.run(chain('one'));
    later(1);
    const task = await runner.bind(chain('one'));
    expect(await runner.gc()).toMatchObject({ removed: [], kept: [{ because: 'live', tables: 3 }] });
    await task.unbind();
    expect((await runner.gc()).removed).toHaveLength(3);
  });

  test('nothing of a run without a lease that has not ended, unless it has been silent for a day', async () => {
    const { store, runner: make, later, now } = storeWithTime(engine);
    const { runner } = make({ maxBytes: 0, keepLast: 0 });
    await runner.run(chain('one'), undefined, { correlationId: 'free' });
    const at = new Date(now()).toISOString();
    const begun = { type: 'run_begun', runId: 'r', attempt: 1, at };
    await store.append('correlations/free/one/journal', text(JSON.stringify(begun)));
    await store.put(orphan, text('on its way'));
    later(0.5);
    expect(await runner.gc()).toMatchObject({ removed: [], kept: [{ because: 'live', tables: 3 }] });
    later(1);
    expect(told(await runner.gc())).toEqual(['orphan  orphan']);
  });

  test('a table that another one shares parts with goes with it', async () => {
    const { runner: make, later } = storeWithTime(engine);
    const same = (name: string) =>
      definePipeline({ name, processes: { main: [step('same', sql`select 7 as n where ${name} <> ''`)] } });
    const { runner } = make({ maxAge: 2 * dayMs, keepLast: 0 });
    await runner.run(same('one'));
    later(2);
    await runner.run(same('two'));
    later(1);
    expect((await runner.gc()).removed).toEqual([]);
    later(2);
    const { removed } = await runner.gc();
    expect(removed).toHaveLength(1);
    expect(removed[0]?.of.map(({ pipeline }) => pipeline)).toEqual(['two', 'one']);
  });

  test('the manifests of what was evicted go when nobody has come back for maxAge', async () => {
    const { runner: make, keys, later } = storeWithTime(engine);
    const { runner } = make({ maxAge: 10 * dayMs, keepLast: 0 });
    await runner.run(chain('one'));
    later(11);
    expect((await runner.gc()).removed.map(({ kind }) => kind)).toEqual(['table', 'table', 'table']);
    expect(await keys('cache/')).toHaveLength(3);
    later(11);
    expect((await runner.gc()).removed.map(({ kind }) => kind)).toEqual([
      'cache_entry',
      'cache_entry',
      'cache_entry',
    ]);
    expect(await keys('cache/')).toEqual([]);
    // The task itself has them still, and knows that they were evicted.
    expect((await runner.checkpoints()).map(({ state }) => state)).toEqual(['evicted', 'evicted', 'evicted']);
  });
});

describe('collectors', () => {
  test('two at once exclude each other; a dry run waits for nobody', async () => {
    const { store, runner: make } = storeWithTime(engine);
    const { runner } = make();
    const lease = await store.acquire('gc/');
    await errorOf(runner.gc(), 'task_bound');
    expect((await runner.gc({ dryRun: true })).removed).toEqual([]);
    await lease.release();
    await runner.gc();
  });

  test('do nothing while they cannot read what a task names', async () => {
    const { store, runner: make, keys, later } = storeWithTime(engine);
    const { runner } = make();
    await store.append('correlations/job/other/journal', text('{"type":"task","formatVersion":9}'));
    await store.put(orphan, text('whose?'));
    later(1);
    await errorOf(runner.gc(), 'unsupported_format');
    await store.delete('correlations/job/other/journal');
    await store.append('correlations/job/other/journal', text('no JSON'));
    await errorOf(runner.gc(), 'journal_damaged');
    expect(await keys(orphan)).toEqual([orphan]);
  });

  test('can be ended', async () => {
    const { store, runner: make, keys, later } = storeWithTime(engine);
    const { runner } = make();
    await store.put(orphan, text('left'));
    later(1);
    await errorOf(runner.gc({ signal: AbortSignal.abort() }), 'canceled');
    expect(await keys(orphan)).toEqual([orphan]);
    expect((await runner.gc()).removed).toHaveLength(1);
    await runner.close();
    await errorOf(runner.gc(), 'already_closed');
    await errorOf(runner.checkpoints(), 'already_closed');
  });

  test('what is no retention, and what is no option, is refused', async () => {
    const { runner: make } = storeWithTime(engine);
    const wrong = [
      { maxBytes: -1 },
      { maxAge: NaN },
      { maxBytes: null },
      { maxAge: null },
      { maxAge: '5' },
      { keepLast: 1.5 },
      { keepTagged: 'keep' },
      { maxbytes: 1 },
    ];
    for (const retention of wrong)
      expect(() => make(retention as never), JSON.stringify(retention)).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      );
    const { runner } = make();
    await errorOf(runner.gc({ graceMs: -1 }), 'invalid_argument');
    await errorOf(runner.gc({ graceMs: null } as never), 'invalid_argument');
    await errorOf(runner.gc({ dryRun: 'no' } as never), 'invalid_argument');
    await errorOf(runner.gc({ dry: true } as never), 'invalid_argument');
    await errorOf(runner.checkpoints({ name: 'a' } as never), 'invalid_argument');
  });
});

test('checkpoints are listed by pipeline and step, with who has them and when they were used', async () => {
  const { runner: make, later } = storeWithTime(engine);
  const { runner } = make({ maxBytes: 0, keepLast: 0 });
  const { steps } = await runner.run(chain('one'), undefined, { correlationId: 'x' });
  later(1);
  await runner.run(chain('one'), undefined, { correlationId: 'y' });
  later(1);
  const listed = await runner.checkpoints({ pipeline: 'one', step: 'b' });
  expect(listed).toEqual([
    {
      pipeline: 'one',
      step: 'b',
      scope: 'cache',
      fingerprint: steps.get('b')?.fingerprint,
      contentHash: steps.get('b')?.contentHash,
      volatile: false,
      rows: 1000,
      bytes: steps.get('b')?.bytes,
      parts: 1,
      state: 'stored',
      eviction: undefined,
      createdAt: expect.stringMatching(/^2026-01-01/),
      lastUsedAt: expect.stringMatching(/^2026-01-02/),
      cached: true,
      correlationIds: ['x', 'y'],
      kept: [],
    },
  ]);
  await runner.gc();
  expect(await runner.checkpoints({ state: 'stored' })).toEqual([]);
  const evicted = await runner.checkpoints({ state: 'evicted' });
  expect(evicted.map(({ step, eviction }) => `${step} ${eviction?.because ?? ''}`)).toEqual([
    'a max_bytes',
    'b max_bytes',
    'c max_bytes',
  ]);
});

test('a configuration says what is kept', async () => {
  const { store, runner: make, later, now } = storeWithTime(engine);
  await make().runner.run(chain('one'));
  later(1);
  const config = {
    storage: { type: 'memory' },
    retention: { maxBytes: 0, keepLast: 0, keepTagged: ['gold'] },
  };
  const configured = runnerFromConfig(config, { registry: {}, store, engine, clock: { now } });
  expect((await configured.gc({ dryRun: true })).removed).toHaveLength(3);
  for (const retention of [
    { maxBytes: -1 },
    { maxAge: '1 day' },
    { keepLast: 0.5 },
    { keepTagged: 'a' },
    { keep: 1 },
  ])
    expect(() => runnerFromConfig({ ...config, retention }, { registry: {}, store, engine })).toThrow(
      expect.objectContaining({ code: 'invalid_config' }),
    );
});

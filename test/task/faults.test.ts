import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  compile,
  createRunner,
  definePipeline,
  effect,
  fanIn,
  sql,
  step,
  type ObjectStore,
  type Pipeline,
  type RunResult,
} from '@cairn/core';
import { fsStore } from '@cairn/node';
import { describe, expect, test } from 'vitest';
import { killedByOneself } from '../crash/killed.js';
import {
  errorOf,
  lastingStore,
  outcomes,
  sharedEngine,
  temporaryFolder,
  testRunner,
} from '../run/fixtures.js';
import { noEngine } from './no-engine.js';

/* The faults that the systems before us had (SEMANTICS.md, part 5), one test each. */

const task = { correlationId: 'job' };

interface Work {
  readonly did: string[];
  /** Which steps fail. */
  readonly fails: Set<string>;
}

/** Effects that say what they did; each comes after those named behind it. */
function pipelineOf(
  work: Work,
  shape: Readonly<Record<string, readonly string[]>>,
  name = 'p',
  version = '1',
): Pipeline {
  const steps: Record<string, ReturnType<typeof effect>> = {};
  for (const [step, after] of Object.entries(shape)) {
    steps[step] = effect(
      step,
      {},
      () => {
        work.did.push(step);
        if (work.fails.has(step)) throw new Error(`${step} is broken`);
        return step;
      },
      { version, after: after.map((before) => steps[before] as ReturnType<typeof effect>) },
    );
  }
  return definePipeline({ name, processes: { main: Object.values(steps) } });
}

const fingerprints = ({ steps }: RunResult): Record<string, string | undefined> =>
  Object.fromEntries([...steps].map(([name, { fingerprint }]) => [name, fingerprint]));

const newWork = (...fails: readonly string[]): Work => ({ did: [], fails: new Set(fails) });

describe('faults that are not repeated', () => {
  test('1: a resume that fails again forgets what was finished before', async () => {
    const { runner } = testRunner({ engine: noEngine });
    const work = newWork('b');
    const pipeline = pipelineOf(work, { a: [], b: ['a'], c: ['b'] });
    for (let run = 0; run < 3; run += 1) await errorOf(runner.run(pipeline, undefined, task), 'step_failed');
    work.fails.clear();
    await runner.run(pipeline, undefined, task);
    expect(work.did).toEqual(['a', 'b', 'b', 'b', 'b', 'c']);
  });

  test('2: two pipelines of one fingerprint, and one pipeline of two', async () => {
    const { runner } = testRunner({ engine: noEngine });
    const work = newWork();
    const of = async (pipeline: Pipeline): Promise<Record<string, string | undefined>> =>
      fingerprints(await runner.run(pipeline, undefined, { correlationId: null }));
    const one = await of(pipelineOf(work, { bc: [] }, 'a'));
    const other = await of(pipelineOf(work, { c: [] }, 'ab'));
    expect(one['bc']).not.toBe(other['c']);
    const listed = await of(pipelineOf(work, { x: [], y: [], z: ['x'] }));
    const otherwise = await of(pipelineOf(work, { y: [], x: [], z: ['x'] }));
    expect(listed).toEqual(otherwise);
  });

  test('3: steps that depend on a failed step run anyway', async () => {
    const { runner } = testRunner({ engine: noEngine });
    const work = newWork('a');
    const pipeline = pipelineOf(work, { a: [], b: ['a'], c: ['b'], beside: [] });
    const error = await errorOf(runner.run(pipeline, undefined, task), 'run_failed');
    expect(outcomes((error.details as { result: RunResult }).result)).toEqual([
      'a failed',
      'b skipped',
      'c skipped',
      'beside complete',
    ]);
    expect(work.did).toEqual(['a', 'beside']);
  });

  test('4: a checkpoint that cannot be written is swallowed', async () => {
    const whole = lastingStore();
    let full = true;
    const store: ObjectStore = {
      ...whole,
      append: (key, record, options) =>
        full && new TextDecoder().decode(record).includes('"type":"complete"')
          ? Promise.reject(new Error('the disk is full'))
          : whole.append(key, record, options),
    };
    const work = newWork();
    const { runner, events } = testRunner({ engine: noEngine, store });
    const pipeline = pipelineOf(work, { a: [], b: ['a'] });
    const error = await errorOf(runner.run(pipeline, undefined, task), 'run_failed');
    expect(outcomes((error.details as { result: RunResult }).result)).toEqual(['a failed', 'b skipped']);
    expect(events.find(({ type }) => type === 'pipeline_end')).toMatchObject({ status: 'failed' });
    full = false;
    await runner.run(pipeline, undefined, task);
    expect(work.did).toEqual(['a', 'a', 'b']);
  });

  test('5: a state file that is damaged surfaces as an error of the parser', async () => {
    const store = lastingStore();
    const key = 'correlations/job/p/journal';
    for (const text of [
      '{"type":',
      'null',
      '[]',
      '{"type":"complete","step":"a","manifest":{}}',
      '{"type":7}',
    ]) {
      await store.append(key, new TextEncoder().encode(text), { replace: true });
      const { runner } = testRunner({ engine: noEngine, store });
      const error = await errorOf(
        runner.run(pipelineOf(newWork(), { a: [] }), undefined, task),
        'journal_damaged',
      );
      expect(error.message).toContain(key);
    }
  });

  test('6: ids that become paths are not looked at', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const work = newWork();
    await runner.run(pipelineOf(work, { a: [] }), undefined, task);
    for (const id of ['', '.', '..', '../job', 'a/b', 'x'.repeat(129)]) {
      await errorOf(runner.cleanupCorrelation(id), 'invalid_id');
      await errorOf(runner.cleanupRun(id), 'invalid_id');
      await errorOf(runner.bind(pipelineOf(work, { a: [] }), undefined, { correlationId: id }), 'invalid_id');
      await errorOf(runner.run(pipelineOf(work, { a: [] }), undefined, { runId: id }), 'invalid_id');
    }
    expect((await runner.bind(pipelineOf(work, { a: [] }), undefined, task)).status).toBe('complete');
  });

  test('7: a run that a signal interrupts counts as a success, and loses the checkpoints that it needs', async () => {
    const { runner } = testRunner({ engine: noEngine });
    const stop = new AbortController();
    const did: string[] = [];
    const a = effect('a', {}, () => void did.push('a'), { checkpoint: 'correlation' });
    const b = effect(
      'b',
      {},
      async () => {
        did.push('b');
        if (did.length === 2) {
          stop.abort('SIGTERM');
          await new Promise(() => undefined);
        }
      },
      { after: [a], checkpoint: 'correlation' },
    );
    const pipeline = definePipeline({ name: 'p', processes: { main: [a, b] } });
    await errorOf(runner.run(pipeline, undefined, { ...task, signal: stop.signal }), 'canceled');
    const result = await runner.run(pipeline, undefined, task);
    expect(outcomes(result)).toEqual(['a reused', 'b complete']);
    expect(did).toEqual(['a', 'b', 'b']);
  });

  test('8: a run that was killed stays at work and can never be resumed', async () => {
    const store = lastingStore();
    const work = newWork();
    const pipeline = pipelineOf(work, { a: [], b: ['a'] });
    const dying: ObjectStore = {
      ...store,
      append: (key, record, options) =>
        new TextDecoder().decode(record).includes('"step":"b","type":"complete"')
          ? new Promise(() => undefined)
          : store.append(key, record, options),
    };
    // It is not closed: it never ends.
    const killed = createRunner({ engine: noEngine, store: dying });
    void killed.run(pipeline, undefined, task).catch(() => undefined);
    while (!work.did.includes('b')) await new Promise((resolve) => setTimeout(resolve, 1));
    const forced: ObjectStore = { ...store, acquire: (prefix) => store.acquire(prefix, { force: true }) };
    const { runner, events } = testRunner({ engine: noEngine, store: forced });
    const bound = await runner.bind(pipeline, undefined, task);
    expect(bound.stages.get('b')?.status).toBe('running');
    expect(outcomes(await bound.execute())).toEqual(['a reused', 'b complete']);
    expect(events.filter(({ type }) => type === 'warning')).toHaveLength(1);
    expect(bound.status).toBe('complete');
    await bound.unbind();
  });

  test('9: a resume by position skips a failed step because a later one succeeded', async () => {
    const { runner } = testRunner({ engine: noEngine });
    const work = newWork('a');
    const pipeline = pipelineOf(work, { a: [], b: [], c: ['b'] });
    await errorOf(runner.run(pipeline, undefined, task), 'step_failed');
    work.fails.clear();
    expect(outcomes(await runner.run(pipeline, undefined, task))).toEqual([
      'a complete',
      'b reused',
      'c reused',
    ]);
  });

  test('10: what a failed run left is picked up after a later one succeeded', async () => {
    const { runner } = testRunner({ engine: noEngine });
    const work = newWork('b');
    const shape = { a: [], b: ['a'] };
    await errorOf(runner.run(pipelineOf(work, shape, 'p', '1'), undefined, task), 'step_failed');
    work.fails.clear();
    await runner.run(pipelineOf(work, shape, 'p', '2'), undefined, task);
    work.did.length = 0;
    const again = await runner.run(pipelineOf(work, shape, 'p', '1'), undefined, task);
    expect(outcomes(again)).toEqual(['a complete', 'b complete']);
    expect([work.did, again.attempt]).toEqual([['a', 'b'], 1]);
  });

  describe('of tables', () => {
    const engine = sharedEngine();
    const numbers = step('numbers', sql`select range as n from range(5)`);
    const letters = step('letters', sql`select range as n from range(7)`);
    const all = fanIn('all', [numbers, letters], { retry: { maxAttempts: 3, initialDelayMs: 0 } });
    const pipeline = definePipeline({ name: 'p', processes: { main: [numbers, letters, all] } });

    test('11: a fan-in that is tried again writes its part twice', async () => {
      const whole = lastingStore();
      let failures = 0;
      const store: ObjectStore = {
        ...whole,
        append: (key, record, options) => {
          const isIt = new TextDecoder().decode(record).includes('"step":"all","type":"complete"');
          if (!isIt || failures === 2) return whole.append(key, record, options);
          failures += 1;
          return Promise.reject(new Error('not now'));
        },
      };
      const { runner } = testRunner({ engine, store });
      const result = await runner.run(pipeline, undefined, task);
      expect(result.steps.get('all')).toMatchObject({ outcome: 'complete', attempts: 3, rows: 12 });
      expect((await result.table('all')).numRows).toBe(12);
    });

    test('12: two producers of one name go unseen', async () => {
      const twice = step('numbers', sql`select 1 as n`);
      const both = definePipeline({ name: 'p', processes: { one: [numbers], two: [twice] } });
      await errorOf(compile(both), 'duplicate_stage');
    });

    test('13: a step that is marked done, whose output is gone, is skipped', async () => {
      const store = lastingStore();
      const { runner, events } = testRunner({ engine, store });
      const first = await runner.run(pipeline, undefined, task);
      for await (const { key } of store.list('objects/')) await store.delete(key);
      const second = await runner.run(pipeline, undefined, task);
      expect(outcomes(second)).toEqual(['numbers complete', 'letters complete', 'all complete']);
      expect(events.filter(({ type }) => type === 'checkpoint_damaged')).toHaveLength(3);
      expect(second.steps.get('all')?.contentHash).toBe(first.steps.get('all')?.contentHash);
    });
  });

  test('14: a stale lock blocks for ever, or is broken while its holder lives', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'store'), { recursive: true });
    await killedByOneself(folder, [{ at: 12, when: 'before' }]);
    const store = fsStore({ root: join(folder, 'store') });
    const { runner } = testRunner({ engine: noEngine, store });
    const pipeline = pipelineOf(newWork(), { notify: [] }, 'reference');
    const bound = await runner.bind(pipeline, undefined, task);
    expect(await bound.lockInfo()).toMatchObject({ state: 'live' });
    const other = testRunner({ engine: noEngine, store: fsStore({ root: join(folder, 'store') }) }).runner;
    await errorOf(other.bind(pipeline, undefined, task), 'task_bound');
    await bound.unbind();
    await (await other.bind(pipeline, undefined, task)).unbind();
  });

  test('15: a run of nothing succeeds', async () => {
    const { runner } = testRunner({ engine: noEngine });
    const run = runner.run(pipelineOf(newWork(), { a: [] }), undefined, { include: [] });
    await errorOf(run, 'invalid_stage');
    await errorOf(compile(definePipeline({ name: 'p', processes: {} })), 'invalid_pipeline');
  });
});

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { definePipeline, effect, type ObjectStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpSync } from 'node:fs';
import { errorOf, lastingStore, temporaryFolder, testRunner } from '../run/fixtures.js';
import { noEngine } from '../task/no-engine.js';
import { killable } from './killable.js';
import { rowsOf, untilCanceled, type Row } from './stored.js';

const options = { correlationId: 'job' };
const killedRoot = temporaryFolder();

/** Runs the pipeline in a process, and kills it with SIGKILL while its second process is at work. */
beforeAll(async () => {
  const child = fileURLToPath(new URL('../dist/records/child.js', import.meta.url));
  const running = spawn(process.execPath, [child, killedRoot], { stdio: ['ignore', 'pipe', 'inherit'] });
  const signal = await new Promise((resolve, reject) => {
    running.stdout.once('data', () => setTimeout(() => running.kill('SIGKILL'), 100));
    running.on('error', reject).on('close', (_, by) => resolve(by));
  });
  expect(signal).toBe('SIGKILL');
});

/** A copy of what the killed process left. */
function killedStore(): ObjectStore {
  const root = temporaryFolder();
  cpSync(killedRoot, root, { recursive: true });
  return fsStore({ root });
}

const byName = (rows: readonly Row[], column: string): Readonly<Record<string, Row>> =>
  Object.fromEntries(rows.map((row) => [row[column], row]));

describe('a killed run', () => {
  test('SEMANTICS 2, records: is recorded when its task is next bound: failed, Interrupted', async () => {
    const store = killedStore();
    expect(await rowsOf(store, 'pipeline_runs')).toEqual([]);
    const { runner } = testRunner({ engine: noEngine, store });
    await using task = await runner.bind(
      killable(() => 1),
      undefined,
      options,
    );

    const interrupted = { status: 'failed', error_type: 'Interrupted', correlation_id: 'job', attempt: 1 };
    const [run, ...others] = await rowsOf(store, 'pipeline_runs');
    expect(others).toEqual([]);
    expect(run).toMatchObject({ ...interrupted, pipeline: 'killable', failed_step: 'failing' });
    expect(run?.['pipeline_fingerprint']).toMatch(/^[0-9a-f]{64}$/);
    expect(run?.['failed_step_run_id']).toBe(`${run?.['run_id']}:failing`);
    const processes = byName(await rowsOf(store, 'process_runs'), 'process');
    expect(Object.keys(processes).toSorted()).toEqual(['first', 'second']);
    expect(processes['first']).toMatchObject({ status: 'success', error: null, failed_step: null });
    expect(processes['second']).toMatchObject({ ...interrupted, failed_step: 'failing' });
    const steps = byName(await rowsOf(store, 'step_runs'), 'step');
    expect(Object.keys(steps).toSorted()).toEqual(['at_work', 'done', 'failing']);
    expect(steps['done']).toMatchObject({ status: 'success', error: null, error_type: null });
    expect(steps['failing']).toMatchObject({
      status: 'failed',
      error_type: 'step_failed',
      error_message: "Step 'failing' of pipeline 'killable': the first time",
    });
    expect(steps['at_work']).toMatchObject({ ...interrupted, process_run_id: `${run?.['run_id']}:second` });
    for (const row of [run, ...Object.values(steps)]) {
      expect(Number(row?.['duration_ms'])).toBeLessThan(30_000);
      expect(Math.abs(Date.now() - Date.parse(String(row?.['started_at'])))).toBeLessThan(600_000);
    }
    await task.unbind();

    // It is recorded once, and the next run by itself.
    const before = await store.get(`records/pipeline_runs/${run?.['run_id']}.json`);
    await errorOf(
      runner.run(
        killable(() => 1),
        undefined,
        options,
      ),
      'step_failed',
    );
    expect(await store.get(`records/pipeline_runs/${run?.['run_id']}.json`)).toEqual(before);
    expect(await rowsOf(store, 'pipeline_runs')).toMatchObject([
      { error_type: 'Interrupted' },
      { error_type: 'step_failed', attempt: 2 },
    ]);
  });

  test('is recorded before forceCreate discards its task', async () => {
    const store = killedStore();
    const { runner } = testRunner({ engine: noEngine, store });
    await using task = await runner.bind(
      killable(() => 1),
      undefined,
      { ...options, forceCreate: true },
    );
    expect(task.cumulativeAttempts).toBe(0);
    expect(await rowsOf(store, 'pipeline_runs')).toMatchObject([{ error_type: 'Interrupted' }]);
  });

  test('is not recorded with noLock, since it may be going on, and not with records: false', async () => {
    const store = killedStore();
    const { runner } = testRunner({ engine: noEngine, store, records: false });
    await (
      await runner.bind(
        killable(() => 1),
        undefined,
        options,
      )
    ).unbind();
    const { runner: other } = testRunner({ engine: noEngine, store });
    await (
      await other.bind(
        killable(() => 1),
        undefined,
        { ...options, noLock: true },
      )
    ).unbind();
    expect(await rowsOf(store, 'pipeline_runs')).toEqual([]);
  });

  test('a step that the pipeline has no more is recorded without its process', async () => {
    const store = killedStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const done = effect('done', {}, () => 1, { reuse: true });
    const pipeline = definePipeline({ name: 'killable', processes: { first: [done] } });
    await (await runner.bind(pipeline, undefined, options)).unbind();
    const steps = byName(await rowsOf(store, 'step_runs'), 'step');
    expect(steps['at_work']).toMatchObject({ error_type: 'Interrupted', process_run_id: null });
    expect((await rowsOf(store, 'process_runs')).map((row) => row['process'])).toEqual(['first']);
  });

  test('damaged records of it are made anew', async () => {
    const store = killedStore();
    const { runner } = testRunner({ engine: noEngine, store });
    await (
      await runner.bind(
        killable(() => 1),
        undefined,
        options,
      )
    ).unbind();
    const [run] = await rowsOf(store, 'pipeline_runs');
    await store.put(`records/pipeline_runs/${run?.['run_id']}.json`, new TextEncoder().encode('{"form'));
    await (
      await runner.bind(
        killable(() => 1),
        undefined,
        options,
      )
    ).unbind();
    expect(await rowsOf(store, 'pipeline_runs')).toEqual([run]);
    expect(await rowsOf(store, 'step_runs')).toHaveLength(3);
  });
});

describe('a run that ended, and whose process died before it was recorded,', () => {
  /** Runs once in a process that records nothing, then binds the task in another one. */
  async function recoveredFrom(store: ObjectStore, run: (store: ObjectStore) => Promise<unknown>) {
    await run(store);
    const { runner } = testRunner({ engine: noEngine, store });
    await (
      await runner.bind(
        killable(() => 1),
        undefined,
        options,
      )
    ).unbind();
    return {
      pipelines: await rowsOf(store, 'pipeline_runs'),
      processes: byName(await rowsOf(store, 'process_runs'), 'process'),
      steps: byName(await rowsOf(store, 'step_runs'), 'step'),
    };
  }

  test('is recorded as it ended', async () => {
    // What the same run's own records say.
    const recorded = lastingStore();
    const clock = () => {
      let now = 1_000_000;
      return { clock: { now: () => (now += 1) }, uuid: () => 'r1' };
    };
    const run = (records: boolean) => (store: ObjectStore) => {
      const { runner } = testRunner({ engine: noEngine, store, records, concurrency: 1, ...clock() });
      return errorOf(
        runner.run(
          killable(() => 1),
          undefined,
          options,
        ),
        'step_failed',
      );
    };
    await run(true)(recorded);
    const found = await recoveredFrom(lastingStore(), run(false));
    const times = {
      started_at: expect.any(String),
      duration_ms: expect.any(Number),
      error: expect.any(String),
    };
    const [own] = await rowsOf(recorded, 'pipeline_runs');
    expect(found.pipelines).toMatchObject([{ ...own, ...times }]);
    const steps = await rowsOf(recorded, 'step_runs');
    expect(steps).toHaveLength(4);
    for (const { step, started_at: _, duration_ms: __, error, ...row } of steps) {
      expect(found.steps[String(step)], String(step)).toMatchObject(row);
      if (error === null) expect(found.steps[String(step)]?.['error']).toBeNull();
    }
    for (const { process, ...row } of await rowsOf(recorded, 'process_runs')) {
      const { status, error_type, failed_step } = row;
      expect(found.processes[String(process)]).toMatchObject({ status, error_type, failed_step });
    }
  });

  test('is recorded beside an earlier attempt of the same run id', async () => {
    const store = lastingStore();
    const given = { ...options, runId: 'nightly' };
    await errorOf(
      testRunner({ engine: noEngine, store }).runner.run(
        killable(() => 1),
        undefined,
        given,
      ),
      'run_failed',
    );
    const { pipelines } = await recoveredFrom(store, () =>
      errorOf(
        testRunner({ engine: noEngine, store, records: false }).runner.run(
          killable(() => 1),
          undefined,
          given,
        ),
        'run_failed',
      ),
    );
    expect(pipelines.map((row) => row['attempt'])).toEqual([1, 2]);
  });

  test('is recorded although its journal was written anew since', async () => {
    const store = lastingStore();
    const unrecorded = testRunner({ engine: noEngine, store, records: false }).runner;
    const steps = Array.from({ length: 8 }, (_, at) => effect(`s${at}`, {}, () => at));
    const pipeline = definePipeline({ name: 'long', processes: { main: steps } });
    const records = async (): Promise<number> => {
      let count = 0;
      for await (const _ of store.log('correlations/job/long/journal')) count += 1;
      return count;
    };
    let runId = '';
    for (let run = 0; run < 100 && (runId === '' || (await records()) > 1); run += 1) {
      ({ runId } = await unrecorded.run(pipeline, undefined, options));
      await (await unrecorded.bind(pipeline, undefined, options)).unbind();
    }
    expect(await records()).toBe(1);
    const { runner } = testRunner({ engine: noEngine, store });
    await (await runner.bind(pipeline, undefined, options)).unbind();
    const ids = { run_id: runId, status: 'success', attempt: 1 };
    expect(await rowsOf(store, 'pipeline_runs')).toMatchObject([ids]);
    expect(await rowsOf(store, 'process_runs')).toMatchObject([{ ...ids, process: 'main' }]);
    const recorded = byName(await rowsOf(store, 'step_runs'), 'step');
    expect(Object.keys(recorded).toSorted()).toEqual(steps.map(({ name }) => name));
  });

  test('is recorded as cancelled', async () => {
    const stop = new AbortController();
    const waiting = effect('waiting', {}, (_, context) => {
      setTimeout(() => stop.abort('enough'));
      return untilCanceled(context);
    });
    const pipeline = definePipeline({ name: 'killable', processes: { first: [waiting] } });
    const { pipelines, steps } = await recoveredFrom(lastingStore(), (store) => {
      const { runner } = testRunner({ engine: noEngine, store, records: false });
      return errorOf(runner.run(pipeline, undefined, { ...options, signal: stop.signal }), 'canceled');
    });
    const message = "The run of pipeline 'killable' was cancelled: enough";
    expect(pipelines).toMatchObject([{ status: 'failed', error_type: 'canceled', error_message: message }]);
    expect(steps['waiting']).toMatchObject({ status: 'failed', error_type: 'canceled' });
  });
});

import {
  definePipeline,
  effect,
  recordSchema,
  recordsObserver,
  recordTableName,
  stageRunId,
  toRow,
  type ExecutionRecord,
  type Observer,
  type PipelineRunRecord,
  type ProcessRunRecord,
  type RecordKind,
  type StepRunRecord,
} from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { errorOf, lastingStore, testRunner } from '../run/fixtures.js';
import { noEngine } from '../task/no-engine.js';
import { rowsOf, untilCanceled } from './stored.js';

const run = { runId: 'r1', correlationId: null, attempt: 2 } as const;
const end = {
  startedAt: new Date('2026-11-26T10:00:00.123Z'),
  status: 'failed',
  durationMs: 12,
  error: 'no\ncaused by Error: never',
  errorType: 'step_failed',
  errorMessage: 'no',
} as const;
const failed = { failedStepRunId: 'r1:a', failedStep: 'a' } as const;
const pipelineRun: PipelineRunRecord = {
  event: 'pipeline_end',
  ...run,
  pipeline: 'p',
  pipelineFingerprint: 'f'.repeat(64),
  ...end,
  ...failed,
};
const processRun: ProcessRunRecord = {
  event: 'process_end',
  ...run,
  processRunId: 'r1:main',
  process: 'main',
  ...end,
  ...failed,
};
const stepRun: StepRunRecord = {
  event: 'step_end',
  ...run,
  stepRunId: 'r1:a',
  step: 'a',
  processRunId: 'r1:main',
  ...end,
};

describe('records as data', () => {
  const error = ['error VARCHAR null'];
  const details = ['error_type VARCHAR null', 'error_message VARCHAR null'];
  const ids = ['run_id VARCHAR', 'correlation_id VARCHAR null', 'attempt BIGINT'];
  const ended = ['started_at TIMESTAMP WITH TIME ZONE', 'status VARCHAR', 'duration_ms BIGINT', ...error];
  const firstFailure = ['failed_step_run_id VARCHAR null', 'failed_step VARCHAR null'];

  test.each<[RecordKind, string, readonly string[]]>([
    ['pipeline', 'pipeline_runs', [...ids, 'pipeline VARCHAR', ...ended, ...details, ...firstFailure]],
    [
      'process',
      'process_runs',
      [...ids, 'process_run_id VARCHAR', 'process VARCHAR', ...ended, ...details, ...firstFailure],
    ],
    [
      'step',
      'step_runs',
      [...ids, 'step_run_id VARCHAR', 'step VARCHAR', ...ended, 'process_run_id VARCHAR null', ...details],
    ],
  ])('SEMANTICS 2, recordSchema and recordTableName: %s', (kind, table, columns) => {
    expect(recordTableName(kind)).toBe(table);
    expect(
      recordSchema(kind).map(({ name, type, nullable }) => `${name} ${type}${nullable ? ' null' : ''}`),
    ).toEqual(columns);
  });

  test('SEMANTICS 2, recordSchema: an unknown kind is unknown_record', () => {
    const wrong = (kind: string) => kind as RecordKind;
    for (const ask of [recordSchema, recordTableName]) {
      expect(() => ask(wrong('steps'))).toThrowError(
        expect.objectContaining({ code: 'unknown_record', message: expect.stringContaining("'step'?") }),
      );
      expect(() => ask(wrong('toString'))).toThrowError(expect.objectContaining({ code: 'unknown_record' }));
    }
    for (const thing of [{ ...stepRun, event: 'step_start' }, { event: 'toString' }, undefined])
      expect(() => toRow(thing as unknown as ExecutionRecord)).toThrowError(
        expect.objectContaining({ code: 'unknown_record' }),
      );
  });

  test('SEMANTICS 2, toRow drops the event, and gives the columns in order', () => {
    for (const [kind, record] of [
      ['pipeline', pipelineRun],
      ['process', processRun],
      ['step', stepRun],
    ] as const) {
      const row = toRow(record);
      expect(Object.keys(row)).toEqual(recordSchema(kind).map(({ name }) => name));
      expect(Object.isFrozen(row)).toBe(true);
    }
    expect(toRow(stepRun)).toEqual({
      run_id: 'r1',
      correlation_id: null,
      attempt: 2,
      step_run_id: 'r1:a',
      step: 'a',
      started_at: end.startedAt,
      status: 'failed',
      duration_ms: 12,
      error: 'no\ncaused by Error: never',
      process_run_id: 'r1:main',
      error_type: 'step_failed',
      error_message: 'no',
    });
  });
});

describe('records of runs', () => {
  test('SEMANTICS 2, three record types: a run, its processes and its steps, each with its times', async () => {
    const store = lastingStore();
    let now = Date.parse('2026-11-26T10:00:00Z');
    const { runner } = testRunner({ engine: noEngine, store, clock: { now: () => (now += 0.75) } });
    const a = effect('a', {}, () => 1, { reuse: true });
    const b = effect('b', {}, () => 2, { after: [a] });
    const pipeline = definePipeline({ name: 'two', processes: { first: [a], second: [b] } });
    const { runId } = await runner.run(pipeline, undefined, { correlationId: 'job' });

    const ids = { run_id: runId, correlation_id: 'job', attempt: 1, status: 'success' };
    const none = { error: null, error_type: null, error_message: null };
    const [pipelineRow] = await rowsOf(store, 'pipeline_runs');
    expect(pipelineRow).toMatchObject({ ...ids, ...none, pipeline: 'two', failed_step: null });
    const processes = await rowsOf(store, 'process_runs');
    expect(processes).toMatchObject([
      { ...ids, ...none, process: 'first', process_run_id: stageRunId(runId, 'first') },
      { ...ids, ...none, process: 'second', process_run_id: stageRunId(runId, 'second') },
    ]);
    const steps = await rowsOf(store, 'step_runs');
    expect(steps).toMatchObject([
      { ...ids, ...none, step: 'a', step_run_id: `${runId}:a`, process_run_id: `${runId}:first` },
      { ...ids, ...none, step: 'b', step_run_id: `${runId}:b`, process_run_id: `${runId}:second` },
    ]);
    const all = [pipelineRow ?? {}, ...processes, ...steps];
    for (const row of all) {
      expect(Number.isInteger(row['duration_ms'])).toBe(true);
      expect(String(row['started_at'])).toMatch(/^2026-11-26T10:00:0\d\.\d{3}Z$/);
    }
    const longest = Math.max(...all.map((row) => Number(row['duration_ms'])));
    expect(pipelineRow?.['duration_ms']).toBe(longest);
    expect(longest).toBeGreaterThan(3);

    // A step that is reused does not begin: it has no record.
    const again = await runner.run(pipeline, undefined, { correlationId: 'job' });
    expect(again.steps.get('a')?.outcome).toBe('reused');
    const later = (await rowsOf(store, 'step_runs')).filter((row) => row['run_id'] === again.runId);
    expect(later.map((row) => row['step'])).toEqual(['b']);
    expect(await rowsOf(store, 'pipeline_runs')).toHaveLength(2);
  });

  test('SEMANTICS 2, with several failures the first one in time is named; attempt is the real one', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    let fails = true;
    const late = effect('late', {}, async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      if (fails) throw new Error('late');
    });
    const early = effect('early', {}, () => {
      if (fails) throw new RangeError('early', { cause: new Error('at the root') });
    });
    const blocked = effect('blocked', {}, () => 1, { after: [early] });
    const pipeline = definePipeline({
      name: 'failing',
      processes: { one: [late], other: [early], last: [blocked] },
    });
    const options = { correlationId: 'job', lastAttempt: false };
    await errorOf(runner.run(pipeline, undefined, options), 'run_failed');
    fails = false;
    await runner.run(pipeline, undefined, options);

    const [first, second] = await rowsOf(store, 'pipeline_runs');
    const message = "Step 'early' of pipeline 'failing': early";
    const error = { status: 'failed', error_type: 'step_failed', error_message: message };
    expect(first).toMatchObject({ ...error, attempt: 1, failed_step: 'early' });
    expect(first?.['failed_step_run_id']).toBe(`${first?.['run_id']}:early`);
    expect(first?.['error']).toBe(`${message}\ncaused by RangeError: early\ncaused by Error: at the root`);
    expect(second).toMatchObject({ status: 'success', attempt: 2, failed_step: null, error: null });

    const ofFirst = (row: Readonly<Record<string, unknown>>) => row['run_id'] === first?.['run_id'];
    const processes = (await rowsOf(store, 'process_runs')).filter(ofFirst);
    const byName = Object.fromEntries(processes.map((row) => [row['process'], row]));
    expect(byName['one']).toMatchObject({ status: 'failed', failed_step: 'late', attempt: 1 });
    expect(byName['other']).toMatchObject({ ...error, failed_step: 'early' });
    // It failed without a failure of its own: the run's first one kept it from being done.
    expect(byName['last']).toMatchObject({ ...error, failed_step: 'early' });
    const steps = (await rowsOf(store, 'step_runs')).filter(ofFirst);
    expect(steps.map((row) => `${row['step']} ${row['status']}`).toSorted()).toEqual([
      'early failed',
      'late failed',
    ]);
  });

  test('an attempt that the caller counts is recorded as it was told', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const pipeline = definePipeline({ name: 'p', processes: { main: [effect('a', {}, () => 1)] } });
    await runner.run(pipeline, undefined, { attempt: 7 });
    expect(await rowsOf(store, 'step_runs')).toMatchObject([{ attempt: 7 }]);
  });

  test('a cancelled run is recorded as failed, of the type canceled', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    const stop = new AbortController();
    const a = effect('a', {}, (_, context) => {
      setTimeout(() => stop.abort('enough'));
      return untilCanceled(context);
    });
    const pipeline = definePipeline({ name: 'p', processes: { main: [a] } });
    await errorOf(runner.run(pipeline, undefined, { signal: stop.signal }), 'canceled');
    for (const table of ['pipeline_runs', 'process_runs', 'step_runs']) {
      expect(await rowsOf(store, table)).toMatchObject([
        { status: 'failed', error_type: 'canceled', error_message: expect.stringContaining('enough') },
      ]);
    }
  });

  test('a step that is retried has one record', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    let tries = 0;
    const a = effect(
      'a',
      {},
      () => {
        tries += 1;
        if (tries < 3) throw new Error('not yet');
      },
      { retry: { maxAttempts: 3, initialDelayMs: 0 } },
    );
    await runner.run(definePipeline({ name: 'p', processes: { main: [a] } }));
    expect(await rowsOf(store, 'step_runs')).toMatchObject([{ step: 'a', status: 'success', error: null }]);
  });

  test('runs side by side are each recorded when they resolve, after the configured observers were told', async () => {
    const store = lastingStore();
    const told: string[] = [];
    const observer: Observer = {
      onEvent: ({ type }) => void told.push(type),
      flush: () => void told.push('flush'),
    };
    const { runner } = testRunner({ engine: noEngine, store, observers: [observer] });
    const pipeline = definePipeline({ name: 'p', processes: { main: [effect('a', {}, () => 1)] } });
    await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const { runId } = await runner.run(pipeline, undefined, { correlationId: `job-${at}` });
        for (const table of ['pipeline_runs', 'process_runs', 'step_runs'])
          expect(await store.get(`records/${table}/${runId}.json`)).toBeDefined();
      }),
    );
    expect(told.filter((type) => type === 'flush')).toHaveLength(20);
  });

  test('of one run id and several attempts, each has its record; the same one again replaces it', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store });
    let fails = true;
    const a = effect('a', {}, () => {
      if (fails) throw new Error('no');
    });
    const pipeline = definePipeline({ name: 'p', processes: { main: [a] } });
    const options = { correlationId: 'job', runId: 'nightly' };
    await errorOf(runner.run(pipeline, undefined, options), 'run_failed');
    fails = false;
    await runner.run(pipeline, undefined, options);
    await runner.run(pipeline, undefined, { ...options, correlationId: 'other' });
    const rows = async () =>
      (await rowsOf(store, 'pipeline_runs')).map((row) => `${row['correlation_id']} ${row['attempt']}`);
    expect(await rows()).toEqual(['job 1', 'job 2', 'other 1']);
    await runner.run(pipeline, undefined, { ...options, attempt: 2 });
    expect((await rows()).toSorted()).toEqual(['job 1', 'job 2', 'other 1']);
    expect(await rowsOf(store, 'step_runs')).toHaveLength(3);
  });

  test('a store that refuses records fails no run, and the logger is told', async () => {
    const store = lastingStore();
    const refusing = {
      ...store,
      put: (key: string, ...rest: [Uint8Array]) =>
        key.startsWith('records/') ? Promise.reject(new Error('full')) : store.put(key, ...rest),
    };
    const logged: unknown[] = [];
    const log = (facts: object, message: string) => void logged.push({ ...facts, message });
    const { runner } = testRunner({
      engine: noEngine,
      store: refusing,
      logger: { debug: log, info: log, warn: log, error: log },
    });
    const pipeline = definePipeline({ name: 'p', processes: { main: [effect('a', {}, () => 1)] } });
    expect((await runner.run(pipeline)).status).toBe('success');
    expect(logged).toContainEqual(
      expect.objectContaining({ observer: 'records', message: 'an observer failed during flush' }),
    );
  });

  test('records: false records nothing', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine: noEngine, store, records: false });
    await runner.run(definePipeline({ name: 'p', processes: { main: [effect('a', {}, () => 1)] } }));
    expect(await rowsOf(store, 'pipeline_runs')).toEqual([]);
  });

  test('recordsObserver records the runs of a runner in another store', async () => {
    const [store, other] = [lastingStore(), lastingStore()];
    const observers = [recordsObserver({ store: other })];
    const { runner } = testRunner({ engine: noEngine, store, observers, records: false });
    const pipeline = definePipeline({ name: 'p', processes: { main: [effect('a', {}, () => 1)] } });
    const { runId } = await runner.run(pipeline);
    expect(await rowsOf(other, 'pipeline_runs')).toMatchObject([{ run_id: runId, pipeline: 'p' }]);
    expect(await rowsOf(store, 'pipeline_runs')).toEqual([]);
  });

  test('SEMANTICS 2, end without start: no record', async () => {
    const store = lastingStore();
    const observer = recordsObserver({ store });
    const base = { runId: 'r', correlationId: null, attempt: 1, lastAttempt: true, pipeline: 'p', at: 5 };
    const ofRun = { ...base, processRunId: null };
    const ofProcess = { ...base, processRunId: 'r:main', process: 'main' };
    const ended = { status: 'success', durationMs: 1 } as const;
    const step = (name: string) => ({ ...ofProcess, step: name, stepRunId: `r:${name}` });

    await observer.onEvent({ ...ofRun, type: 'pipeline_end', ...ended });
    await observer.flush?.();
    expect(await rowsOf(store, 'pipeline_runs')).toEqual([]);

    await observer.onEvent({
      ...ofRun,
      type: 'pipeline_start',
      steps: [],
      processes: [],
      pipelineFingerprint: 'f',
    });
    await observer.onEvent({ ...step('begun'), type: 'step_start', kind: 'effect', reason: '' });
    for (const name of ['begun', 'not_begun'])
      await observer.onEvent({ ...step(name), type: 'step_end', ...ended });
    await observer.onEvent({ ...ofProcess, type: 'process_end', ...ended });
    await observer.onEvent({ ...ofRun, type: 'pipeline_end', ...ended });
    await observer.flush?.();
    expect(await rowsOf(store, 'pipeline_runs')).toMatchObject([{ run_id: 'r', pipeline_fingerprint: 'f' }]);
    expect(await rowsOf(store, 'step_runs')).toMatchObject([{ step: 'begun' }]);
    expect(await rowsOf(store, 'process_runs')).toEqual([]);
  });
});

import {
  compositeObserver,
  createRunner,
  definePipeline,
  effect,
  loggingObserver,
  memoryStore,
  secret,
  silentLogger,
  type CairnEvent,
  type Logger,
  type Observer,
} from '@cairn/core';
import { expect, test } from 'vitest';
import { noEngine } from '../task/no-engine.js';
import { errorOf, testRunner } from './fixtures.js';

const nothing = () => Promise.resolve(undefined);

/** One step is done, one fails at both attempts, one waits for it. */
function failing() {
  const good = effect('good', {}, nothing, { version: '1' });
  const bad = effect('bad', {}, () => Promise.reject(new Error('no luck')), {
    version: '1',
    retry: { maxAttempts: 2, initialDelayMs: 0, jitter: 0 },
  });
  const last = effect('last', {}, nothing, { version: '1', after: [bad] });
  return definePipeline({ name: 'failing', processes: { first: [good], second: [bad, last] } });
}

function succeeding() {
  const good = effect('good', {}, nothing, { version: '1', reuse: true });
  return definePipeline({ name: 'succeeding', processes: { main: [good] } });
}

interface Line {
  readonly level: keyof Logger;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
}

function recordingLogger(): { readonly logger: Logger; readonly lines: Line[] } {
  const lines: Line[] = [];
  const at =
    (level: keyof Logger) =>
    (facts: Line['facts'], message: string): void =>
      void lines.push({ level, facts, message });
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

/** Fails at every event and at flush, or does not, and counts what it was told. */
function hostile(name: string, how: 'throws' | 'rejects' | 'behaves') {
  const seen = { events: 0, flushes: 0 };
  const fail = (): Promise<void> => {
    if (how === 'throws') throw new Error(`${name} ${how}`);
    if (how === 'behaves') return Promise.resolve();
    return Promise.reject(new Error(`${name} ${how}`));
  };
  const observer: Observer = {
    name,
    onEvent() {
      seen.events += 1;
      return fail();
    },
    flush() {
      seen.flushes += 1;
      return fail();
    },
  };
  return { observer, seen };
}

test('SEMANTICS 2, events: the seven of a run, and a step tells its error before its end', async () => {
  const { runner, events } = testRunner({ engine: noEngine, concurrency: 1 });
  await errorOf(runner.run(failing()), 'step_failed');
  const told = events.flatMap((event) => {
    if (event.type === 'stage_updated') return [];
    const of = 'step' in event ? event.step : 'process' in event ? event.process : event.pipeline;
    return [`${event.type} ${of}${'status' in event ? ` ${event.status}` : ''}`];
  });
  expect(told).toEqual([
    'pipeline_start failing',
    'process_start first',
    'step_start good',
    'checkpoint_written good',
    'step_end good success',
    'process_end first success',
    'process_start second',
    'step_start bad',
    'step_retry bad',
    'step_error bad',
    'step_end bad failed',
    'step_skipped last',
    'process_end second failed',
    'pipeline_end failing failed',
  ]);
  expect(events[0]).toMatchObject({
    steps: ['good', 'bad', 'last'],
    processes: [
      { name: 'first', steps: [{ name: 'good', kind: 'effect' }] },
      {
        name: 'second',
        steps: [
          { name: 'bad', kind: 'effect' },
          { name: 'last', kind: 'effect' },
        ],
      },
    ],
  });
});

test('SEMANTICS 2, observers: isolated from each other and from the run, flushed exactly once whether it succeeds or fails', async () => {
  const observers = [hostile('one', 'throws'), hostile('two', 'rejects'), hostile('three', 'behaves')];
  const { logger, lines } = recordingLogger();
  const { runner, events } = testRunner({
    engine: noEngine,
    observers: observers.map(({ observer }) => observer),
    logger,
  });
  expect((await runner.run(succeeding())).status).toBe('success');
  const afterFirst = events.length;
  for (const { seen } of observers) expect(seen).toEqual({ events: afterFirst, flushes: 1 });
  await errorOf(runner.run(failing()), 'step_failed');
  for (const { seen } of observers) expect(seen).toEqual({ events: events.length, flushes: 2 });
  const failures = lines.filter(({ level }) => level === 'error').map(({ facts }) => facts['observer']);
  expect(failures.filter((name) => name === 'one')).toHaveLength(events.length + 2);
  expect(failures.filter((name) => name === 'two')).toHaveLength(events.length + 2);
});

test("SEMANTICS 2, observers: a run's own are told after the configured ones", async () => {
  const order: string[] = [];
  const note = (name: string) => (event: CairnEvent) => {
    if (event.type === 'pipeline_start') order.push(name);
  };
  const observers = ['first', 'second'].map((name) => ({ name, onEvent: note(name) }));
  const { runner } = testRunner({ engine: noEngine, observers });
  await runner.run(succeeding(), undefined, { onEvent: note('extra') });
  expect(order).toEqual(['first', 'second', 'extra']);
});

test('SEMANTICS 4, hooks: the logging observer writes a line for each event, at its level, with its facts as fields', async () => {
  const { logger, lines } = recordingLogger();
  const { runner, events } = testRunner({
    engine: noEngine,
    concurrency: 1,
    observers: [loggingObserver({ logger })],
  });
  await errorOf(runner.run(failing(), undefined, { correlationId: 'nightly' }), 'step_failed');
  expect(lines).toHaveLength(events.length);
  const shown = lines
    .filter(({ level }) => level !== 'debug')
    .map(({ level, facts, message }) => `${level} ${facts['step'] ?? facts['process'] ?? '-'}: ${message}`);
  expect(shown).toEqual([
    'info -: pipeline started',
    'info first: process started',
    'info good: step started',
    'info good: step succeeded',
    'info first: process succeeded',
    'info second: process started',
    'info bad: step started',
    'warn bad: step is tried again',
    'error bad: step raised an error',
    'info bad: step failed',
    'info last: step skipped',
    'info second: process failed',
    'error -: pipeline failed',
  ]);
  for (const { facts } of lines) {
    expect(facts).toMatchObject({ pipeline: 'failing', correlationId: 'nightly', attempt: 1 });
    expect(facts['runId']).toBe(events[0]?.runId);
  }
  const retry = lines.find(({ facts }) => facts['event'] === 'step_retry');
  expect(retry?.facts).toMatchObject({ stepAttempt: 1, delayMs: 0, err: { code: 'step_failed' } });
  const error = lines.find(({ facts }) => facts['event'] === 'step_error');
  expect(error?.facts['err']).toMatchObject({ type: 'CairnError', code: 'step_failed' });
  // A logger that writes JSON loses nothing of it.
  expect(JSON.parse(JSON.stringify(error?.facts['err']))).toEqual(error?.facts['err']);
  expect(lines[0]?.facts).toMatchObject({ event: 'pipeline_start', steps: 3, processes: 2 });
  expect(typeof lines.at(-1)?.facts['durationMs']).toBe('number');

  const before = lines.length;
  await runner.run(succeeding());
  await runner.run(succeeding());
  const reused = lines.slice(before).find(({ facts }) => facts['event'] === 'step_reused');
  expect(reused).toMatchObject({ level: 'info', facts: { step: 'good' }, message: 'step reused' });
});

test('SEMANTICS 4, hooks: a secret is in no line of a log', async () => {
  const { logger, lines } = recordingLogger();
  const given: unknown[] = [];
  const use = effect(
    'use',
    { token: secret('TOKEN') },
    ({ token }, ctx) => {
      given.push(token);
      ctx.progress(1, 2);
      throw new Error('refused');
    },
    { version: '1', retry: { maxAttempts: 2, initialDelayMs: 0 } },
  );
  const { runner } = testRunner({
    engine: noEngine,
    secrets: { TOKEN: 'hush-hush' },
    logger,
    observers: [loggingObserver({ logger })],
  });
  const pipeline = definePipeline({ name: 'secretive', processes: { main: [use] } });
  await errorOf(runner.run(pipeline), 'step_failed');
  expect(given).toEqual(['hush-hush', 'hush-hush']);
  expect(lines.length).toBeGreaterThan(6);
  expect(JSON.stringify(lines)).not.toContain('hush-hush');
});

test('SEMANTICS 4, hooks: a composite tells each of its observers, isolated, and flushes each once', async () => {
  const inner = [hostile('one', 'throws'), hostile('two', 'rejects')];
  const types: string[] = [];
  let flushes = 0;
  const quiet: Observer = {
    onEvent: (event) => void types.push(event.type),
    flush: () => void (flushes += 1),
  };
  const { logger, lines } = recordingLogger();
  const composite = compositeObserver([...inner.map(({ observer }) => observer), quiet], { logger });
  const { runner, events } = testRunner({ engine: noEngine, observers: [composite], logger: silentLogger });
  expect((await runner.run(succeeding())).status).toBe('success');
  expect(types).toEqual(events.map(({ type }) => type));
  expect(flushes).toBe(1);
  for (const { seen } of inner) expect(seen).toEqual({ events: events.length, flushes: 1 });
  expect(lines.map(({ facts }) => facts['observer'])).toContain('one');
  expect(lines.map(({ facts }) => facts['observer'])).toContain('two');
});

test('an observer that names types of events is told of these alone, also as one of several', async () => {
  const told: string[] = [];
  const ends: Observer = {
    events: ['step_end', 'pipeline_end'],
    onEvent: ({ type }) => void told.push(`ends ${type}`),
    flush: () => void told.push('flushed'),
  };
  const starts: Observer = {
    events: ['stage_updated'],
    onEvent: (event) => void told.push(`stages ${'status' in event ? event.status : ''}`),
  };
  const runner = createRunner({
    store: memoryStore(),
    engine: noEngine,
    observers: [compositeObserver([ends, starts])],
    records: false,
  });
  await runner.run(succeeding());
  expect(told).toEqual([
    'stages running',
    'stages running',
    'stages complete',
    'stages complete',
    'ends step_end',
    'ends pipeline_end',
    'flushed',
  ]);
});

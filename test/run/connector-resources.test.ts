import {
  definePipeline,
  sink,
  source,
  sql,
  step,
  type ConnectorContext,
  type Logger,
  type SinkConnector,
  type SourceConnector,
  type Step,
} from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { fakeClock } from './fake-clock.js';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from './fixtures.js';

const engine = sharedEngine();
const one = <const Steps extends readonly Step[]>(main: Steps) =>
  definePipeline({ name: 'p', processes: { main } });
const retry = { maxAttempts: 3, initialDelayMs: 0 };

/** A source with a connection; what is called is kept, with the connection that it was called with. */
function connected(does: Partial<SourceConnector> = {}) {
  const calls: string[] = [];
  const note = (what: string, { resource }: ConnectorContext): void =>
    void calls.push(resource === undefined ? what : `${what} on ${JSON.stringify(resource)}`);
  let opened = 0;
  const connector: SourceConnector = {
    type: 'database',
    location: {},
    options: {},
    async open(context) {
      note('open', context);
      opened += 1;
      return does.open === undefined ? opened : does.open(context);
    },
    async close(context) {
      note('close', context);
      await does.close?.(context);
    },
    async identity(context) {
      note('identity', context);
      return does.identity === undefined ? '1' : does.identity(context);
    },
    async read(context) {
      note('read', context);
      if (does.read !== undefined) return does.read(context);
      throw new Error('the connection broke');
    },
  };
  return { calls, connector };
}

const rows = (n: number): Promise<Uint8Array> =>
  testRunner({ engine })
    .runner.run(one([step('rows', {}, () => [{ n }], { version: '1' })]), undefined, { correlationId: null })
    .then(async (result) => (await import('apache-arrow')).tableToIPC(await result.table('rows'), 'stream'));

describe('SEMANTICS 4, resources', () => {
  test('they are opened before the first attempt and closed once the step is done', async () => {
    const bytes = await rows(1);
    const { calls, connector } = connected({
      read: () => Promise.resolve({ identity: '1', data: { streams: [bytes] } }),
    });
    const store = lastingStore();
    const pipeline = one([source('read', connector)]);
    const { runner } = testRunner({ engine, store });
    await runner.run(pipeline);
    expect(calls.splice(0)).toEqual(['open', 'identity on 1', 'read on 1', 'close on 1']);
    // Whether it is reused has to be asked too.
    expect(outcomes(await runner.run(pipeline))).toEqual(['read reused']);
    expect(calls).toEqual(['open', 'identity on 2', 'close on 2']);
  });

  test('they stay open over all attempts and are closed in finally, after exhausted retries too', async () => {
    const { calls, connector } = connected();
    const { runner } = testRunner({ engine });
    await errorOf(runner.run(one([source('read', connector, { retry })])), 'step_failed');
    expect(calls).toEqual(['open', 'identity on 1', 'read on 1', 'read on 1', 'read on 1', 'close on 1']);
  });

  test('they are closed after a cancellation, with a signal that it has not aborted', async () => {
    const stop = new AbortController();
    let atClose: boolean | undefined;
    const { calls, connector } = connected({
      read: () => {
        stop.abort('enough');
        return new Promise(() => undefined);
      },
      close: ({ signal }) => Promise.resolve(void (atClose = signal.aborted)),
    });
    const { runner } = testRunner({ engine });
    await errorOf(
      runner.run(one([source('read', connector)]), undefined, { signal: stop.signal }),
      'canceled',
    );
    expect(calls).toEqual(['open', 'identity on 1', 'read on 1', 'close on 1']);
    expect(atClose).toBe(false);
  });

  test('what cannot be opened is tried again, and only what was opened is closed', async () => {
    let times = 0;
    const bytes = await rows(1);
    const { calls, connector } = connected({
      open: () => (++times < 3 ? Promise.reject(new Error('no route to host')) : Promise.resolve('third')),
      read: () => Promise.resolve({ identity: '1', data: { streams: [bytes] } }),
    });
    const { runner } = testRunner({ engine });
    const pipeline = one([source('read', connector, { retry })]);
    await runner.run(pipeline);
    expect(calls.splice(0)).toEqual([
      'open',
      'open',
      'open',
      'identity on "third"',
      'read on "third"',
      'close on "third"',
    ]);
    times = -9;
    const error = await errorOf(runner.run(pipeline, undefined, { correlationId: null }), 'step_failed');
    expect(error.message).toContain('no route to host');
    expect(calls).toEqual(['open', 'open', 'open']);
  });

  test('what is opened too late is closed when it comes', async () => {
    const clock = fakeClock();
    let come: (resource: unknown) => void = () => undefined;
    const { calls, connector } = connected({ open: () => new Promise((resolve) => void (come = resolve)) });
    const { runner } = testRunner({ engine, clock });
    const pipeline = one([source('read', connector, { timeoutMs: 500 })]);
    const running = errorOf(runner.run(pipeline), 'step_timeout');
    await clock.asleep();
    clock.advance(500);
    await running;
    expect(calls).toEqual(['open']);
    come('late');
    while (calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(calls).toEqual(['open', 'close on "late"']);
  });

  test('an error of close is told and logged, and never replaces the first one', async () => {
    const logged: string[] = [];
    const log = (_: unknown, message?: string): void => void logged.push(message ?? '');
    const logger: Logger = { debug: log, info: log, warn: log, error: log };
    const { connector } = connected({ close: () => Promise.reject(new Error('already closed')) });
    const { runner, events } = testRunner({ engine, logger });
    const error = await errorOf(runner.run(one([source('read', connector)])), 'step_failed');
    expect(error.message).toContain('the connection broke');
    expect(events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))).toEqual([
      "The connector of step 'read' could not be closed: already closed",
    ]);
    expect(logged).toEqual(['close failed: already closed']);

    const bytes = await rows(1);
    const fine = connected({
      read: () => Promise.resolve({ identity: '1', data: { streams: [bytes] } }),
      close: () => Promise.reject(new Error('already closed')),
    });
    expect(outcomes(await runner.run(one([source('read', fine.connector)])))).toEqual(['read complete']);
  });

  test('a sink has one for verify, prepare and commit, and runs at the same time have their own', async () => {
    const calls: string[] = [];
    let opened = 0;
    const note = (what: string, { resource }: ConnectorContext): void =>
      void calls.push(`${what} ${String(resource)}`);
    const connector: SinkConnector = {
      type: 'database',
      location: {},
      options: {},
      open: () => Promise.resolve(`c${++opened}`),
      close: (context) => Promise.resolve(note('close', context)),
      async prepare(_, context) {
        note('prepare', context);
        // Until the other run is as far.
        while (opened < 2) await new Promise((resolve) => setTimeout(resolve, 1));
        return {};
      },
      commit: (_, context) => Promise.resolve({ on: (note('commit', context), 1) }),
      rollback: (_, context) => Promise.resolve(note('rollback', context)),
      verify: (_, context) => Promise.resolve((note('verify', context), false)),
    };
    const data = step('data', {}, () => [{ n: 1 }], { version: '1' });
    const pipeline = one([data, sink('save', data, connector)]);
    const { runner } = testRunner({ engine });
    await Promise.all(
      ['one', 'two'].map((correlationId) => runner.run(pipeline, undefined, { correlationId })),
    );
    for (const resource of ['c1', 'c2'])
      expect(calls.filter((call) => call.endsWith(resource))).toEqual([
        `prepare ${resource}`,
        `commit ${resource}`,
        `close ${resource}`,
      ]);
    calls.length = 0;
    await runner.run(pipeline, undefined, { correlationId: 'one' });
    expect(calls).toEqual(['verify c3', 'prepare c3', 'commit c3', 'close c3']);
  });

  test('a connector whose open is no function is refused when the step is defined', () => {
    const { connector } = connected();
    expect(() => source('read', { ...connector, open: 'yes' } as never)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });
});

test('a plan, and what include asks of others, close what they open', async () => {
  const log: string[] = [];
  const connector: SourceConnector = {
    type: 'opened',
    location: {},
    options: {},
    open: async () => void log.push('open'),
    close: async () => void log.push('close'),
    identity: () => Promise.resolve('one'),
    read: () => Promise.resolve({ identity: 'one', data: { query: sql`select 1 as n`, files: {} } }),
  };
  const { runner } = testRunner({ engine });
  const a = source('a', connector, { timeoutMs: 60_000 });
  const b = step('b', sql`select n from ${a}`);
  const pipeline = definePipeline({ name: 'planned', processes: { main: [a, b] } });
  await runner.plan(pipeline);
  expect(log.splice(0)).toEqual(['open', 'close']);
  await runner.run(pipeline, undefined, { include: ['a'] });
  expect(log.splice(0)).toEqual(['open', 'close', 'open', 'close']);
  await runner.run(pipeline, undefined, { include: ['b'] });
  expect(log.splice(0)).toEqual(['open', 'close', 'open', 'close']);
});

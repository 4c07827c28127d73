import {
  compile,
  definePipeline,
  effect,
  memoryStore,
  source,
  sql,
  step,
  type CairnError,
  type CairnEvent,
  type Runner,
  type SourceConnector,
  type Step,
  type StepOptions,
} from '@cairn/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noEngine } from '../task/no-engine.js';
import { breakableEngine, type SeenCall } from './breakable-engine.js';
import { fakeClock } from './fake-clock.js';
import { errorOf, outcomes, testRunner } from './fixtures.js';

const one = <const Steps extends readonly Step[]>(main: Steps, name = 'p') =>
  definePipeline({ name, processes: { main } });

const changes = (events: readonly CairnEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === 'circuit_state' ? [`${event.circuit} ${event.before}>${event.state}`] : [],
  );

/** A service that fails while it is down, behind a step with a circuit. */
function service(circuitBreaker: StepOptions['circuitBreaker'] = 'api', options: StepOptions = {}) {
  const state = { down: true, calls: 0 };
  const call = effect(
    'call',
    {},
    () => {
      state.calls += 1;
      if (state.down) throw new Error('the service is down');
      return 'up';
    },
    { circuitBreaker, ...options },
  );
  return { state, pipeline: one([call]) };
}

/** What a run comes to: `ok`, or the code of its first error. */
async function outcomeOf(runner: Runner, pipeline: Parameters<Runner['run']>[0]): Promise<string> {
  return runner.run(pipeline, undefined, { correlationId: null }).then(
    () => 'ok',
    (error: CairnError) => (error.cause as CairnError).code,
  );
}

async function open(runner: Runner, pipeline: Parameters<Runner['run']>[0]): Promise<void> {
  for (let times = 0; times < 5; times += 1) expect(await outcomeOf(runner, pipeline)).toBe('step_failed');
}

describe('SEMANTICS 4, circuit breaker', () => {
  test('it opens after 5 failures in a row, then fails fast with circuit_open', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    const { state, pipeline } = service();
    await open(runner, pipeline);
    const failed = await errorOf(runner.run(pipeline, undefined, { correlationId: null }), 'run_failed');
    const error = failed.cause as CairnError;
    expect(error).toMatchObject({
      code: 'circuit_open',
      details: { pipeline: 'p', step: 'call', name: 'api', state: 'open', until: clock.now() + 60_000 },
    });
    expect(error.message).toBe(
      "Step 'call' of pipeline 'p': Circuit 'api' is open until 2026-01-01T00:01:00.000Z: the service is down",
    );
    expect(state.calls).toBe(5);
    expect((failed.details['result'] as { steps: Map<string, object> }).steps.get('call')).toMatchObject({
      outcome: 'failed',
      attempts: 0,
    });
    expect(changes(events)).toEqual(['api closed>open']);
    expect(events.find(({ type }) => type === 'circuit_state')).toMatchObject({
      step: 'call',
      process: 'main',
      until: clock.now() + 60_000,
    });
  });

  test('it is half-open after 60 s, and 2 successes close it', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    const { state, pipeline } = service();
    await open(runner, pipeline);
    clock.advance(59_999);
    expect(await outcomeOf(runner, pipeline)).toBe('circuit_open');
    clock.advance(1);
    state.down = false;
    expect(await outcomeOf(runner, pipeline)).toBe('ok');
    expect(changes(events)).toEqual(['api closed>open', 'api open>half_open']);
    expect(await outcomeOf(runner, pipeline)).toBe('ok');
    expect(changes(events)).toEqual(['api closed>open', 'api open>half_open', 'api half_open>closed']);
    state.down = true;
    await open(runner, pipeline);
  });

  test('a failure while it is half-open opens it again, for as long', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    const { state, pipeline } = service();
    await open(runner, pipeline);
    clock.advance(60_000);
    state.down = false;
    expect(await outcomeOf(runner, pipeline)).toBe('ok');
    state.down = true;
    expect(await outcomeOf(runner, pipeline)).toBe('step_failed');
    clock.advance(59_999);
    expect(await outcomeOf(runner, pipeline)).toBe('circuit_open');
    clock.advance(1);
    // The success before the failure no longer counts.
    state.down = false;
    expect(await outcomeOf(runner, pipeline)).toBe('ok');
    expect(changes(events).at(-1)).toBe('api open>half_open');
  });

  test('a success resets the count', async () => {
    const { runner, events } = testRunner({ engine: noEngine, clock: fakeClock() });
    const { state, pipeline } = service();
    for (const down of [true, true, true, true, false, true, true, true, true]) {
      state.down = down;
      await outcomeOf(runner, pipeline);
    }
    expect(state.calls).toBe(9);
    expect(changes(events)).toEqual([]);
    await outcomeOf(runner, pipeline);
    expect(changes(events)).toEqual(['api closed>open']);
  });

  test.each([1, 2])('the half-open limit is enforced: %i at a time, the others fail fast', async (limit) => {
    const clock = fakeClock();
    const { runner } = testRunner({ engine: noEngine, clock });
    const settings = { name: 'api', failureThreshold: 1, successThreshold: 9, halfOpenLimit: limit };
    const failing = service(settings);
    expect(await outcomeOf(runner, failing.pipeline)).toBe('step_failed');
    clock.advance(60_000);
    const release: (() => void)[] = [];
    const calls = Array.from({ length: 4 }, (_, index) =>
      effect(`call${index}`, {}, () => new Promise<void>((resolve) => void release.push(resolve)), {
        circuitBreaker: settings,
      }),
    );
    const running = errorOf(runner.run(one(calls), undefined, { correlationId: null }), 'run_failed');
    while (release.length < limit) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(release).toHaveLength(limit);
    for (const done of release) done();
    const failed = await running;
    expect(failed.cause).toMatchObject({
      code: 'circuit_open',
      details: { name: 'api', state: 'half_open', until: undefined },
    });
    const result = failed.details['result'] as Parameters<typeof outcomes>[0];
    expect(outcomes(result)).toEqual(
      calls.map(({ name }, index) => `${name} ${index < limit ? 'complete' : 'failed'}`),
    );
  });

  test('an attempt that was let through before the state changed says nothing of the new one', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    const settings = { name: 'api', failureThreshold: 1, successThreshold: 1 };
    const { pipeline } = service(settings);
    const slowly = () => {
      let end: { readonly well: () => void; readonly badly: (error: Error) => void } | undefined;
      const run = () =>
        new Promise<void>((well, badly) => {
          end = { well, badly };
        });
      const running = outcomeOf(runner, one([effect('slow', {}, run, { circuitBreaker: settings })]));
      return {
        running,
        async ends() {
          while (end === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
          return end;
        },
      };
    };
    const early = slowly();
    const { badly } = await early.ends();
    await outcomeOf(runner, pipeline);
    clock.advance(60_000);
    const trial = slowly();
    const { well } = await trial.ends();
    badly(new Error('at last'));
    expect(await early.running).toBe('step_failed');
    expect(changes(events)).toEqual(['api closed>open', 'api open>half_open']);
    well();
    expect(await trial.running).toBe('ok');
    expect(changes(events).at(-1)).toBe('api half_open>closed');
  });

  test('it is counted per attempt, and an open one is not tried again, whatever retryOn says', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    const rolled: string[] = [];
    const { state, pipeline } = service('api', {
      retry: { maxAttempts: 20, initialDelayMs: 0, retryOn: () => true },
      rollback: ({ error }) => void rolled.push((error as CairnError).code),
    });
    const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
    const failed = await errorOf(task.execute(), 'run_failed');
    expect(failed.cause).toMatchObject({ code: 'circuit_open' });
    expect(state.calls).toBe(5);
    const result = failed.details['result'] as { steps: Map<string, object> };
    expect(result.steps.get('call')).toMatchObject({ outcome: 'failed', attempts: 5 });
    expect(task.stages.get('call')).toMatchObject({ status: 'error', attempts: 5 });
    expect(
      task.stages
        .get('call')
        ?.history.slice(-2)
        .map(({ status }) => status),
    ).toEqual(['retry', 'error']);
    // What did not begin has nothing to put back.
    expect(rolled).toEqual(Array.from({ length: 5 }, () => 'step_failed'));
    expect(events.map(({ type }) => type).filter((type) => /circuit|retry|error/.test(type))).toEqual([
      ...Array.from({ length: 4 }, () => 'step_retry'),
      'circuit_state',
      'step_retry',
      'step_error',
    ]);
  });

  test('a retry that comes after it has become half-open is let through', async () => {
    const clock = fakeClock();
    const { runner } = testRunner({ engine: noEngine, clock });
    const { state, pipeline } = service(
      { name: 'api', failureThreshold: 1, resetTimeoutMs: 1_000 },
      { retry: { initialDelayMs: 1_000, jitter: 0 } },
    );
    const running = outcomeOf(runner, pipeline);
    await clock.asleep();
    state.down = false;
    clock.advance(1_000);
    expect(await running).toBe('ok');
    expect(state.calls).toBe(2);
  });

  test('it is one for all steps, pipelines and runs of a runner that name it, and for no other runner', async () => {
    const clock = fakeClock();
    const { runner } = testRunner({ engine: noEngine, clock });
    const first = service('api');
    const named = one([effect('other', {}, () => 1, { circuitBreaker: { name: 'api' } })], 'q');
    const own = one([effect('call', {}, () => 1, { circuitBreaker: true })], 'q');
    const without = one([effect('call', {}, () => 1, { circuitBreaker: false })], 'q');
    await open(runner, first.pipeline);
    expect(await outcomeOf(runner, named)).toBe('circuit_open');
    expect(await outcomeOf(runner, own)).toBe('ok');
    expect(await outcomeOf(runner, without)).toBe('ok');
    const other = testRunner({ engine: noEngine, clock }).runner;
    expect(await outcomeOf(other, first.pipeline)).toBe('step_failed');
  });

  test('without a name it is the step’s own: <pipeline>/<step>', async () => {
    const plan = await compile(service(true).pipeline);
    expect(plan.steps[0]?.circuitBreaker).toEqual({
      name: 'p/call',
      failureThreshold: 5,
      resetTimeoutMs: 60_000,
      successThreshold: 2,
      halfOpenLimit: 1,
    });
  });

  test('two definitions of one name are refused: in a pipeline, and in a runner before any event', async () => {
    const calls = (settings: StepOptions['circuitBreaker'], name: string) =>
      effect(name, {}, () => 1, { circuitBreaker: settings });
    const both = one([calls('api', 'a'), calls({ name: 'api', failureThreshold: 3 }, 'b')]);
    const error = await errorOf(compile(both), 'invalid_argument');
    expect(error.message).toContain("circuit 'api' has failureThreshold 3 here and 5 elsewhere");

    const { runner, events } = testRunner({ engine: noEngine });
    await runner.run(one([calls('api', 'a'), calls({ name: 'api', halfOpenLimit: 1 }, 'b')]));
    const told = events.length;
    const later = one([calls({ name: 'other' }, 'a'), calls({ name: 'api', successThreshold: 1 }, 'b')], 'q');
    await errorOf(runner.run(later), 'invalid_argument');
    await errorOf(runner.bind(later), 'invalid_argument');
    expect(events).toHaveLength(told);
    // What was refused has defined nothing.
    await runner.run(one([calls({ name: 'other', failureThreshold: 1 }, 'a')], 'r'));
  });

  test.each([
    ['no failures', { failureThreshold: 0 }],
    ['half a success', { successThreshold: 0.5 }],
    ['no trial', { halfOpenLimit: 0 }],
    ['a time below nothing', { resetTimeoutMs: -1 }],
    ['an empty name', ''],
    ['an option that there is not', { threshold: 5 }],
    ['a number', 5],
  ])('%s is refused when the step is defined', (_, settings) => {
    expect(() => effect('a', {}, () => 1, { circuitBreaker: settings as string })).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });

  test('a timeout is a failure', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    const slow = effect('slow', {}, () => new Promise(() => undefined), {
      timeoutMs: 500,
      circuitBreaker: { failureThreshold: 1 },
    });
    const running = outcomeOf(runner, one([slow]));
    await clock.asleep();
    clock.advance(500);
    expect(await running).toBe('step_timeout');
    expect(changes(events)).toEqual(['p/slow closed>open']);
  });

  test('a source that cannot say what it would read fails like an attempt, and succeeds only by being read', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    let identity = (): Promise<string> => Promise.reject(new Error('the service is down'));
    const connector: SourceConnector = {
      type: 'remote',
      location: {},
      options: {},
      identity: () => identity(),
      read: () => Promise.reject(new Error('it cannot be read')),
    };
    const settings = { name: 'api', failureThreshold: 2 };
    const pipeline = one([source('read', connector, { circuitBreaker: settings })]);
    await outcomeOf(runner, pipeline);
    identity = () => Promise.resolve('1');
    expect(await outcomeOf(runner, pipeline)).toBe('step_failed');
    expect(changes(events)).toEqual(['api closed>open']);
    expect(await outcomeOf(runner, pipeline)).toBe('circuit_open');
  });
});

describe('SEMANTICS 4, circuit breaker: what is no failure releases the trial', () => {
  test('a cancellation', async () => {
    const clock = fakeClock();
    const { runner, events } = testRunner({ engine: noEngine, clock });
    const settings = { name: 'api', failureThreshold: 1, successThreshold: 1 };
    const { state, pipeline } = service(settings);
    await outcomeOf(runner, pipeline);
    clock.advance(60_000);
    const stop = new AbortController();
    const long = effect('long', {}, () => new Promise(() => stop.abort('enough')), {
      circuitBreaker: settings,
    });
    const options = { correlationId: null, signal: stop.signal };
    await errorOf(runner.run(one([long]), undefined, options), 'canceled');
    state.down = false;
    expect(await outcomeOf(runner, pipeline)).toBe('ok');
    expect(changes(events)).toEqual(['api closed>open', 'api open>half_open', 'api half_open>closed']);
  });

  test('a lost lease', async () => {
    const store = memoryStore();
    const { runner, events } = testRunner({ engine: noEngine, store });
    const held = effect(
      'held',
      {},
      async () => {
        await store.acquire('correlations/job/p', { force: true });
        await new Promise(() => undefined);
      },
      { circuitBreaker: { name: 'api', failureThreshold: 1 } },
    );
    await errorOf(runner.run(one([held]), undefined, { correlationId: 'job' }), 'lease_lost');
    expect(changes(events)).toEqual([]);
  });

  let harm: (call: SeenCall) => void = () => undefined;
  const { engine } = breakableEngine((call) => harm(call));

  test('the loss of the engine', async () => {
    const { runner, events } = testRunner({ engine });
    let ended = 0;
    harm = ({ method, text, instance }) => {
      if (method !== 'startAndFetch' || !/"made"/.test(text) || ended > 0) return;
      ended += 1;
      void instance.terminate();
    };
    const made = step('made', sql`select 1 as n`, { circuitBreaker: { failureThreshold: 1 } });
    expect(outcomes(await runner.run(one([made])))).toEqual(['made complete']);
    expect(ended).toBe(1);
    expect(changes(events)).toEqual([]);
    harm = () => undefined;
  });

  test('an input that came out differently', async () => {
    const store = memoryStore();
    const { runner, events } = testRunner({ engine, store });
    const dice = step('dice', sql`select random() as n`, { volatile: true });
    const reads = effect('reads', { dice }, async ({ dice }) => (await dice.arrow()).numRows, {
      circuitBreaker: { failureThreshold: 1 },
    });
    const pipeline = one<readonly Step[]>([dice, reads]);
    await runner.run(pipeline, undefined, { correlationId: 'job' });
    for await (const { key } of store.list('objects/')) {
      const bytes = (await store.get(key)) ?? new Uint8Array();
      await store.put(
        key,
        bytes.map((byte) => byte ^ 1),
      );
    }
    const options = { correlationId: 'job', force: ['reads'] };
    expect(outcomes(await runner.run(pipeline, undefined, options))).toEqual([
      'dice complete',
      'reads complete',
    ]);
    expect(events.some(({ type }) => type === 'checkpoint_damaged')).toBe(true);
    expect(changes(events)).toEqual([]);
  });
});

/** The rules of SEMANTICS, told once more. */
function model(settings: { failures: number; resetMs: number; successes: number }) {
  let [state, row, until] = ['closed', 0, 0];
  return (down: boolean, now: number): string => {
    if (state === 'open') {
      if (now < until) return 'circuit_open';
      [state, row] = ['half-open', 0];
    }
    const fatal = state === 'half-open' ? 1 : settings.failures;
    if (down) {
      row = state === 'half-open' ? 1 : row + 1;
      if (row >= fatal) [state, row, until] = ['open', 0, now + settings.resetMs];
      return 'step_failed';
    }
    if (state === 'closed') row = 0;
    else if ((row += 1) >= settings.successes) [state, row] = ['closed', 0];
    return 'ok';
  };
}

test('SEMANTICS 4, circuit breaker: any sequence of successes, failures and waits comes to what the rules say', async () => {
  const count = fc.integer({ min: 1, max: 4 });
  const acts = fc.array(fc.tuple(fc.boolean(), fc.constantFrom(0, 0, 400, 1_000)), { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(count, count, acts, async (failures, successes, sequence) => {
      const clock = fakeClock();
      const { runner } = testRunner({ engine: noEngine, clock });
      const { state, pipeline } = service({
        failureThreshold: failures,
        successThreshold: successes,
        resetTimeoutMs: 1_000,
      });
      const expected = model({ failures, successes, resetMs: 1_000 });
      for (const [down, ms] of sequence) {
        clock.advance(ms);
        state.down = down;
        expect(await outcomeOf(runner, pipeline)).toBe(expected(down, clock.now()));
      }
      await runner.close();
    }),
    { numRuns: 40 },
  );
});

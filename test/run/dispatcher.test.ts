import {
  boundedDispatcher,
  definePipeline,
  effect,
  sql,
  step,
  type Cleaner,
  type Dispatcher,
  type Pipeline,
} from '@cairn/core';
import { expect, test } from 'vitest';
import { noEngine } from '../task/no-engine.js';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from './fixtures.js';

const never = new AbortController().signal;
const engine = sharedEngine();

/** Effects that note when they are at work, some after others. */
function effects(after: Readonly<Record<string, readonly string[]>>, notes: string[]): Pipeline {
  const made = new Map<string, ReturnType<typeof effect>>();
  for (const [name, before] of Object.entries(after)) {
    const run = async (): Promise<void> => {
      notes.push(`+${name}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      notes.push(`-${name}`);
    };
    made.set(name, effect(name, {}, run, { after: before.flatMap((one) => made.get(one) ?? []) }));
  }
  return definePipeline({ name: 'effects', processes: { main: [...made.values()] } });
}

test('SEMANTICS 2, dispatcher: all tasks run, and the first error in their order is thrown once all have ended', async () => {
  const { runAll } = boundedDispatcher(2);
  const ended: string[] = [];
  const task =
    (name: string, ms: number, fails = false) =>
    async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      ended.push(name);
      if (fails) throw new Error(name);
    };
  const all = runAll([task('a', 1), task('b', 20, true), task('c', 1, true), task('d', 30)], {
    signal: never,
  });
  await expect(all).rejects.toThrow('b');
  expect(ended.toSorted()).toEqual(['a', 'b', 'c', 'd']);
  expect(await runAll([], { signal: never })).toBeUndefined();
});

test('SEMANTICS 2, dispatcher: the default runs no more than concurrency at a time, over all its calls', async () => {
  const dispatcher = boundedDispatcher(2);
  let [running, most] = [0, 0];
  const task = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
  };
  await Promise.all(
    [1, 2, 3].map((count) =>
      dispatcher.runAll(
        Array.from({ length: count }, () => task),
        { signal: never },
      ),
    ),
  );
  expect([running, most]).toEqual([0, 2]);
});

test('SEMANTICS 2, dispatcher: a runner hands every step to the one that it is given', async () => {
  const handed: number[] = [];
  const inTurn: Dispatcher = {
    async runAll(tasks, { signal }) {
      handed.push(tasks.length);
      expect(signal.aborted).toBe(false);
      for (const task of tasks) await task();
    },
  };
  const notes: string[] = [];
  const { runner } = testRunner({ engine: noEngine, dispatcher: inTurn });
  await runner.run(effects({ a: [], b: [], c: ['a'], d: ['c', 'b'] }, notes));
  expect(handed).toEqual([2, 1, 1]);
  expect(notes.indexOf('-a')).toBeLessThan(notes.indexOf('+b'));
});

test('of steps that are ready the first listed begins first, also when it has become ready last', async () => {
  const notes: string[] = [];
  const { runner } = testRunner({ engine: noEngine, concurrency: 1 });
  await runner.run(effects({ a: [], b: ['a'], c: [], d: [] }, notes));
  expect(notes.filter((note) => note.startsWith('+'))).toEqual(['+a', '+b', '+c', '+d']);
});

test('a dispatcher that fails ends the run with its error', async () => {
  const broken: Dispatcher = { runAll: () => Promise.reject(new Error('no room')) };
  const { runner } = testRunner({ engine: noEngine, dispatcher: broken });
  const error = await errorOf(runner.run(effects({ a: [] }, [])), 'run_failed');
  expect((error.cause as Error).message).toContain('no room');
});

test('a dispatcher that leaves tasks out ends the run, too: one that does when the run is cancelled, as cancelled', async () => {
  const idle: Dispatcher = { runAll: () => Promise.resolve() };
  const { runner } = testRunner({ engine: noEngine, dispatcher: idle });
  await errorOf(runner.run(effects({ a: [] }, [])), 'invalid_argument');

  const stop = new AbortController();
  const polite: Dispatcher = {
    async runAll(tasks, { signal }) {
      for (const task of tasks) if (!signal.aborted) await task();
    },
  };
  const { runner: other } = testRunner({ engine: noEngine, dispatcher: polite });
  const first = effect('first', {}, () => stop.abort());
  const second = effect('second', {}, () => undefined, { after: [first] });
  const pipeline = definePipeline({ name: 'left_out', processes: { main: [first, second] } });
  await errorOf(other.run(pipeline, undefined, { signal: stop.signal }), 'canceled');
});

test('what is no dispatcher or no cleaner is refused', async () => {
  // It would let none through, and the run would never end.
  for (const wrong of [undefined, 0, '4'])
    expect(() => boundedDispatcher(wrong as number)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  for (const wrong of [{ dispatcher: {} }, { cleaner: () => undefined }]) {
    const make = async (): Promise<unknown> => testRunner({ engine: noEngine, ...(wrong as object) });
    await errorOf(make(), 'invalid_argument');
  }
});

test('SEMANTICS 1, cleaner: what is given removes the checkpoints of a run, and its failure is told and hides nothing', async () => {
  const a = step('a', sql`select 1 as n`, { checkpoint: 'run' });
  const pipeline = definePipeline({ name: 'brief', processes: { main: [a] } });
  const bad = effect('bad', { a }, () => {
    throw new Error('the run’s own');
  });
  const failing = definePipeline({ name: 'failing', processes: { main: [a, bad] } });
  const removed: string[] = [];
  const logged: string[] = [];
  const cleaner: Cleaner = {
    async deleteTree(prefix) {
      removed.push(prefix);
      throw new Error('the cleaner broke');
    },
  };
  const log = (_: unknown, message: string): void => void logged.push(message);
  const logger = { debug: log, info: log, warn: log, error: log };
  const { runner, events } = testRunner({ engine, store: lastingStore(), cleaner, logger });
  const result = await runner.run(pipeline, undefined, { correlationId: 'job', runId: 'one' });
  expect(outcomes(result)).toEqual(['a complete']);
  expect(removed).toEqual(['runs/one/']);
  expect(events.filter(({ type }) => type === 'cleanup_failed')).toHaveLength(1);
  expect(logged).toContain('a clean-up failed');
  const run = runner.run(failing, undefined, { correlationId: 'job', runId: 'two' });
  expect((await errorOf(run, 'step_failed')).message).toContain('the run’s own');
  expect(removed).toEqual(['runs/one/', 'runs/two/']);
});

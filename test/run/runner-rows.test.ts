import { definePipeline, effect, isCairnError, sql, step, type CairnEvent, type Cleaner } from '@cairn/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { noEngine } from '../task/no-engine.js';
import { errorOf, lastingStore, sharedEngine, testRunner } from './fixtures.js';

const engine = sharedEngine();

test('SEMANTICS 2, run: each argument has its default, and a correlation id is made of pipeline and params', async () => {
  const { runner, events } = testRunner({ engine: noEngine });
  const pipeline = definePipeline({
    name: 'defaults',
    params: z.object({ n: z.number().default(1) }),
    processes: { main: [effect('a', {}, () => 1)] },
  });
  const first = await runner.run(pipeline);
  expect(first.attempt).toBe(1);
  expect(first.runId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(first.correlationId).toMatch(/^default-[0-9a-f]{32}$/);
  expect(events[0]).toMatchObject({ lastAttempt: true, processRunId: null });
  const same = await runner.run(pipeline, { n: 1 });
  expect([same.correlationId, same.runId === first.runId]).toEqual([first.correlationId, false]);
  expect((await runner.run(pipeline, { n: 2 })).correlationId).not.toBe(first.correlationId);
  const given = { runId: 'r-1', correlationId: 'c-1', attempt: 4, lastAttempt: false };
  events.length = 0;
  expect(await runner.run(pipeline, {}, given)).toMatchObject({
    runId: 'r-1',
    correlationId: 'c-1',
    attempt: 4,
  });
  for (const event of events) expect(event).toMatchObject(given);
  expect((await runner.run(pipeline, {}, { correlationId: null })).correlationId).toBeNull();
});

test('SEMANTICS 2, RunContext: steps and processes are runs of their own, by their own ids', async () => {
  const { runner, events } = testRunner({ engine: noEngine });
  const pipeline = definePipeline({ name: 'ids', processes: { main: [effect('a', {}, () => 1)] } });
  await runner.run(pipeline, undefined, { runId: 'r' });
  const ids = (type: CairnEvent['type']): unknown[] =>
    events.flatMap((event) =>
      event.type === type ? [[event.processRunId, 'stepRunId' in event ? event.stepRunId : null]] : [],
    );
  expect(ids('pipeline_start')).toEqual([[null, null]]);
  expect(ids('process_start')).toEqual([['r:main', null]]);
  expect(ids('process_end')).toEqual([['r:main', null]]);
  expect(ids('step_start')).toEqual([['r:main', 'r:a']]);
  expect(ids('step_end')).toEqual([['r:main', 'r:a']]);
});

test('SEMANTICS 2, order: what cannot compile or is not known is told before any event; then execute, flush, clean up', async () => {
  const order: string[] = [];
  const cleaner: Cleaner = { deleteTree: async (prefix) => void order.push(`clean ${prefix}`) };
  const observer = {
    onEvent: ({ type }: CairnEvent) =>
      void (type.startsWith('pipeline') || type === 'step_start' ? order.push(type) : 0),
    flush: () => {
      order.push('flush');
      throw new Error('an observer that cannot');
    },
  };
  const { runner } = testRunner({ engine, store: lastingStore(), cleaner, observers: [observer] });
  const brief = step('brief', sql`select 1 as n`, { checkpoint: 'run' });
  const pipeline = definePipeline({ name: 'ordered', processes: { main: [brief] } });
  const broken = definePipeline({
    name: 'broken',
    processes: { main: [step('x', sql`select from where`)], again: [step('X', sql`select 1`)] },
  });
  await errorOf(runner.run(broken, undefined, { include: ['nothing' as 'x'] }), 'duplicate_stage');
  await errorOf(runner.run(pipeline, undefined, { include: ['nothing' as 'brief'] }), 'invalid_stage');
  expect(order).toEqual([]);
  await runner.run(pipeline, undefined, { correlationId: 'job', runId: 'r' });
  expect(order).toEqual(['pipeline_start', 'step_start', 'pipeline_end', 'flush', 'clean runs/r/']);
});

test('SEMANTICS 2, dispatcher: a run rejects with the first error in time, whatever the order of its steps', async () => {
  const { runner } = testRunner({ engine: noEngine });
  const failing = (name: string, ms: number): ReturnType<typeof effect> =>
    effect(name, {}, async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      throw new Error(name);
    });
  const pipeline = definePipeline({
    name: 'two',
    processes: { main: [failing('slow', 60), failing('quick', 1)] },
  });
  const error = await errorOf(runner.run(pipeline), 'run_failed');
  expect(isCairnError(error.cause) && error.cause.details['step']).toBe('quick');
  expect(error.details['failed']).toEqual(['quick', 'slow']);
});

test('runner.flush flushes what observes it', async () => {
  let flushed = 0;
  const { runner } = testRunner({
    engine: noEngine,
    observers: [{ onEvent: () => undefined, flush: () => void (flushed += 1) }],
  });
  await runner.flush();
  expect(flushed).toBe(1);
});

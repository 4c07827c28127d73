import {
  definePipeline,
  effect,
  memoryStore,
  sql,
  step,
  type ObjectStore,
  type Pipeline,
  type TaskEntry,
} from '@cairn/core';
import { fsStore } from '@cairn/node';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorOf, lastingStore, sharedEngine, temporaryFolder, testRunner } from '../run/fixtures.js';
import { noEngine } from './no-engine.js';

const engine = sharedEngine();
const stores: readonly (readonly [string, () => ObjectStore])[] = [
  ['memory', () => lastingStore(memoryStore())],
  ['the file system', () => fsStore({ root: temporaryFolder() })],
];

function pipelineOf(name: string, run: () => unknown = () => 'done'): Pipeline<string, { n?: number }> {
  return definePipeline({
    name,
    params: z.object({ n: z.number().default(1), since: z.date().optional() }),
    processes: { main: [effect('a', {}, () => 1), effect('b', {}, run)] },
  }) as never;
}
const fails = (): never => {
  throw new Error('no');
};
const brief = (entries: readonly TaskEntry[]): string[] =>
  entries.map(({ pipeline, correlationId, status }) => `${pipeline}/${correlationId} ${status}`).toSorted();

/** A complete, a failed, a cancelled, a bound and a forgotten task. */
async function fill(store: ObjectStore): Promise<void> {
  const { runner } = testRunner({ engine: noEngine, store });
  await runner.run(pipelineOf('one'), { n: 2 }, { correlationId: 'good' });
  await errorOf(runner.run(pipelineOf('one', fails), {}, { correlationId: 'bad' }), 'step_failed');
  const options = { correlationId: 'waiting', queue: 'slow', tags: ['nightly', 'eu'], description: 'a job' };
  const waiting = await runner.bind(pipelineOf('two'), {}, options);
  await waiting.unbind();
  const canceled = await runner.bind(pipelineOf('two'), {}, { correlationId: 'stopped' });
  await canceled.cancel();
  await canceled.unbind();
  const gone = await runner.bind(pipelineOf('two'), {}, { correlationId: 'gone' });
  await gone.execute();
  await gone.unbind({ clean: true });
}
const all = [
  'one/bad error',
  'one/good complete',
  'two/gone complete',
  'two/stopped canceled',
  'two/waiting created',
];

describe.each(stores)('SEMANTICS 3, TaskCatalog in %s', (_, make) => {
  test('lists all tasks, and filters by status, queue, tag and pipeline', async () => {
    const store = make();
    await fill(store);
    const { runner } = testRunner({ engine: noEngine, store });
    expect(brief(await runner.tasks.list())).toEqual(all);
    expect(brief(await runner.tasks.list({ status: 'error' }))).toEqual(['one/bad error']);
    expect(brief(await runner.tasks.list({ status: ['error', 'canceled'] }))).toEqual([
      'one/bad error',
      'two/stopped canceled',
    ]);
    expect(brief(await runner.tasks.list({ queue: 'slow' }))).toEqual(['two/waiting created']);
    expect(brief(await runner.tasks.list({ tag: 'eu', pipeline: 'two' }))).toEqual(['two/waiting created']);
    expect(await runner.tasks.list({ tag: 'eu', pipeline: 'one' })).toEqual([]);
    const cleaned = (await runner.tasks.list()).filter((entry) => entry.cleaned);
    expect(cleaned.map(({ correlationId }) => correlationId)).toEqual(['gone']);
  });

  test('tells what a task is, and how its steps stand', async () => {
    const store = make();
    await fill(store);
    const { runner } = testRunner({ engine: noEngine, store });
    expect(await runner.tasks.get('good')).toMatchObject({
      pipeline: 'one',
      queue: 'default',
      params: { n: 2 },
      attempt: 1,
      cleaned: false,
      lease: undefined,
      steps: [
        { step: 'a', status: 'complete', attempts: 1, result: 1 },
        { step: 'b', status: 'complete', message: 'done' },
      ],
    });
    expect(await runner.tasks.get('waiting')).toMatchObject({
      tags: ['nightly', 'eu'],
      description: 'a job',
      attempt: 0,
    });
    expect((await runner.tasks.get('bad'))?.steps[1]).toMatchObject({ step: 'b', status: 'error' });
    expect(await runner.tasks.get('gone')).toMatchObject({ cleaned: true, steps: [] });
    expect(await runner.tasks.get('never')).toBeUndefined();
    await errorOf(runner.tasks.get('..'), 'invalid_id');
    const task = await runner.bind(pipelineOf('one'), {}, { correlationId: 'held' });
    expect((await runner.tasks.get('held'))?.lease?.state).toBe('live');
    await task.unbind();
  });

  test('follows what happens, and is made again where its index is missing or damaged', async () => {
    const store = make();
    await fill(store);
    const { runner } = testRunner({ engine: noEngine, store });
    await runner.tasks.list();
    await runner.run(pipelineOf('one'), {}, { correlationId: 'bad' });
    const after = all.map((text) => text.replace('bad error', 'bad complete'));
    expect(brief(await runner.tasks.list())).toEqual(after);
    const keys: string[] = [];
    for await (const { key } of store.list('catalog/')) keys.push(key);
    const [first = '', second = '', ...rest] = keys.filter((key) => !key.includes('gone'));
    await store.put(first, new TextEncoder().encode('{"formatVersion":1,'));
    await store.put(second, new TextEncoder().encode('{"formatVersion":1,"entry":{}}'));
    for (const key of rest) await store.delete(key);
    const { runner: anew } = testRunner({ engine: noEngine, store });
    expect(brief(await anew.tasks.list())).toEqual(after);
  });
});

test('an entry says what stands in the store, whoever changed it: another runner, or a hand that removed a log', async () => {
  const store = lastingStore();
  await fill(store);
  const { runner } = testRunner({ engine: noEngine, store });
  const { runner: other } = testRunner({ engine: noEngine, store });
  await runner.tasks.list();
  await other.run(pipelineOf('two'), {}, { correlationId: 'waiting' });
  await store.delete('correlations/good/one/journal');
  expect(brief(await runner.tasks.list())).toEqual([
    'one/bad error',
    'two/gone complete',
    'two/stopped canceled',
    'two/waiting complete',
  ]);
});

test('a log that is damaged hides no other task, and is told', async () => {
  const store = lastingStore();
  await fill(store);
  await store.put('correlations/good/one/journal', new Uint8Array(100).fill(7));
  const logged: unknown[] = [];
  const say = (facts: Readonly<Record<string, unknown>>): void => void logged.push(facts['key']);
  const logger = { debug: say, info: say, warn: say, error: say };
  const { runner } = testRunner({ engine: noEngine, store, logger });
  expect(brief(await runner.tasks.list())).toEqual(all.filter((text) => !text.includes('good')));
  expect(logged).toEqual(['correlations/good/one/journal']);
  await errorOf(runner.tasks.get('good'), 'journal_damaged');
});

test('a run of a part is no complete task; rows and bytes of tables are told', async () => {
  const { runner } = testRunner({ engine });
  const a = step('a', sql`select 1 as n`);
  const b = step('b', sql`select n from ${a}`);
  const pipeline = definePipeline({ name: 'p', processes: { main: [a, b] } });
  await runner.run(pipeline, undefined, { correlationId: 'job', include: ['a'] });
  expect(await runner.tasks.get('job')).toMatchObject({ status: 'created', steps: [{ step: 'a', rows: 1 }] });
  await runner.run(pipeline, undefined, { correlationId: 'job' });
  expect(await runner.tasks.get('job')).toMatchObject({
    status: 'complete',
    steps: [{}, { step: 'b', rows: 1 }],
  });
});

test('a filter that is none is refused', async () => {
  const { runner } = testRunner({ engine: noEngine });
  for (const wrong of [{ state: 'error' }, { status: 'errors' }, { tag: 7 }, { status: 7 }, { status: null }])
    await errorOf(runner.tasks.list(wrong as object), 'invalid_argument');
});

test('params come back as they were: dates, whole numbers of any size, bytes, keys that begin with $', async () => {
  const { runner } = testRunner({ engine: noEngine });
  const params = {
    when: new Date(5),
    many: 2n ** 70n,
    bytes: Uint8Array.of(0, 255),
    $odd: [{ $date: 'text' }, null, 1.5],
  };
  const pipeline = definePipeline({
    name: 'p',
    params: z.object({ when: z.date(), many: z.bigint(), bytes: z.instanceof(Uint8Array), $odd: z.any() }),
    processes: { main: [effect('a', {}, () => 1)] },
  });
  await runner.run(pipeline, params, { correlationId: 'job' });
  expect((await runner.tasks.get('job'))?.params).toEqual(params);
});

import { compile, definePipeline, effect, memoryStore, type Pipeline } from '@cairn/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { noEngine } from '../task/no-engine.js';
import { errorOf, lastingStore, outcomes, testRunner } from './fixtures.js';

/** Three effects in a row, of which the last fails as often as it is told. */
function chain(failures: { left: number }, versions = ['1', '1', '1']): Pipeline {
  const a = effect('a', {}, () => 1, { version: versions[0] });
  const b = effect('b', {}, () => 2, { version: versions[1], after: [a] });
  const c = effect(
    'c',
    {},
    () => {
      failures.left -= 1;
      if (failures.left >= 0) throw new Error('not yet');
    },
    { version: versions[2], after: [b] },
  );
  return definePipeline({ name: 'chain', processes: { main: [a, b, c] } });
}
const job = { correlationId: 'job' };

test('SEMANTICS 4, resume: each step that succeeded is recorded by the runner itself, and the next run skips it', async () => {
  const store = lastingStore();
  const failures = { left: 1 };
  const { runner } = testRunner({ engine: noEngine, store });
  await errorOf(runner.run(chain(failures), undefined, job), 'step_failed');
  const { runner: another } = testRunner({ engine: noEngine, store });
  const resumed = await another.run(chain(failures), undefined, job);
  expect(outcomes(resumed)).toEqual(['a reused', 'b reused', 'c complete']);
});

test('SEMANTICS 4, fingerprint: what is changed is invalid by itself, not the whole pipeline', async () => {
  const { runner } = testRunner({ engine: noEngine });
  const failures = { left: 1 };
  await errorOf(runner.run(chain(failures), undefined, job), 'step_failed');
  const resumed = await runner.run(chain(failures, ['1', '2', '1']), undefined, job);
  expect(outcomes(resumed)).toEqual(['a reused', 'b complete', 'c complete']);
  expect(resumed.steps.get('b')?.reason).toMatchObject({
    code: 'changed',
    changes: [{ component: 'version', before: '1', after: '2' }],
  });
});

test('SEMANTICS 4, store: what was saved is loaded, what is missing is nothing, and deleting it is no error', async () => {
  const store = memoryStore();
  const value = Uint8Array.of(1, 2, 3);
  expect(await store.put('cache/x', value, { sync: true })).toBe(true);
  expect(await store.get('cache/x')).toEqual(value);
  expect(await store.get('cache/y')).toBeUndefined();
  await store.delete('cache/y');
  await store.delete('cache/x');
  expect(await store.get('cache/x')).toBeUndefined();
});

test('SEMANTICS 4, validation: a pipeline, its params and the options of its run are checked before anything', async () => {
  const { runner, events } = testRunner({ engine: noEngine });
  const pipeline = definePipeline({
    name: 'checked',
    params: z.object({ n: z.number() }),
    processes: { main: [effect('a', {}, () => 1)] },
  });
  await errorOf(compile(pipeline, { n: 'one' } as never), 'invalid_params');
  await errorOf(runner.run(pipeline, { n: 'one' } as never), 'invalid_params');
  await errorOf(runner.run(pipeline, { n: 1 }, { concurrency: 2 } as object), 'invalid_argument');
  await errorOf(runner.run(pipeline, { n: 1 }, { runId: '../x' }), 'invalid_id');
  await errorOf(runner.run(pipeline, { n: 1 }, { force: ['b' as 'a'] }), 'unknown_step');
  expect(events).toEqual([]);
  expect(await runner.tasks.list()).toEqual([]);
});

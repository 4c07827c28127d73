import {
  definePipeline,
  effect,
  source,
  sql,
  step,
  type Engine,
  type SourceConnector,
  type Step,
} from '@cairn/core';
import { expect, test } from 'vitest';
import { lastingStore, outcomes, sharedEngine, testRunner } from './fixtures.js';

/* The engine starts beside what comes before the first computation; and not at all when there is none. */

const shared = sharedEngine();
const one = (main: readonly Step[]) => definePipeline({ name: 'p', processes: { main } });

/** The engine, and how often it was opened; `opened` resolves when it was. */
function watched(): { readonly engine: Engine; readonly opened: Promise<void>; opens(): number } {
  let [opens, open] = [0, (): void => undefined];
  const opened = new Promise<void>((resolve) => (open = resolve));
  const engine: Engine = {
    ...shared,
    open(options) {
      opens += 1;
      open();
      return shared.open(options);
    },
  };
  return { engine, opened, opens: () => opens };
}

const connector = (identity: () => Promise<string>, read?: () => Promise<void>): SourceConnector => ({
  type: 'numbers',
  location: {},
  options: {},
  identity,
  async read() {
    await read?.();
    return { identity: '1', data: { query: sql`select 1 as n`, files: {} } };
  },
});
const numbers = (identity: () => Promise<string>, read?: () => Promise<void>) =>
  source('numbers', connector(identity, read));
const known = (): Promise<string> => Promise.resolve('1');

test('where nothing is stored, it starts while a source is still being identified', async () => {
  const { engine, opened } = watched();
  const { runner } = testRunner({ engine });
  const result = await runner.run(one([numbers(() => opened.then(known))]));
  expect(outcomes(result)).toEqual(['numbers complete']);
});

test('where a step is forced too', async () => {
  const store = lastingStore();
  await testRunner({ engine: shared, store }).runner.run(one([numbers(known)]));
  const { engine, opened } = watched();
  const { runner } = testRunner({ engine, store });
  const pipeline = one([numbers(() => opened.then(known))]);
  expect(outcomes(await runner.run(pipeline, undefined, { force: ['numbers'] }))).toEqual([
    'numbers complete',
  ]);
});

test('where the cache may hold it, it starts once that is known, while the source is still read', async () => {
  const store = lastingStore();
  await testRunner({ engine: shared, store }).runner.run(one([numbers(known)]));
  const { engine, opened, opens } = watched();
  const { runner } = testRunner({ engine, store });
  const seen: number[] = [];
  const changed = numbers(
    () => {
      seen.push(opens());
      return Promise.resolve('2');
    },
    () => opened,
  );
  expect(outcomes(await runner.run(one([changed])))).toEqual(['numbers complete']);
  expect(seen).toEqual([0]);
});

test('it does not start when all is reused, from its task or from the cache, nor for what makes no table', async () => {
  const store = lastingStore();
  const first = numbers(known);
  const pipeline = one([first, step('doubled', sql`select n * 2 as n from ${first}`)]);
  await testRunner({ engine: shared, store }).runner.run(pipeline);
  const { engine, opens } = watched();
  const { runner } = testRunner({ engine, store });
  const reused = ['numbers reused', 'doubled reused'];
  expect(outcomes(await runner.run(pipeline))).toEqual(reused);
  expect(outcomes(await runner.run(pipeline, undefined, { correlationId: 'other' }))).toEqual(reused);
  const idle = step('idle', sql`select 1 as n`, { checkpoint: false });
  const told = effect('told', {}, () => undefined);
  const result = await testRunner({ engine }).runner.run(one([idle, told]));
  expect(outcomes(result)).toEqual(['idle skipped', 'told complete']);
  expect(opens()).toBe(0);
});

import { fileURLToPath } from 'node:url';
import type { Pipeline } from '@cairn/core';
import type { Plugin } from '@cairn/core/plugin';
import { loadYamlPipeline } from '@cairn/node';
import { expect, test } from 'vitest';
import { expectSame } from './same.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(`../../examples/${file}`, import.meta.url));

async function defaultOf<Value>(file: string): Promise<Value> {
  const path = pathOf(file);
  const module = (await import(/* @vite-ignore */ path)) as { readonly default: Value };
  return module.default;
}

test.each([
  ['weather/pipeline.yaml', 'weather/pipeline.ts', 'weather/vehicles.ts', { radiusKm: 25 }],
  ['flights/flights.yaml', 'flights/flights.ts', 'flights/advice.ts', { minDelay: 30 }],
])('%s is %s', async (file, typescript, plugin, params) => {
  const pipeline = await defaultOf<Pipeline>(typescript);
  const read = await loadYamlPipeline(pathOf(file), { plugins: [await defaultOf<Plugin>(plugin)] });
  await expectSame(pipeline, read);
  await expectSame(pipeline, read, params);
  expect(Object.keys(read.processes)).toEqual(Object.keys(pipeline.processes));
});

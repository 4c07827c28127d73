import { definePlugin, type Plugin } from '@cairn/core/plugin';
import { pluginSuite, type PluginSuiteExamples } from '@cairn/core/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { numbers, numbersOptions, numbersPlugin } from './numbers.ts';

/** The tests of the suite that a plugin fails, each with why. */
async function failures(plugin: Plugin, options?: PluginSuiteExamples): Promise<string[]> {
  const tests: (readonly [string, () => Promise<void>])[] = [];
  const add = (name: string, run: () => Promise<void>): void => void tests.push([name, run]);
  pluginSuite({ test: add, create: () => plugin, ...(options && { options }) });
  const failed: string[] = [];
  for (const [name, run] of tests)
    await run().catch((error: unknown) => failed.push(`${name}: ${(error as Error).message}`));
  return failed;
}

const withSource = (
  create: () => ReturnType<typeof numbers>,
  options: z.ZodType<object> = z.strictObject({}),
) => definePlugin({ name: 'p', version: '1', sources: { x: { options, create } } });

test('a plugin as it should be passes', async () => {
  expect(await failures(numbersPlugin, { sources: { numbers: { count: 3 } } })).toEqual([]);
  expect(await failures(definePlugin({ name: 'p', version: '1' }))).toEqual([]);
});

test.each<[string, Plugin, string, PluginSuiteExamples?]>([
  ['without an example', numbersPlugin, 'the suite needs `options.sources.numbers`'],
  [
    'with an example of nothing',
    definePlugin({ name: 'p', version: '1' }),
    "there is no source 'x'",
    { sources: { x: {} } },
  ],
  [
    'whose options may be misspelt',
    withSource(() => numbers(1, 1), z.object({})),
    "source 'x' takes the option 'noSuchOptionOfTheSuite'",
  ],
  ['that makes something else each time', withSource(() => numbers(Math.random(), 1)), 'made twice'],
  [
    'whose options are no data',
    withSource(() => ({ ...numbers(1, 1), options: { run: () => 1 } })),
    'is no plain data',
  ],
  [
    'whose hooks fail where nobody sees it',
    definePlugin({ name: 'p', version: '1', hooks: { runEnd: () => Promise.reject(new Error('oh')) } }),
    'warnings of a run',
  ],
  [
    'that cannot be set up twice',
    definePlugin({ name: 'p', version: '1', setup: onlyOnce() }),
    'already there',
  ],
])('a plugin %s fails', async (_, plugin, words, options) => {
  expect((await failures(plugin, options)).join('\n')).toContain(words);
});

test('a plugin that takes params badly fails', async () => {
  const plugin = definePlugin({
    name: 'p',
    version: '1',
    sources: {
      x: {
        create: (options: { count: number }) => {
          const { count } = numbersOptions.parse(options);
          return numbers(count, 1);
        },
      },
    },
  });
  const failed = await failures(plugin, { sources: { x: { count: 1 } } });
  expect(failed.some((one) => one.startsWith('options of connectors may be params'))).toBe(true);
});

function onlyOnce(): () => void {
  let there = false;
  return () => {
    if (there) throw new Error('already there');
    there = true;
  };
}

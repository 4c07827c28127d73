import {
  createRunner,
  definePipeline,
  memoryStore,
  param,
  secret,
  source,
  type CairnError,
  type ConnectorContext,
  type Engine,
} from '@cairn/core';
import { contributions, definePlugin, isPlugin, type Plugin } from '@cairn/core/plugin';
import { expect, test } from 'vitest';
import * as v from 'valibot';
import { z } from 'zod';
import { refused } from '../pipeline/rejects.ts';
import { sharedEngine, testRunner } from '../run/fixtures.ts';
import { numbers, numbersOptions, numbersPlugin } from './numbers.ts';

const engine: Engine = sharedEngine();
const fromNumbers = numbersPlugin.sources.numbers;

const named = (name: string, version = '1'): Plugin =>
  definePlugin({ name, version, sources: { numbers: { create: () => numbers(1, 1) } } });

test('a plugin is frozen data', () => {
  expect(isPlugin(numbersPlugin)).toBe(true);
  expect(isPlugin({ name: 'acme', version: '1' })).toBe(false);
  expect(Object.isFrozen(numbersPlugin) && Object.isFrozen(numbersPlugin.sources)).toBe(true);
});

test.each<[string, object, CairnError['code'], string]>([
  ['no version', { name: 'a' }, 'invalid_plugin', "Plugin 'a' needs a version"],
  ['no name', { version: '1' }, 'invalid_name', 'plugin'],
  ['a scoped package for a name', { name: '@acme/x', version: '1' }, 'invalid_name', "'@acme/x'"],
  ['a misspelt key', { name: 'a', version: '1', source: {} }, 'invalid_argument', "did you mean 'sources'"],
  ['a name that is none', withSource({ '': { create: () => 1 } }), 'invalid_name', 'source'],
  [
    'no create',
    withSource({ x: { read: () => 1 } }),
    'invalid_plugin',
    "source 'x' without a function 'create'",
  ],
  ['no schema', withSource({ x: { create: () => 1, options: {} } }), 'invalid_plugin', 'no Standard Schema'],
  [
    'names in two cases',
    withSource({ x: { create: () => 1 }, X: { create: () => 1 } }),
    'invalid_plugin',
    'twice',
  ],
  [
    'a location of a transform',
    { name: 'a', version: '1', transforms: { t: { create: () => 1, location: [] } } },
    'invalid_argument',
    'location',
  ],
  ['an observer that is none', { name: 'a', version: '1', observer: {} }, 'invalid_plugin', 'onEvent'],
])('%s is refused', async (_, definition, code, words) => {
  await refused(() => definePlugin(definition as never), code, words);
});

function withSource(sources: object): object {
  return { name: 'a', version: '1', sources };
}

test('all that is wrong with options is told at once, with its place', async () => {
  const error = await refused(
    () => fromNumbers({ count: 1.5, factor: 'x', lable: 1 } as never),
    'invalid_argument',
    "source 'numbers' of plugin 'acme'",
    'count: ',
    'factor: ',
    'lable',
  );
  expect(error.details['issues']).toMatchObject([{ path: 'count' }, { path: 'factor' }, { path: '' }]);
});

test('any Standard Schema will do, and no options are an empty object', () => {
  const options = v.strictObject({ count: v.optional(v.number(), 3) });
  const plugin = definePlugin({
    name: 'a',
    version: '1',
    sources: { x: { options, create: ({ count }) => numbers(count, 1) } },
  });
  expect(contributions([plugin]).source('x', undefined).options).toEqual({ count: 3, factor: 1 });
});

test('a schema that answers later is refused by name', async () => {
  const options = z.object({ count: z.number().refine(() => Promise.resolve(true)) });
  const plugin = definePlugin({
    name: 'slow',
    version: '1',
    sources: {
      late: {
        options: { '~standard': { ...options['~standard'], validate: async () => ({ value: {} }) } },
        create: () => numbers(1, 1),
      },
    },
  });
  const message = "source 'late' of plugin 'slow'";
  await refused(
    () => contributions([plugin]).source('late', {}),
    'invalid_argument',
    message,
    'answers later',
  );
});

test('what a contribution throws or makes wrongly is its plugin’s fault', async () => {
  const broken = new Error('no luck');
  const plugin = definePlugin({
    name: 'bad',
    version: '1',
    sources: {
      throws: {
        create: () => {
          throw broken;
        },
      },
      half: { create: () => ({ type: 'half' }) as never },
    },
    transforms: { none: { create: () => ({ run: () => [] }) as never } },
  });
  const { source: make, transform } = contributions([plugin]);
  const error = await refused(() => make('throws', {}), 'plugin_failed', "'bad'", 'no luck');
  expect(error.cause).toBe(broken);
  expect(error.details).toMatchObject({ plugin: 'bad', contribution: "source 'throws'" });
  await refused(() => make('half', {}), 'plugin_failed', "no function 'identity'");
  await refused(() => transform('none', {}), 'plugin_failed', "no text 'version'");
});

test('names are short where they are unique, and whole where they clash', async () => {
  const found = contributions([numbersPlugin, named('beta'), numbersPlugin]);
  expect(found.names('source')).toEqual(['acme.numbers', 'beta.numbers']);
  expect(found.source('acme.numbers', { count: 2 }).options).toEqual({ count: 2, factor: 1 });
  await refused(
    () => found.source('numbers', {}),
    'ambiguous_contribution',
    "'acme.numbers' and 'beta.numbers'",
  );
  expect(contributions([numbersPlugin]).names('source')).toEqual(['numbers']);
  expect(contributions([numbersPlugin]).source('numbers', { count: 2 }).type).toBe('numbers');
});

test('an unknown name suggests the nearest one', async () => {
  const found = contributions([numbersPlugin]);
  await refused(() => found.source('nubmers', {}), 'unknown_contribution', "did you mean 'numbers'");
  await refused(
    () => found.source('acme.nubmers', {}),
    'unknown_contribution',
    "did you mean 'acme.numbers'",
  );
  await refused(() => found.sink('numbers', {}), 'unknown_contribution', "There is no sink 'numbers'");
});

test('two plugins of one name are refused, and one that is listed twice is one', async () => {
  await refused(
    () => contributions([named('acme', '1.0.0'), named('ACME', '2.0.0')]),
    'duplicate_plugin',
    '1.0.0',
    '2.0.0',
  );
  expect(contributions([numbersPlugin, numbersPlugin]).names('source')).toEqual(['numbers']);
  await refused(() => contributions([{ name: 'x' }] as never), 'invalid_argument', 'plugins[0]');
});

test('params in options are filled in, checked and given to the connector as values', async () => {
  const { runner } = testRunner({ engine });
  const pipeline = definePipeline({
    name: 'filled',
    params: z.object({ many: z.number(), by: z.number() }),
    processes: { all: [source('n', fromNumbers({ count: param('many'), factor: param('by') }))] },
  });
  const result = await runner.run(pipeline, { many: 3, by: 10 });
  expect((await result.table('n')).toArray().map((row) => Number(row.n))).toEqual([10, 20, 30]);

  const failed = await refused(() => runner.run(pipeline, { many: 1.5, by: 10 }), 'run_failed');
  expect(failed.cause).toMatchObject({ code: 'invalid_argument' });
  expect((failed.cause as Error).message).toContain('count: ');
});

test('what is wrong beside a param is told at once', async () => {
  await refused(
    () => fromNumbers({ count: param('many'), factor: 'x' as never }),
    'invalid_argument',
    'factor: ',
  );
});

test('a secret that a schema refuses is not quoted', async () => {
  const plugin = definePlugin({
    name: 'a',
    version: '1',
    sources: {
      x: {
        options: z.object({
          key: z.string().superRefine((key, ctx) => ctx.addIssue({ code: 'custom', message: `not ${key}` })),
        }),
        create: () => numbers(1, 1),
      },
    },
  });
  const { runner } = testRunner({ engine, secrets: { KEY: 'hush-hush' } });
  const pipeline = definePipeline({
    name: 'secretive',
    processes: { all: [source('n', plugin.sources.x({ key: secret('KEY') }))] },
  });
  const error = await refused(() => runner.run(pipeline), 'run_failed', 'key: not ***');
  expect(String((error.cause as Error).stack)).not.toContain('hush-hush');
});

test('options that say where do not count as a change of a source', async () => {
  const schema = numbersOptions.extend({ path: z.string() });
  const plugin = definePlugin({
    name: 'a',
    version: '1',
    sources: { x: { options: schema, location: ['path'], create: ({ count }) => numbers(count, 1) } },
  });
  const { runner, events } = testRunner({ engine });
  const placed = (path: string) =>
    definePipeline({
      name: 'placed',
      params: z.object({ count: z.number() }),
      processes: { all: [source('n', plugin.sources.x({ path, count: param('count') }))] },
    });
  await runner.run(placed('a'), { count: 3 });
  await runner.run(placed('b'), { count: 3 });
  await runner.run(placed('b'), { count: 4 });
  const told = events.map(({ type }) => type).filter((type) => type === 'step_reused' || type === 'step_end');
  expect(told).toEqual(['step_end', 'step_reused', 'step_end']);
});

test('what a plugin makes of options with params counts as it does without: its defaults, and which plugin it is', async () => {
  const store = memoryStore();
  const version = (name: string, factor: number) =>
    definePlugin({
      name,
      version: '1',
      sources: {
        x: {
          options: z.object({ count: z.number(), factor: z.number().default(factor), key: z.string() }),
          create: (given) => {
            const made = numbers(given.count, given.factor);
            return {
              ...made,
              options: { ...made.options, key: given.key },
              identity: async () => 'the same',
              read: async (context: ConnectorContext) => ({
                ...(await made.read(context)),
                identity: 'the same',
              }),
            };
          },
        },
      },
    });
  const outcome = async (plugin: ReturnType<typeof version>, key = 'hush') => {
    const { runner } = testRunner({ engine, store, secrets: { KEY: key } });
    const pipeline = definePipeline({
      name: 'versions',
      params: z.object({ count: z.number() }),
      processes: { all: [source('n', plugin.sources.x({ count: param('count'), key: secret('KEY') }))] },
    });
    return (await runner.run(pipeline, { count: 3 })).steps.get('n')?.outcome;
  };
  expect(await outcome(version('a', 1))).toBe('complete');
  expect(await outcome(version('a', 1))).toBe('reused');
  expect(await outcome(version('a', 2))).toBe('complete');
  expect(await outcome(version('b', 2))).toBe('complete');
  expect(await outcome(version('b', 2), 'another')).toBe('reused');
});

test('what says where and is no data is handed over beside a param', async () => {
  const files: unknown[] = [];
  const plugin = definePlugin({
    name: 'a',
    version: '1',
    sources: {
      x: {
        options: z.strictObject({ file: z.instanceof(Blob), count: z.number() }),
        location: ['file'],
        create: ({ file, count }) => (files.push(file), numbers(count, 1)),
      },
    },
  });
  const { runner } = testRunner({ engine });
  const file = new Blob(['x']);
  const pipeline = definePipeline({
    name: 'handed',
    params: z.object({ count: z.number() }),
    processes: { all: [source('n', plugin.sources.x({ file, count: param('count') }))] },
  });
  await runner.run(pipeline, { count: 1 });
  expect(files).toEqual([file]);
});

test('late connectors open and close what theirs open', async () => {
  const log: string[] = [];
  const plugin = definePlugin({
    name: 'a',
    version: '1',
    sources: {
      x: {
        options: numbersOptions,
        create: ({ count }) => {
          const made = numbers(count, 1);
          return {
            ...made,
            open: ({ options }) => (log.push(`open ${String(options['count'])}`), Promise.resolve('opened')),
            read: (context) => (log.push(`read ${String(context.resource)}`), made.read(context)),
            close: ({ resource }) => (log.push(`close ${String(resource)}`), Promise.resolve()),
          };
        },
      },
    },
  });
  const runner = createRunner({ store: memoryStore(), engine });
  const pipeline = definePipeline({
    name: 'opened',
    params: z.object({ count: z.number() }),
    processes: { all: [source('n', plugin.sources.x({ count: param('count') }))] },
  });
  await runner.run(pipeline, { count: 2 });
  expect(log).toEqual(['open 2', 'read opened', 'close opened']);
  await runner.close();
});

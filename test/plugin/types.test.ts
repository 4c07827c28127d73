import {
  definePipeline,
  param,
  secret,
  source,
  sql,
  type Check,
  type ObjectStore,
  type SinkConnector,
  type SourceConnector,
} from '@cairn/core';
import {
  definePlugin,
  type ParamsIn,
  type Plugin,
  type PluginTransform,
  type RegistryContext,
} from '@cairn/core/plugin';
import { expectTypeOf, test } from 'vitest';
import * as v from 'valibot';
import { z } from 'zod';
import { numbers } from './numbers.ts';

declare function fromFile<const Options extends { readonly path: unknown }>(
  options: Options,
): SourceConnector<ParamsIn<Options>>;
declare const toFile: SinkConnector;
declare const store: ObjectStore;

const plugin = () =>
  definePlugin({
    name: 'acme',
    version: '1.0.0',
    sources: {
      numbers: {
        options: z.object({ count: z.number(), factor: z.number().default(1), tags: z.array(z.string()) }),
        create: (options) => {
          // What the schema makes of the options, not what it takes.
          expectTypeOf(options).toEqualTypeOf<{ count: number; factor: number; tags: string[] }>();
          return numbers(options.count, options.factor);
        },
      },
      file: { create: fromFile },
      nothing: { create: () => numbers(0, 1) },
    },
    sinks: {
      file: { options: v.object({ path: v.string() }), location: ['path'], create: () => toFile },
    },
    transforms: {
      score: {
        options: v.object({ min: v.number() }),
        create: ({ min }) => ({ version: '1', run: () => [{ min }] }),
      },
    },
    checks: {
      even: {
        options: v.object({ column: v.string() }),
        create: ({ column }): Check => ({
          type: 'even',
          name: `even(${column})`,
          options: { column },
          fails: (context) => sql`${context.column(column)} % 2 = 1`,
        }),
      },
    },
    stores: {
      s3: {
        options: v.object({ bucket: v.string() }),
        create: ({ bucket }, context) => {
          expectTypeOf(bucket).toEqualTypeOf<string>();
          expectTypeOf(context).toEqualTypeOf<RegistryContext>();
          return store;
        },
      },
    },
  });

test("a plugin's functions take what their schemas take, and params and secrets for any of it", () => {
  const use = (): void => {
    const { sources, sinks, transforms, checks, stores } = plugin();
    expectTypeOf(sources.numbers({ count: 1, tags: [] })).toEqualTypeOf<SourceConnector<never>>();
    const given = sources.numbers({ count: param('many'), factor: 2, tags: ['a', param('tag')] });
    expectTypeOf(given).toEqualTypeOf<SourceConnector<'many' | 'tag'>>();
    expectTypeOf(sources.numbers({ count: 1, tags: [secret('TAG')] })).toEqualTypeOf<
      SourceConnector<never>
    >();
    // @ts-expect-error a text is no number
    sources.numbers({ count: '1', tags: [] });
    // @ts-expect-error tags are missing
    sources.numbers({ count: 1 });
    // @ts-expect-error there is no such option
    sources.numbers({ count: 1, tags: [], cuont: 1 });
    // @ts-expect-error there is no such source
    void sources.nubmers;

    // What checks its options itself keeps its own type.
    expectTypeOf(sources.file).toEqualTypeOf<typeof fromFile>();
    expectTypeOf(sources.file({ path: param('path') })).toEqualTypeOf<SourceConnector<'path'>>();
    expectTypeOf(sources.nothing()).toEqualTypeOf<SourceConnector>();

    expectTypeOf(sinks.file({ path: param('path') })).toEqualTypeOf<SinkConnector<'path'>>();
    expectTypeOf(transforms.score({ min: 1 }).version).toEqualTypeOf<string>();
    expectTypeOf(transforms.score({ min: 1 })).toExtend<PluginTransform>();
    // @ts-expect-error a transform's params are inputs of its step
    transforms.score({ min: param('min') });
    expectTypeOf(checks.even({ column: 'n' })).toEqualTypeOf<Check>();
    expectTypeOf(stores.s3({ bucket: 'b' })).toEqualTypeOf<ObjectStore>();
  };
  expectTypeOf(use).toBeFunction();
});

test('every plugin is a Plugin', () => {
  expectTypeOf(plugin).returns.toExtend<Plugin>();
});

test('the params of a plugin’s source are checked by the pipeline', () => {
  const use = (): void => {
    const steps = [source('numbers', plugin().sources.numbers({ count: param('many'), tags: [] }))];
    definePipeline({ name: 'p', params: z.object({ many: z.number() }), processes: { all: steps } });
    // @ts-expect-error the schema lacks 'many'
    definePipeline({ name: 'p', params: z.object({ few: z.number() }), processes: { all: steps } });
  };
  expectTypeOf(use).toBeFunction();
});

test('what makes something else is no contribution', () => {
  const use = (): void => {
    // @ts-expect-error a number is no connector
    definePlugin({ name: 'a', version: '1', sources: { one: { create: () => 1 } } });
    definePlugin({
      name: 'a',
      version: '1',
      // @ts-expect-error the same with a schema
      sources: { one: { options: v.object({ count: v.number() }), create: () => 1 } },
    });
    // @ts-expect-error a misspelt key
    definePlugin({ name: 'a', version: '1', sources: { one: { option: 1, create: () => numbers(1, 1) } } });
    // @ts-expect-error no version
    definePlugin({ name: 'a' });
  };
  expectTypeOf(use).toBeFunction();
});

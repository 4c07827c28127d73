import { definePlugin, sql, type SourceConnector } from '@cairn/core/plugin';
import { z } from 'zod';

/** The numbers from 1 on, times a factor. */
export function numbers(count: number, factor: number): SourceConnector {
  const identity = `${count} times ${factor}`;
  return {
    type: 'numbers',
    location: {},
    options: { count, factor },
    identity: () => Promise.resolve(identity),
    read: ({ options }) =>
      Promise.resolve({
        identity,
        data: {
          query: sql`select unnest(range(1, ${Number(options['count']) + 1})) * ${options['factor'] as number} as n`,
          files: {},
        },
      }),
  };
}

export const numbersOptions = z.strictObject({
  count: z.number().int().min(0),
  factor: z.number().int().default(1),
  label: z.string().optional(),
});

/** A plugin with a source whose options have a schema. */
export const numbersPlugin = definePlugin({
  name: 'acme',
  version: '1.0.0',
  sources: { numbers: { options: numbersOptions, create: ({ count, factor }) => numbers(count, factor) } },
});

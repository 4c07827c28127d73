import { contributions, definePlugin, type Contributions } from '@cairn/core/plugin';
import { standardPlugins } from '@cairn/plugins';

const own = definePlugin({
  name: 'own',
  version: '1.0.0',
  transforms: {
    double: {
      create: ({ by = 2 }: { readonly by?: number }) => ({
        version: '1',
        run: async (inputs: Readonly<Record<string, unknown>>) => {
          const { table } = inputs as { readonly table: { arrow(): Promise<{ toArray(): object[] }> } };
          const rows = (await table.arrow()).toArray();
          return rows.map((row) => ({ n: Number((row as { readonly n: bigint }).n) * by }));
        },
      }),
    },
  },
});

/** What the tests' pipelines may name. */
export const registry: Contributions = contributions([...standardPlugins(), own]);

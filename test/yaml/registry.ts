import { contributions, definePlugin, type Contributions } from '@cairn/core/plugin';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { checksPlugin } from '@cairn/plugins/checks';
import { fromParquet } from '@cairn/plugins/parquet';

const connectors = definePlugin({
  name: 'standard',
  version: '1.0.0',
  sources: { csv: { create: fromCsv }, parquet: { create: fromParquet } },
  sinks: { csv: { create: toCsv } },
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
export const registry: Contributions = contributions([connectors, checksPlugin]);

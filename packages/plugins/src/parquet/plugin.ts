import { definePlugin, type Plugin } from '@cairn/core/plugin';
import { fromParquet } from './from-parquet.ts';
import { toParquet } from './to-parquet.ts';

/** `fromParquet` and `toParquet` by name, as the source and the sink `parquet`. */
export const parquetPlugin: Plugin = definePlugin({
  name: 'parquet',
  version: '0.1.0',
  sources: { parquet: { create: fromParquet } },
  sinks: { parquet: { create: toParquet } },
});

import { definePlugin, type Plugin } from '@cairn/core/plugin';
import { fromParquet } from './from-parquet.ts';

/** `fromParquet` by name, as the source `parquet`. */
export const parquetPlugin: Plugin = definePlugin({
  name: 'parquet',
  version: '0.1.0',
  sources: { parquet: { create: fromParquet } },
});

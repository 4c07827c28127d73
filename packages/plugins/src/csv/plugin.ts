import { definePlugin, type Plugin } from '@cairn/core/plugin';
import { fromCsv } from './from-csv.ts';
import { toCsv } from './to-csv.ts';

/** `fromCsv` and `toCsv` by name, as the source and the sink `csv`. */
export const csvPlugin: Plugin = definePlugin({
  name: 'csv',
  version: '0.1.0',
  sources: { csv: { create: fromCsv } },
  sinks: { csv: { create: toCsv } },
});

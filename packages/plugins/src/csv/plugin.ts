import { definePlugin, type Plugin } from '@cairn/core/plugin';
import type { FromCsvOptions } from './csv-options.ts';
import { fromCsv } from './from-csv.ts';
import { toCsv } from './to-csv.ts';

/** `fromCsv` and `toCsv` by name, as the source and the sink `csv`; `csvRejected` is the source of the rows that `badRows: 'collect'` leaves out. */
export const csvPlugin: Plugin = definePlugin({
  name: 'csv',
  version: '0.1.0',
  sources: {
    csv: { create: fromCsv },
    csvRejected: {
      create: (options: FromCsvOptions) => fromCsv({ ...options, badRows: 'collect' }).rejected,
    },
  },
  sinks: { csv: { create: toCsv } },
});

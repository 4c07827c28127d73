import { definePlugin, type Plugin } from '@cairn/core/plugin';
import { fromJson } from './from-json.ts';
import type { FromJsonOptions } from './json-options.ts';
import { toJson } from './to-json.ts';

/** `fromJson` and `toJson` by name, as the source and the sink `json`; `jsonRejected` is the source of the lines that `badRows: 'collect'` leaves out. */
export const jsonPlugin: Plugin = definePlugin({
  name: 'json',
  version: '0.1.0',
  sources: {
    json: { create: fromJson },
    jsonRejected: {
      create: (options: FromJsonOptions) => fromJson({ ...options, badRows: 'collect' }).rejected,
    },
  },
  sinks: { json: { create: toJson } },
});

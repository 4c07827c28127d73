import { definePlugin, type Plugin } from '@cairn/core/plugin';
import { fromHttp } from './from-http.ts';
import { toHttp } from './to-http.ts';

/** `fromHttp` and `toHttp` by name, as the source and the sink `http`. */
export const httpPlugin: Plugin = definePlugin({
  name: 'http',
  version: '0.1.0',
  sources: { http: { create: fromHttp } },
  sinks: { http: { create: toHttp } },
});

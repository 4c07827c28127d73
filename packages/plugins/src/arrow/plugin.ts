import { definePlugin, type Plugin } from '@cairn/core/plugin';
import { fromArrow } from './from-arrow.ts';
import { toArrow } from './to-arrow.ts';

/** `fromArrow` and `toArrow` by name, as the source and the sink `arrow`. */
export const arrowPlugin: Plugin = definePlugin({
  name: 'arrow',
  version: '0.1.0',
  sources: { arrow: { create: fromArrow } },
  sinks: { arrow: { create: toArrow } },
});

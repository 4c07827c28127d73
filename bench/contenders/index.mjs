import { workload } from '../workloads/index.mjs';
import { bare, naive } from './bare.mjs';
import { auto, cairn } from './cairn.mjs';
import { appends, effects } from './steps.mjs';

const overTables = { bare, naive, cairn, auto };
const overSteps = { appends, effects };

/** Opens a contender for a workload (`chain:1000000`), or for so many steps (`steps:100`). */
export function openContender(name, text, host, more = {}) {
  const [kind, count] = text.split(':');
  if (kind === 'steps') return overSteps[name](host, Number(count));
  return { ...overTables, ...more }[name](host, workload(text));
}

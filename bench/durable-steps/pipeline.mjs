// N steps that do nothing, each one durable: one after the other (width 1), or each on its own (any other width).
import { definePipeline, effect } from '@cairn/core';

export function steps(count, width, { last = () => undefined, reuse = false } = {}) {
  const made = [];
  for (let index = 0; index < count; index += 1) {
    const isLast = index === count - 1;
    const after = width === 1 ? made.slice(-1) : isLast ? made.slice() : [];
    const run = isLast ? last : () => undefined;
    made.push(effect(`step_${index}`, {}, run, { after, reuse, version: '1' }));
  }
  return definePipeline({ name: 'durable_steps', processes: { main: made } });
}

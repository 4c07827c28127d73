// N steps that do nothing, each one durable: one after the other (width 1), or each on its own (any other width).
import { definePipeline, effect, sql, step } from '@cairn/core';

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

/** N tables, each made of the one before. */
export function tables(count) {
  const made = [];
  for (let index = 0; index < count; index += 1) {
    const query = index === 0 ? sql`select 0 as n` : sql`select n + 1 as n from ${made[index - 1]}`;
    made.push(step(`step_${index}`, query));
  }
  return definePipeline({ name: 'durable_steps', processes: { main: made } });
}

import type { Plan } from '@cairn/core';

/** A step and all that is made of it, in topological order. */
export function downstreamOf({ steps }: Plan, from: string): readonly string[] {
  const found = new Set([from]);
  for (const { name, inputs, after } of steps)
    if ([...inputs, ...after].some((one) => found.has(one))) found.add(name);
  return [...found];
}

/** A step and all that it is made of, in topological order. */
export function upstreamOf({ steps }: Plan, to: string): readonly string[] {
  const found = new Set([to]);
  for (const { name, inputs, after } of steps.toReversed())
    if (found.has(name)) for (const one of [...inputs, ...after]) found.add(one);
  return steps.flatMap(({ name }) => (found.has(name) ? [name] : []));
}

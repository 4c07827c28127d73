import { definePipeline, sql, step, type Pipeline, type TableStep } from '@cairn/core';

/** How many pipelines there are, and how each can be edited. */
export const [pipelineCount, editCount] = [4, 40];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function generator(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * One of a few random pipelines, of three to eight steps. They are made of few pieces, so that steps of different
 * pipelines have the same fingerprint, or the same content under different ones.
 */
export function sharedPipeline(number: number, edit: number): Pipeline {
  const random = generator(1000 + number);
  const below = (count: number): number => Math.floor(random() * count);
  const count = 3 + below(6);
  const steps: TableStep<string, never>[] = [];
  for (let at = 0; at < count; at += 1) {
    const name = `s${at}`;
    const piece = below(3);
    const scope = below(5) === 0 ? ({ checkpoint: 'correlation' } as const) : {};
    const one = steps[below(steps.length)];
    const other = steps[below(steps.length)];
    // The edit is in the middle.
    const shift = at === 1 ? edit : 0;
    const made =
      one === undefined || other === undefined || at < 2
        ? step(name, sql`select range + ${shift} as n from range(${500 * (1 + piece)})`, scope)
        : piece === 0
          ? step(name, sql`select n from ${one} where n % 2 = 0`, scope)
          : piece === 1
            ? step(name, sql`select n + 0 as n from ${one}`, scope)
            : step(name, sql`select a.n from ${one} a semi join ${other} b on a.n = b.n order by a.n`, scope);
    steps.push(made);
  }
  const last = steps.at(-1) as TableStep<string, never>;
  const sum = step('sum', sql`select sum(n)::bigint + ${edit} as n from ${last}`);
  return definePipeline({ name: `shared${number}`, processes: { main: [...steps, sum] } });
}

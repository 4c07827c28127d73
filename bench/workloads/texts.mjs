// A workload's statements, as DuckDB takes them and as Cairn does.
import { definePipeline, source, sql, step } from '@cairn/core';

const names = /\$([a-z]\w*)/g;

/** The tables that a statement reads. */
export const readsOf = ({ text }) => [...new Set(Array.from(text.matchAll(names), ([, name]) => name))];

/** A statement with plain names of tables. */
export const plainText = ({ text }) => text.replaceAll(names, '$1');

/** What to do for DuckDB, in order: statements, and after each the tables that no later one reads. */
export function scheduleOf({ sources, steps }) {
  const last = new Map();
  for (const made of steps) for (const name of readsOf(made)) last.set(name, made.name);
  const isDone = (at, name) => last.get(name) === at;
  const all = [...sources, ...steps].map(({ name }) => name);
  return steps.map((made) => ({
    name: made.name,
    text: plainText(made),
    reads: readsOf(made),
    done: all.filter((name) => isDone(made.name, name)),
  }));
}

/** The workload as a pipeline; `sourceOf` makes the connector of a source. */
export function pipelineOf(workload, sourceOf, options = {}) {
  const made = new Map();
  for (const given of workload.sources) made.set(given.name, source(given.name, sourceOf(given), options));
  for (const { name, text } of workload.steps) {
    let query = sql``;
    for (const [index, piece] of text.split(names).entries()) {
      query = index % 2 === 0 ? sql`${query}${sql.raw(piece)}` : sql`${query}${made.get(piece)}`;
    }
    made.set(name, step(name, query, options));
  }
  return definePipeline({ name: workload.name, processes: { main: [...made.values()] } });
}

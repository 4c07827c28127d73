// What a fresh engine is asked after its first answers: code that is used for the first time is slow, unless it is cached.
export const firstJoin = `select a.i, b.t, row_number() over (partition by a.k order by a.i) as r
  from (select i, i % 1000 as k from range(300000) r(i)) a
  join (select i % 1000 as k, sum(i) as t from range(300000) r(i) group by all) b on a.k = b.k order by a.i`;

/** The phases that an engine of Cairn's tells of its start, by name, in milliseconds. */
export function phasesOfStart() {
  const measures = performance
    .getEntriesByType('measure')
    .filter(({ name }) => name.startsWith('cairn engine: '));
  return Object.fromEntries(
    measures.map(({ name, duration }) => [name.slice('cairn engine: '.length), duration]),
  );
}

import { definePipeline, sql, step, type Pipeline } from '@cairn/core';

// Two parts' worth of rows at the beginning, so that a kill can come between them.
const numbers = step('numbers', sql`select i, i * 7 % 1000 as k, sqrt(i) as root from range(800000) r(i)`);
const grouped = step('grouped', sql`select k, count(*) as n, sum(root) as s from ${numbers} group by k`);
const rows = step(
  'rows',
  { grouped },
  async (inputs) => {
    const table = await inputs.grouped.arrow();
    return table
      .toArray()
      .map((row) => ({ k: Number(row['k']), text: `group ${row['k']}`, n: row['n'] as bigint }));
  },
  { version: '1' },
);
const last = step('last', sql`select r.text, g.s from ${rows} r join ${grouped} g on g.k = r.k order by r.k`);

export const pipeline: Pipeline = definePipeline({
  name: 'crash',
  processes: { main: [numbers, grouped, rows, last] },
});

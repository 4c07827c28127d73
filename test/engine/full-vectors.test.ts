import type { BoundSql, Engine, Part } from '@cairn/core';
import { duckDbEngine } from '@cairn/core/duckdb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { table } from '../../packages/core/dist/testing/engine-fixtures.js';
import { startEngineThread } from '../../packages/node-adapter/dist/engine-thread.js';

/*
 * DuckDB guesses how many distinct values a column has by the first values of each vector that is appended. A table that was
 * computed must have the guesses of one that was imported, or later statements over them give their rows in other orders.
 */

const started: string[] = [];
const [computed, imported] = [0, 1].map(() =>
  duckDbEngine({
    version: 'test',
    async connect() {
      const instance = await startEngineThread();
      const start = instance.db.startAndFetch;
      return {
        ...instance,
        db: {
          ...instance.db,
          async startAndFetch(connection, text, request) {
            started.push(text);
            if (!start) throw new Error('it gathers nothing');
            return start(connection, text, request);
          },
        },
      };
    },
  }),
) as [Engine, Engine];

afterAll(() => Promise.all([computed.close(), imported.close()]));

const over = (text: string): BoundSql => ({
  parts: text
    .split(/\b(facts|few)\b/)
    .map((part, index) =>
      index % 2 === 0 ? { kind: 'text', text: part } : { kind: 'table', table: table(part) },
    ),
});

beforeAll(async () => {
  const facts = `select i as id, (i * 7919) % 1009 as k, 'name ' || (i * 31 % 5003) as s, i / 3.0 as d,
    case when i % 7 = 0 then null else i % 3 = 0 end as b from range(250000) r(i) where i % 8 <> 3`;
  await computed.createTable(table('facts'), over(facts));
  await computed.createTable(table('few'), over(`select range as k from range(500)`));
});

async function* bytesOf(parts: AsyncIterable<Part>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of parts) yield bytes;
}

async function statistics(engine: Engine, columns: readonly string[]): Promise<unknown> {
  const asked = columns.map((name) => `stats("${name}") as "${name}"`).join(', ');
  const answer = await engine.query({
    parts: [
      { kind: 'text', text: `select ${asked} from ` },
      { kind: 'table', table: table('made') },
      { kind: 'text', text: ' limit 1' },
    ],
  });
  return answer.toArray()[0]?.toJSON();
}

test.each<[query: string, isKept: boolean]>([
  ['select * from facts', false],
  ['from facts', false],
  [
    `select id + 1 as a, upper(s) as b, d * 2 as c, coalesce(b, false) as e, case when k > 3 then 'x' end as f from facts`,
    false,
  ],
  ['select *, hash(id) as h from (select id, s from facts)', false],
  ['with all_of as (select * from facts) select id, s from all_of', false],
  ['select id, s, d from facts order by s, id desc', false],
  ['select * from facts order by all', false],
  [`select i as id, i * 7919 % 1009 as k, 'name ' || i % 5003 as s from range(300001) r(i)`, false],
  ['select i as id, i % 7 = 0 as b from generate_series(5, 900000, 3) r(i)', false],
  [
    `select g as at from generate_series(timestamp '2020-01-01', timestamp '2020-01-09', interval '3' second) r(g), range(200000, 200001)`,
    true,
  ],
  [`select i as id, i % 1009 as k from range(300000) r(i) where i % 8 <> 3`, true],
  ['select * from facts where k % 13 <> 5 order by d desc', false],
  ['select s, count(*) as n from facts group by s order by n, s', false],
  ['select distinct k, s from facts order by k, s', false],
  ['select *, row_number() over (partition by k order by id) as n from facts order by n, id', false],
  [
    '(select id, k from facts where k < 700) union all (select id, k from facts where k > 600) order by k, id',
    false,
  ],
  ['select f.id, f.s from facts f join few using (k) order by f.id', false],
  [`select * from facts where k % 13 <> 5 order by length('all alike')`, false],
  // The filter is moved before the order.
  ['select * from (select * from facts order by s, id) where id % 16 <> 5', false],
  ['select * from (select * from facts order by s, id limit 200000) where id % 16 <> 5', true],
  ['select * from facts where k % 13 <> 5', true],
  [`select * from facts where s > 'name 3'`, true],
  ['select *, sum(d) over (partition by k order by id rows 3 preceding) as total from facts', true],
  ['select f.id, f.s from facts f join few using (k)', true],
  ['select k, s, count(*) as n from facts group by k, s', true],
  ['select * from facts order by d limit 100000 offset 10', true],
  ['select * from facts using sample 30 percent (system, 7)', true],
  ['select id, unnest([id, k]) as one from facts', true],
])('%s', async (query, isKept) => {
  started.length = 0;
  const { columns, rows } = await computed.createTable(table('made'), over(query));
  expect(started.some((text) => text.includes('materialized'))).toBe(isKept);
  expect(rows).toBeGreaterThan(5000);
  await imported.importParts(table('made'), columns, bytesOf(computed.exportParts(table('made'))));
  const names = columns.map(({ name }) => name);
  expect(await statistics(imported, names)).toEqual(await statistics(computed, names));
});

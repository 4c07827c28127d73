import { sql, step, type SqlStep } from '@cairn/core';

function facts(name: string, rows: number): SqlStep {
  // Every eighth row is left out: what a filter leaves behind are vectors that are not full.
  return step(
    name,
    sql`
      select i::INTEGER as id, (i * 7919 % 1009)::INTEGER as k, (hash(i) % 50)::INTEGER as g, 'name ' || (i * 31 % 5003) as s,
        i / 3.0::DOUBLE as d, timestamp '2020-01-01' + interval (i % 5000) hour as t,
        case when i % 7 = 0 then null else i % 3 = 0 end as b,
        case when i % 11 = 0 then null else (i * 17 % 100000) / 100.0 end::DECIMAL(10,2) as m
      from range(${rows * 2}) r(i) where i % 8 <> 3 limit ${rows}`,
  );
}

/** Some vectors of rows, with nulls, text, times and decimals. */
export const few: SqlStep = facts('few', 20_000);

/** The same over several row groups. */
export const many: SqlStep = facts('many', 200_000);

/** What `k` of the rows above may mean; a fifth is missing. */
export const dims: SqlStep = step(
  'dims',
  sql`select k::INTEGER as k, 'dim ' || k as label, (k % 13)::INTEGER as region, k * 1.5::DOUBLE as w from range(1500) r(k) where k % 5 <> 1`,
);

/** Days with gaps. */
export const days: SqlStep = step(
  'days',
  sql`select (date '2020-01-01' + i::INTEGER) as day, (i % 7)::INTEGER as weekday from range(400) r(i) where hash(i) % 10 <> 3`,
);

/** Prices that change now and then. */
export const prices: SqlStep = step(
  'prices',
  sql`select timestamp '2020-01-01' + interval (i * 37) minute as at_time, (i % 20)::INTEGER as item, (i * 31 % 997) / 10.0::DOUBLE as price
    from range(9000) r(i) where hash(i) % 4 <> 1`,
);

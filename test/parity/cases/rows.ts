import { sql, step } from '@cairn/core';
import { dims, few, many } from './generated.ts';
import { parityCase, shape, type ParityCase } from './parity-case.ts';

const sparse = step('sparse', sql`select * from ${many} where hash(id) % 97 = 3`);

/** Windows, order, samples, pivots, recursion. */
export const rows: readonly ParityCase[] = [
  shape(
    'filter-and-project',
    sql`select id + 1 as a, upper(s) as b, d * 2 as c, coalesce(m, 0) as e from ${many} where k < 500 and s > 'name 3'`,
  ),
  shape('limit-without-order', sql`select * from ${many} limit 1000 offset 150000`),
  shape('order-by-with-ties', sql`select g, id, s from ${few} order by g`),
  shape(
    'order-by-with-ties-and-limit',
    sql`select g, b, id from ${many} order by g, b nulls first limit 5000`,
  ),
  shape(
    'order-by-nulls-and-directions',
    sql`select b, m, id from ${few} order by b desc nulls last, m nulls first, id desc`,
  ),
  shape('percent-limit', sql`select id, s from ${few} order by s, id limit 10%`),
  shape('row-numbers', sql`select id, row_number() over () as n, rowid as r from ${few}`),
  shape(
    'ranks',
    sql`select id, rank() over (partition by k order by d) as r, dense_rank() over (order by g) as dr, percent_rank() over (partition by g order by m) as pr, ntile(7) over (order by s, id) as nt from ${few}`,
  ),
  shape(
    'moving-windows',
    sql`select id, sum(m) over (partition by g order by id rows between 3 preceding and current row) as s, avg(d) over (order by t range between interval 1 day preceding and interval 1 day following exclude current row) as a from ${few}`,
  ),
  shape(
    'lag-and-lead',
    sql`select id, lag(s) over w as before, lead(s, 2, '-') over w as after, first_value(s) over w as f, nth_value(s, 3) over w as n from ${few} window w as (partition by g order by id)`,
  ),
  shape(
    'windows-with-ties',
    sql`select id, g, row_number() over (partition by k order by g) as n, list(id) over (partition by k order by g rows 2 preceding) as l from ${few}`,
  ),
  shape(
    'ignore-nulls',
    sql`select id, last_value(m ignore nulls) over (order by id) as m, cume_dist() over (order by m) as c from ${few}`,
  ),
  shape(
    'qualify',
    sql`select id, g, d from ${few} qualify row_number() over (partition by g order by d desc, id) <= 3`,
  ),
  shape(
    'pivot',
    sql`pivot (select g % 5 as g, b, m from ${few}) on b using sum(m) as m, count(*) as n group by g`,
  ),
  shape('unpivot', sql`unpivot (select id, k, g from ${few}) on k, g into name n value v`),
  shape(
    'unpivot-include-nulls',
    sql`from (select id, m, d::DECIMAL(10,2) as d from ${few}) unpivot include nulls (v for n in (m, d))`,
  ),
  shape(
    'recursive-cte',
    sql`with recursive r as (select 0 as k, 0 as depth union all select d.k, r.depth + 1 from r join ${dims} d on d.k = r.k + 2) select * from r`,
  ),
  shape(
    'recursive-union-distinct',
    sql`with recursive reached(k) as (select 2 union select (k * 7 + d.region) % 1500 from reached r join ${dims} d using (k)) from reached`,
  ),
  shape(
    'recursion-using-key',
    sql`with recursive best(k, cost) using key (k) as (select 0, 0 union select (b.k * 3 + 7) % 101, b.cost + 1 from best b where b.cost < 60) from best`,
  ),
  shape('sample-bernoulli', sql`select id, s from ${many} tablesample bernoulli(3%) repeatable (42)`),
  shape('sample-reservoir', sql`select id, s from ${many} tablesample reservoir(777 rows) repeatable (7)`),
  shape('sample-system', sql`select id from ${many} tablesample system(20%) repeatable (99)`),
  shape(
    'generated-series',
    sql`select i, i * i as square, j from generate_series(-500, 500, 7) a(i), generate_series(timestamp '2024-01-01', timestamp '2024-01-03', interval 5 hour) b(j)`,
  ),
  shape(
    'hashes',
    sql`select id, hash(s) as h, hash(d, m, t) as many, md5(s) as md, sha256(s) as sh, md5_number(s) as mn from ${few} where id < 6000`,
  ),
  shape('order-by-hash', sql`select id from ${few} order by hash(id) limit 3000`),
  shape('empty-result', sql`select id, s, m, [d] as l, {'t': t} as st from ${few} where id < 0`),
  parityCase('empty-then-used', [
    step(
      'grouped',
      sql`select s, count(*) as n from ${step('none', sql`select s from ${few} where false`)} group by s`,
    ),
    step(
      'counted',
      sql`select count(*) as n, sum(id) as total from ${step('nobody', sql`select id from ${few} where id < 0`)}`,
    ),
  ]),
  parityCase('sparse-chain', [
    step(
      'by_region',
      sql`select d.region, count(*) as n, sum(x.d) as total from ${sparse} x join ${dims} d using (k) group by d.region`,
    ),
    step('ranked', sql`select id, s, rank() over (order by g) as r from ${sparse} where b`),
  ]),
];

import { sql, step } from '@cairn/core';
import { days, dims, few, many, prices } from './generated.ts';
import { parityCase, shape, type ParityCase } from './parity-case.ts';

const walks = step(
  'walks',
  sql`select i::INTEGER as id, i / 3.0 as d, timestamp '2020-01-01' + interval (i) second as at_time, 'text ' || i as x
    from range(200000) r(i) where i % 8 <> 3 or i = 0`,
);
const strolls = step(
  'strolls',
  sql`select * from (select * from ${walks} where hash(id) % 16 <> 1 order by hash(id + 1)) where id % 16 <> 5`,
);
const hikes = step(
  'hikes',
  sql`select * from (select * from ${walks} where hash(id) % 16 <> 2 order by hash(id + 2)) where id % 16 <> 7`,
);

/** Joins, whose order hangs on hashes, statistics and the order of joins. */
export const joins: readonly ParityCase[] = [
  // The order of these hangs on how many distinct values each column is thought to have.
  parityCase('joins-by-statistics', [
    step(
      'by_d_and_x',
      sql`select w.id, s.x, h.d from ${walks} w join ${strolls} s on w.d = s.d join ${hikes} h on s.x = h.x`,
    ),
    step(
      'by_x_and_time',
      sql`select w.id, s.x, h.d from ${walks} w join ${strolls} s on w.x = s.x join ${hikes} h on s.at_time = h.at_time`,
    ),
    step(
      'by_time_and_x',
      sql`select w.id, s.x, h.d from ${walks} w join ${strolls} s on w.at_time = s.at_time join ${hikes} h on s.x = h.x`,
    ),
  ]),
  shape('inner-join', sql`select f.id, d.label from ${few} f join ${dims} d on d.k = f.k`),
  shape('left-join', sql`select f.id, d.label, d.w from ${many} f left join ${dims} d using (k)`),
  shape('right-join', sql`select f.id, d.label from ${few} f right join ${dims} d on d.k = f.k and f.g < 10`),
  shape('full-join', sql`select f.id, f.k, d.label from ${many} f full join ${dims} d on d.k = f.k`),
  shape('natural-join', sql`select * from (select id, k from ${few}) natural join ${dims}`),
  shape(
    'three-joins',
    sql`select f.id, d.label, y.weekday, e.w from ${few} f join ${dims} d on d.k = f.k
      join ${days} y on y.day = f.t::DATE join ${dims} e on e.region = y.weekday and e.k = f.g`,
  ),
  shape(
    'join-of-aggregates',
    sql`select a.k, a.n, b.n as m from (select k, count(*) as n from ${few} group by k) a
      join (select g, count(*) as n from ${few} group by g) b on a.k % 50 = b.g`,
  ),
  shape(
    'join-of-one-cte-with-itself',
    sql`with c as (select k, g, count(*) as n from ${few} group by k, g)
      select x.k, y.g, x.n from c x join c y on x.k = y.k and x.g = y.g join ${dims} d on d.k = x.k`,
  ),
  shape(
    'comma-join',
    sql`select f.id, d.label, y.weekday from ${few} f, ${dims} d, ${days} y where f.k = d.k and y.day = f.t::DATE and f.g = 7`,
  ),
  shape('semi-join', sql`select * from ${few} where k in (select k from ${dims} where region = 3)`),
  shape('anti-join', sql`select id, k from ${few} f where not exists (from ${dims} d where d.k = f.k)`),
  shape(
    'not-in-with-nulls',
    sql`select id, b from ${few} where b not in (select b from ${few} where id < 3) or b is null`,
  ),
  shape(
    'cross-join',
    sql`select y.day, d.label from ${days} y cross join (select label from ${dims} limit 40) d`,
  ),
  shape(
    'positional-join',
    sql`select f.id, d.label from (select id from ${few} limit 5000) f positional join ${dims} d`,
  ),
  shape(
    'correlated-subquery',
    sql`select id, (select max(w) from ${dims} d where d.k = f.k) as w from ${few} f`,
  ),
  shape(
    'range-join',
    sql`select f.id, y.day from ${few} f join ${days} y on f.t >= y.day and f.t < y.day + interval 1 hour`,
  ),
  shape(
    'inequality-join',
    sql`select a.k, b.k as other from ${dims} a join ${dims} b on a.w < b.w and a.region > b.region + 9`,
  ),
  shape(
    'asof-join',
    sql`select f.id, p.price from ${few} f asof join ${prices} p on p.item = f.g % 20 and p.at_time <= f.t`,
  ),
  shape(
    'asof-left-join',
    sql`select f.id, p.at_time, p.price from ${few} f asof left join ${prices} p on p.item = f.g and p.at_time > f.t`,
  ),
  shape(
    'lateral',
    sql`select f.id, l.n, l.total from ${few} f, lateral (select count(*) as n, sum(w) as total from ${dims} d where d.k = f.k) l where f.id % 3 = 0`,
  ),
  shape('lateral-unnest', sql`select f.id, u.n from ${few} f, unnest(range(f.id % 3)) u(n)`),
  shape(
    'join-on-text-and-nulls',
    sql`select a.id, b.id as other from ${few} a join ${few} b on a.s = b.s and a.b is not distinct from b.b where a.id < b.id and a.g < 5`,
  ),
];

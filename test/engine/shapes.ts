/** A query over the inputs whose rows nothing orders, unless it says so itself. */
export interface Shape {
  readonly name: string;
  readonly sql: string;
  /** Not run over more rows than this: what it does grows faster than its input. */
  readonly upTo?: number;
}

function shape(name: string, sql: string, upTo?: number): Shape {
  return upTo === undefined ? { name, sql } : { name, sql, upTo };
}

/** How the inputs are made: filters and joins leave vectors that are not full, which no import would make. */
export function inputs(rows: number): Readonly<Record<string, string>> {
  return {
    facts: `select i::INTEGER as id, (i * 7919 % 1009)::INTEGER as k, hash(i) % 50 as g, 'name ' || (i * 31 % 5003) as s,
        i / 3.0 as d, timestamp '2020-01-01' + interval (i % 5000) hour as t, case when i % 7 = 0 then null else i % 3 = 0 end as b,
        case when i % 11 = 0 then null else (i * 17 % 100000) / 100.0 end::DECIMAL(10,2) as m
      from range(${rows} * 8 // 7 + 1) r(i) where i % 8 <> 3 limit ${rows}`,
    dims: `select k::INTEGER as k, 'dim ' || k as label, k % 13 as region, k * 1.5 as w from range(1500) r(k) where k % 5 <> 1`,
    days: `select (date '2020-01-01' + i::INTEGER) as day, i % 7 as weekday from range(400) r(i) where hash(i) % 10 <> 3`,
    samples: `select i::INTEGER as id, i::HUGEINT * 1000000007 as huge, md5(i::VARCHAR)::UUID as u,
        case i % 3 when 0 then 'low' when 1 then 'mid' end::ENUM('low', 'mid', 'high') as e, (i % 250)::UTINYINT as tiny,
        [i, null, i * 2] as list, {'a': i, 'b': 'x' || i % 10} as st, map([i % 5], [i]) as mp, [i, i + 1]::INTEGER[2] as arr,
        to_minutes(i % 1000) as iv, ('2020-01-01'::TIMESTAMP + to_seconds(i))::TIMESTAMPTZ as tz, encode('b' || i % 100) as bl, (i % 128)::BIT as bits,
        case when i % 2 = 0 then union_value(n := i::INTEGER) else union_value(s := 's')::UNION(n INTEGER, s VARCHAR) end as un
      from range(least(${rows}, 50000)) r(i) where i % 9 <> 4 or i = 0`,
    walks: `select i::INTEGER as id, i / 3.0 as d, timestamp '2020-01-01' + interval (i) second as at_time, 'text ' || i as x
      from range(least(${rows}, 200000)) r(i) where i % 8 <> 3 or i = 0`,
    strolls: `select * from (select * from walks where hash(id) % 16 <> 1 order by hash(id + 1)) where id % 16 <> 5`,
    hikes: `select * from (select * from walks where hash(id) % 16 <> 2 order by hash(id + 2)) where id % 16 <> 7`,
  };
}

export const shapes: readonly Shape[] = [
  shape('everything', 'select * from facts'),
  shape('filter', `select id, s from facts where k < 500 and s > 'name 3'`),
  shape('projection', `select id + 1 as a, upper(s) as b, d * 2 as c, coalesce(m, 0) as e from facts`),
  shape('order by', 'select id, s, d from facts order by s, id desc'),
  shape('top rows', 'select * from facts order by m desc nulls last, id limit 100'),
  shape('limit without order', 'select * from facts limit 1000 offset 10'),
  shape('distinct', 'select distinct k, g from facts'),
  shape('distinct text', 'select distinct s from facts'),
  shape('distinct on', 'select distinct on (g) g, id, s from facts'),
  shape('group by', 'select k, count(*) as n, sum(d) as total, avg(m) as mean from facts group by k'),
  shape('group by text', 'select s, min(t) as first, max(t) as last from facts group by s'),
  shape('group by all', 'select g, b, count(*) as n, stddev(d) as sd from facts group by all'),
  shape('group by many', 'select id, s, sum(m) as m from facts group by id, s'),
  shape('having', 'select k from facts group by k having count(*) > 3'),
  shape('grouping sets', 'select g, b, count(*) as n from facts group by grouping sets ((g), (b), ())'),
  shape('rollup', 'select g, k % 10 as z, sum(m) as m from facts group by rollup (g, z)'),
  shape('cube', 'select g % 5 as x, b, count(m) as n from facts group by cube (x, b)'),
  shape(
    'ungrouped aggregates',
    `select sum(d), avg(d), stddev(d), median(k), count(distinct s), bit_xor(id), sum(sin(d)) from facts`,
  ),
  shape('list aggregate', 'select g, list(id) as ids from facts group by g'),
  shape('text aggregate', `select k, string_agg(s, ',') as all_s from facts group by k`),
  shape(
    'first and any',
    'select k, first(s) as f, any_value(t) as a, arg_max(id, d) as am, mode(b) as mo from facts group by k',
  ),
  shape(
    'approximations',
    'select g, approx_count_distinct(s) as n, approx_quantile(d, 0.9) as q from facts group by g',
  ),
  shape('histogram', 'select g, histogram(k % 5) as h from facts group by g'),
  shape('inner join', 'select f.id, d.label from facts f join dims d on d.k = f.k'),
  shape('left join', 'select f.id, d.label, d.w from facts f left join dims d using (k)'),
  shape('right join', 'select f.id, d.label from facts f right join dims d on d.k = f.k and f.g < 10'),
  shape('full join', 'select f.id, f.k, d.label from facts f full join dims d on d.k = f.k'),
  shape(
    'three joins',
    `select f.id, d.label, y.weekday, e.w from facts f join dims d on d.k = f.k
     join days y on y.day = f.t::DATE join dims e on e.region = y.weekday and e.k = f.g`,
  ),
  shape(
    'join of aggregates',
    `select a.k, a.n, b.n as m from (select k, count(*) as n from facts group by k) a
     join (select g, count(*) as n from facts group by g) b on a.k % 50 = b.g`,
  ),
  shape('self join', 'select a.id, b.id as other from facts a join facts b on a.id = b.id + 1'),
  shape(
    'join of one named query with itself',
    `with c as (select k, g, count(*) as n from facts group by k, g)
     select x.k, y.g, x.n from c x join c y on x.k = y.k and x.g = y.g join dims d on d.k = x.k`,
  ),
  // The order of these joins hangs on how many distinct values each column is thought to have.
  shape(
    'joins by statistics 1',
    'select w.id, s.x, h.d from walks w join strolls s on w.d = s.d join hikes h on s.x = h.x',
  ),
  shape(
    'joins by statistics 2',
    'select w.id, s.x, h.d from walks w join strolls s on w.x = s.x join hikes h on s.at_time = h.at_time',
  ),
  shape(
    'joins by statistics 3',
    'select w.id, s.x, h.d from walks w join strolls s on w.at_time = s.at_time join hikes h on s.x = h.x',
  ),
  shape(
    'comma join',
    'select f.id, d.label, y.weekday from facts f, dims d, days y where f.k = d.k and y.day = f.t::DATE and f.g = 7',
  ),
  shape('semi join', `select * from facts where k in (select k from dims where region = 3)`),
  shape('anti join', 'select id, k from facts f where not exists (select 1 from dims d where d.k = f.k)'),
  shape('correlated subquery', 'select id, (select max(w) from dims d where d.k = f.k) as w from facts f'),
  shape(
    'range join',
    'select f.id, y.day from facts f join days y on f.t >= y.day and f.t < y.day + interval 1 hour',
    2_048,
  ),
  shape('asof join', 'select f.id, y.day, y.weekday from facts f asof join days y on f.t >= y.day'),
  shape('cross join', 'select a.k, b.weekday from dims a, days b where a.k < 20'),
  shape('positional join', 'select f.id, s.u from facts f positional join samples s'),
  shape(
    'lateral join',
    'select f.id, l.x from facts f, lateral (select f.id * w as x from dims where dims.k = f.k) l',
    200_000,
  ),
  shape('union all', 'select k, s from facts where g = 1 union all select k, label from dims'),
  shape('union', 'select k from facts union select k from dims'),
  shape('union by name', `select id, k from facts where g < 3 union all by name select k, label from dims`),
  shape('intersect', 'select k from facts intersect select k from dims'),
  shape('except', 'select k, g from facts except select k, region from dims'),
  shape('row numbers', 'select id, row_number() over () as n from facts'),
  shape(
    'ranks',
    'select id, k, rank() over (partition by k order by d) as r, dense_rank() over (order by g) as dr from facts',
    200_000,
  ),
  shape(
    'moving sums',
    'select id, sum(m) over (partition by g order by id rows between 3 preceding and current row) as s from facts',
  ),
  shape(
    'lag and lead',
    'select id, lag(s) over (order by id) as before, lead(s, 2) over (order by id) as after from facts',
  ),
  shape(
    'qualify',
    'select id, g, d from facts qualify row_number() over (partition by g order by d desc, id) <= 3',
  ),
  shape('pivot', 'pivot (select g % 5 as g, b, m from facts) on b using sum(m) group by g'),
  shape('unpivot', 'unpivot (select id, k, g::INTEGER as g from facts) on k, g into name n value v'),
  shape('unnest', 'select id, unnest(list) as x from samples'),
  shape('generated rows', 'select f.id, u.n from facts f, unnest(range(f.id % 3)) u(n)', 200_000),
  shape(
    'recursion',
    'with recursive r as (select 0 as k, 0 as depth union all select d.k, r.depth + 1 from r join dims d on d.k = r.k + 2) select * from r',
  ),
  shape('samples of every type', 'select * from samples'),
  shape(
    'grouped by every type',
    'select e, tiny, u, count(*) as n, max(huge) as h, min(iv) as iv, max(tz) as tz from samples group by e, tiny, u',
  ),
  shape('distinct of nested types', 'select distinct st.b, mp, bl, bits, list[1] % 4 as l from samples'),
  shape(
    'join on special types',
    'select a.id, a.u, b.e, b.un from samples a join samples b on a.u = b.u and a.huge = b.huge',
  ),
  shape(
    'text functions',
    `select id, regexp_replace(s, '[0-9]+', 'x') as r, split_part(s, ' ', 2) as p, length(s) as l, md5(s) as h from facts`,
    200_000,
  ),
  shape(
    'time functions',
    `select date_trunc('month', t) as mo, count(*) as n, sum(d) as total from facts group by mo`,
  ),
  shape(
    'case and casts',
    `select id, case when b then 'yes' when not b then 'no' end as w, d::INTEGER as i, m::VARCHAR as v from facts`,
  ),
];

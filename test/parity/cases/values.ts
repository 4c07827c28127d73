import { sql, step } from '@cairn/core';
import { few } from './generated.ts';
import { parityCase, shape, type ParityCase } from './parity-case.ts';

const typed = step(
  'typed',
  sql`
    select i::INTEGER as id, i::HUGEINT * 170141183460469231731 as huge, (i * 3)::UHUGEINT as uhuge, md5(i::VARCHAR)::UUID as u,
      case i % 3 when 0 then 'low' when 1 then 'mid' end::ENUM('low', 'mid', 'high') as e, (i % 250)::UTINYINT as tiny,
      [i, null, i * 2] as list, {'a': i, 'b': 'x' || i % 10} as st, map([i % 5], [i]) as mp, [i, i + 1]::INTEGER[2] as arr,
      to_minutes(i % 1000) + to_months((i % 30)::INTEGER) as iv, ('2020-01-01'::TIMESTAMP + to_seconds(i))::TIMESTAMPTZ as tz,
      encode('b' || i % 100) as bl, (i % 128)::BIT as bits, (i % 86400 || ' seconds')::INTERVAL + time '00:00:00' as clock,
      ('1' || (i % 10) || ':00:00+0' || (i % 9))::TIMETZ as zoned,
      case when i % 2 = 0 then union_value(n := i::INTEGER) else union_value(s := 's')::UNION(n INTEGER, s VARCHAR) end as un
    from range(6000) r(i) where i % 9 <> 4`,
);

const gaps = step(
  'gaps',
  sql`
    select id, case when id % 4 > 0 then huge end as huge, case when id % 5 > 0 then u end as u, case when id % 6 > 0 then e end as e,
      case when id % 7 > 0 then list end as list, case when id % 3 > 0 then st end as st, case when id % 4 > 1 then mp end as mp,
      case when id % 5 > 1 then iv end as iv, case when id % 6 > 1 then bits end as bits, case when id % 7 > 1 then zoned end as zoned,
      case when id % 3 > 1 then un end as un, case when id % 4 > 2 then bl end as bl, null as nothing
    from ${typed}`,
);

const floats = step(
  'floats',
  sql`
    select i::INTEGER as id, case i % 8 when 0 then 'nan' when 1 then 'inf' when 2 then '-inf' when 3 then '-0.0' when 4 then null
      else (i * 1.1)::VARCHAR end::DOUBLE as d, case i % 5 when 0 then 'nan' when 1 then null else (i / 7)::VARCHAR end::FLOAT as f
    from range(5000) r(i)`,
);

const nested = step(
  'nested',
  sql`
    select i::INTEGER as id, [{'u': md5(i::VARCHAR)::UUID, 'iv': [to_hours(i)]}, null] as l, {'e': 'a'::ENUM('a', 'b'), 'm': map(['x' || i], [i::HUGEINT])} as s,
      map([{'k': i % 3}], [[i, null]]) as m, [[[i]], [], [[], [null]]] as deep, [to_days((i % 9)::INTEGER), null] as ivs,
      [union_value(n := i), null] as uns, {'a': {'b': {'c': [i::BIT]}}} as far
    from range(3000) r(i)`,
);

/** Values of every type, with what is odd about them. */
export const values: readonly ParityCase[] = [
  parityCase('every-type', [
    step('copied', sql`from ${typed}`),
    step(
      'grouped',
      sql`select e, tiny, u, count(*) as n, max(huge) as h, min(iv) as iv, max(tz) as tz, max(zoned) as zo from ${typed} group by e, tiny, u`,
    ),
    step(
      'joined',
      sql`select a.id, a.u, b.e, b.un, b.mp from ${typed} a join ${typed} b on a.u = b.u and a.huge = b.huge and a.bl = b.bl`,
    ),
    step('distinct_values', sql`select distinct st.b, mp, bl, bits, e, list[1] % 4 as l from ${typed}`),
  ]),
  parityCase('every-type-with-nulls', [
    step('copied', sql`select * from ${gaps}`),
    step(
      'counted',
      sql`select e, bits, count(*) as n, count(un) as uns, count(st) as sts from ${gaps} group by all`,
    ),
    step('sorted', sql`select * from ${gaps} order by huge desc nulls last, u, id`),
  ]),
  parityCase('nan-and-infinities', [
    step('copied', sql`select *, d = 'nan'::DOUBLE as same, 1 / d as inverse, -d as negated from ${floats}`),
    step('grouped', sql`select d, f, count(*) as n from ${floats} where id < 2000 group by d, f`),
    step('sorted', sql`select d, f, id from ${floats} order by d desc, f, id`),
    step(
      'reduced',
      sql`select min(d) as a, max(d) as b, sum(f) as c, max(f) as e, count(d) as n from ${floats}`,
    ),
  ]),
  parityCase('nested-types', [
    step('copied', sql`from ${nested}`),
    step(
      'taken_apart',
      sql`select id, l[1].u as u, s.e as e, map_keys(s.m) as k, far.a.b.c as c, unnest(deep) as d from ${nested}`,
    ),
    step('grouped', sql`select m, list(id) as ids from ${nested} where id < 500 group by m`),
  ]),
  shape(
    'integers-at-their-limits',
    sql`select * from (values ((-128)::TINYINT, 255::UTINYINT, (-32768)::SMALLINT, 65535::USMALLINT, (-2147483648)::INTEGER, 4294967295::UINTEGER, '-9223372036854775808'::BIGINT, 18446744073709551615::UBIGINT, '-170141183460469231731687303715884105728'::HUGEINT, '340282366920938463463374607431768211455'::UHUGEINT), (127, 0, 32767, 0, 2147483647, 0, 9223372036854775807, 0, 170141183460469231731687303715884105727, 0), (null, null, null, null, null, null, null, null, null, null)) v(a, b, c, d, e, f, g, h, i, j)`,
  ),
  shape(
    'decimals',
    sql`select id, (id % 6000 / 7.0)::DECIMAL(4,1) as a, m * 1.10 as b, (m::DECIMAL(18,4) / 3)::DECIMAL(38,10) as c, sum(m) over (order by id) as running, round(m, 1) as r, m % 7 as rest from ${few}`,
  ),
  shape(
    'arithmetic',
    sql`select id, id // 7 as q, id % -7 as r, id / 7 as f, d ** 0.5 as p, (d * 1e300) * 0 as z, xor(id, k) as x, id << 3 as sh, bit_count(id) as bc, gcd(id, k) as gd, factorial((id % 20)::INTEGER) as fa from ${few}`,
  ),
  shape(
    'transcendental-functions',
    sql`select id, sin(d) as a, cos(d) as b, tan(d) as c, ln(d + 1) as e, log10(d + 1) as f, exp(d / 1e4) as g, pow(d, 1.7) as h, cbrt(d) as i, atan2(d, k) as j, sqrt(d) as l, gamma(1 + d / 1e4) as n, asinh(d) as o, degrees(d) as p from ${few}`,
  ),
  shape(
    'float-sums',
    sql`select g, sum(d) as a, avg(d) as b, stddev(d) as c, sum(ln(d + 1)) as e, sum(d::FLOAT) as f, avg(pow(d, 0.3)) as h, geomean(d + 1) as i from ${few} group by g`,
  ),
  shape(
    'float-text-and-back',
    sql`select id, d::VARCHAR as t, d::VARCHAR::DOUBLE = d as same, d::FLOAT as f, d::INTEGER as i, format('{:.3f}', d) as fm, printf('%08.2f', d) as p from ${few}`,
  ),
  shape(
    'blobs',
    sql`select id, encode(s) as b, encode(s) || '\\x00\\xff'::BLOB as c, hex(encode(s)) as h, base64(encode(s)) as b64, octet_length(encode(s)) as n, unhex(md5(s)) as raw from ${few}`,
  ),
  shape(
    'bits',
    sql`select id, id::BIT as b, bit_count((id % 1000)::BIT) as n, '0101'::BIT || (id % 16)::TINYINT::BIT as c, bitstring_agg(id % 50, 0, 49) over (partition by g) as agg from ${few} where id < 3000`,
  ),
  shape(
    'lists-and-structs',
    sql`select id, list_sort([k, g, id]) as l, list_distinct([g, g, k]) as ld, list_transform(range(id % 5), lambda x: x * k) as lt, list_filter([k, null, g], lambda x: x > 10) as lf, struct_insert({'a': id}, b := s) as st, list_reduce([k, g, 1], lambda x, y: x + y) as lr, list_zip([k], [s])[1][2] as z from ${few}`,
  ),
  shape(
    'maps',
    sql`select g, map_from_entries(list((k, s) order by id)[1:4]) as m, map(list(distinct k order by k)[1:3], ['a', 'b', 'c']) as n from ${few} group by g`,
  ),
  shape(
    'casts-that-may-fail',
    sql`select id, try_cast(s as INTEGER) as a, try_cast(substr(s, 6) as INTEGER) as b, try_cast(d as UTINYINT) as c, try_cast('2020-' || (id % 15) || '-01' as DATE) as e, b::VARCHAR as f, b::INTEGER as h from ${few}`,
  ),
];

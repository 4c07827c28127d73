import { sql } from '@cairn/core';
import { few, many } from './generated.ts';
import { shape, type ParityCase } from './parity-case.ts';

/** Groups and sets, whose order hangs on hashes. */
export const grouping: readonly ParityCase[] = [
  shape('group-by', sql`select k, count(*) as n, sum(d) as total, avg(m) as mean from ${few} group by k`),
  shape('group-by-text', sql`select s, min(t) as first, max(t) as last from ${few} group by s`),
  shape('group-by-all', sql`select g, b, count(*) as n, stddev(d) as sd from ${many} group by all`),
  shape('group-by-unique', sql`select id, s, sum(m) as m from ${many} group by id, s`),
  shape('group-by-null-keys', sql`select b, m, count(*) as n from ${few} group by b, m`),
  shape('having', sql`select k, count(b) as n from ${few} group by k having count(b) > 17`),
  shape(
    'grouping-sets',
    sql`select g, b, grouping(g, b) as level, count(*) as n from ${few} group by grouping sets ((g), (b), ())`,
  ),
  shape('rollup', sql`select g, k % 10 as z, sum(m) as m from ${few} group by rollup (g, z)`),
  shape('cube', sql`select g % 5 as x, b, count(m) as n from ${few} group by cube (x, b)`),
  shape(
    'list-aggregate',
    sql`select g, list(id) as ids, list(s order by s desc, id)[1:3] as last_names from ${few} group by g`,
  ),
  shape(
    'text-aggregate',
    sql`select k, string_agg(s, ',') as all_s, string_agg(distinct b::VARCHAR, '/') as flags from ${few} group by k`,
  ),
  shape(
    'first-and-any',
    sql`select k, first(s) as f, last(s) as l, any_value(t) as a, arg_max(id, d) as am, mode(b) as mo from ${few} group by k`,
  ),
  shape(
    'approximations',
    sql`select g, approx_count_distinct(s) as n, approx_quantile(d, 0.9) as q, approx_top_k(k, 3) as top from ${few} group by g`,
  ),
  shape(
    'quantiles',
    sql`select g, median(d) as md, quantile_cont(d, [0.1, 0.5, 0.99]) as qs, quantile_disc(s, 0.3) as qd, mad(d) as mad from ${few} group by g`,
  ),
  shape('histograms', sql`select g, histogram(k % 5) as h from ${few} group by g`),
  shape(
    'aggregates-with-filters',
    sql`select g, count(*) filter (b) as yes, sum(d) filter (where m > 500) as rich, bool_or(b) as any_b, bit_xor(id) as x, product(1 + d / 1e6) as p from ${few} group by g`,
  ),
  shape(
    'ungrouped-aggregates',
    sql`select sum(d) as a, avg(d) as b, stddev_pop(d) as c, var_samp(d) as e, median(k) as f, count(distinct s) as g, sum(sin(d)) as h, corr(d, k) as i, regr_slope(d, k) as j, skewness(d) as l, kurtosis(d) as m, entropy(k) as n, fsum(d) as o from ${many}`,
  ),
  shape('distinct', sql`select distinct k, g from ${few}`),
  shape('distinct-text', sql`select distinct s from ${many}`),
  shape('distinct-on', sql`select distinct on (g) g, id, s from ${few}`),
  shape('union-distinct', sql`select k, g from ${few} where b union select id % 500, g from ${few}`),
  shape(
    'union-by-name',
    sql`select k, s from ${few} where id < 3000 union all by name select g, k from ${few} where id > 15000`,
  ),
  shape(
    'intersect-and-except',
    sql`(select k from ${few} where g < 20 intersect select k from ${few} where b) except all select g from ${few} where id < 40`,
  ),
];

/**
 * Statements over all of DuckDB's ways to name a table, one a line: before the bar the steps that it reads. The steps are
 * `flights`, `airports`, `year`, `by-hour`, `a.b`, `order` and `Mixed`, and every one has columns called like some of them.
 */
export const referenceStatements: readonly (readonly [reads: readonly string[], sql: string])[] = String.raw`
| select 1
| select 1 as flights
| values (1), (2)
| select flights from (select 1 as flights)
| from range(3)
| from range(3) r
| from (values (1, 2), (3, 4)) x(flights_a, b)
| select * from generate_series(1, 3) g(i)
| select 'from flights'
| select 1 -- from flights
| select 1 /* from flights, airports */
| select $$from flights$$
| select e'\'from flights'
| select extract(year from date '2020-01-01')
| select trim(both 'x' from 'xflightsx')
| select substring('flights' from 1 for 2)
| select 1 is distinct from 2
| select {'flights': 1}.flights
| select [flights for flights in [1, 2]]
| select list_transform([1, 2], lambda flights: flights + 1)
| select map {'flights': 1}
| select year(date '2020-01-01')
| select flights: 1
| select 1 as "from flights"
| select x.flights from (select 1 as flights) x
| with x as (select 1 as a) from x
| with x as (select 1 as a), y as (from x) from y
| with recursive x(a) as (select 1 union all select a + 1 from x where a < 3) from x
| from unnest([1, 2]) u(flights_a)
| select * exclude (flights) from (select 1 as flights, 2 as b)
| select * replace (2 as flights) from (select 1 as flights)
| select a from (select 1 as a, 2 as flights) order by flights
| select count(*) filter (where flights > 0) from (select 1 as flights)
| select sum(a) over (order by year) from (select 1 as a, 2 as year)
| select a from (select 1 as a, 2 as year) qualify row_number() over (order by year) = 1
| select case when flights > 0 then airports end from (select 1 as flights, 2 as airports)
| select cast(year as varchar) from (select 1 as year)
| select year::varchar from (select 1 as year)
flights | select * from flights
flights | from flights
flights | from FLIGHTS
flights | FROM Flights
flights | from "flights"
flights | from "FLIGHTS"
flights | from flights f
flights | from flights as f
flights | from flights f select f.a
flights | from flights select a
flights | from flights select flights.a
flights | from flights flights
flights | from flights as flights
flights | from f: flights
flights | from f : flights select f.a
flights | select flights from flights
flights | select flights.airports from flights
flights | select airports from flights
flights | select f.airports from flights f
flights | select "airports" from flights
flights | select airports as year, year as airports from flights
flights | select a as airports from flights
flights | select count(*) as airports from flights group by all
flights | select airports, count(*) from flights group by airports
flights | select a from flights order by airports
flights | select a from flights where airports > 1 and year = 2
flights | select * exclude (airports) from flights
flights | select * replace (a + 1 as airports) from flights
flights | select * rename (airports as x) from flights
flights | select columns('airports') from flights
flights | select columns(c -> c = 'airports') from flights
flights | select flights from flights where airports in (1, 2)
flights | select year(d) from flights
flights | select extract(year from d) from flights
flights | select extract(year from f.d) from flights f
flights | select sum(a) over (partition by airports order by year) from flights
flights | select sum(a) over w from flights window w as (order by airports)
flights | select a from flights qualify row_number() over (partition by airports order by a) = 1
flights | from flights limit 1
flights | from flights offset 1
flights | from flights where a = 1 limit 1
flights | from flights tablesample 10%
flights | from flights using sample 1
flights | from flights tablesample reservoir(2) repeatable (1)
flights | (from flights)
flights | ((from flights))
flights | table flights
flights | select (select max(a) from flights)
flights | select exists (from flights)
flights | select exists (select 1 from flights)
flights | select array(select a from flights)
flights | select 1 in (select a from flights)
flights | select 1 not in (select a from flights)
flights | select 1 > all (select a from flights)
flights | select 1 = any (select a from flights)
flights | select a from (select a from flights)
flights | select a from (select a from flights) x
flights | from (from flights)
flights | from (from (from flights))
flights | from (select * from flights) airports_ select a
flights | with x as (from flights) from x
flights | with x as (select * from flights) select * from x
flights | with x(airports) as (select a from flights) select airports from x
flights | with x as materialized (from flights) from x
flights | with x as not materialized (from flights) from x
flights | with x as (with y as (from flights) from y) from x
flights | with x as (from flights), y as (from x) from y
flights | with x as (select 1) select * from x, flights
flights | with recursive x as (select 1 as a union all select x.a + 1 from x join flights using (a)) from x
flights | with recursive x(a) using key (a) as (select 1 union select x.a + 1 from x join flights using (a)) from x
flights | from (with x as (from flights) from x)
flights | from flights union from flights
flights | from flights union all from flights
flights | from flights union by name from flights
flights | from flights union all by name (select 1 as a)
flights | from flights except from flights
flights | from flights intersect all from flights
flights | select a from flights except select 1
flights | select 1 union select a from flights
flights | pivot flights on a using sum(b)
flights | pivot flights on a using sum(b) group by airports
flights | pivot flights on airports using sum(b)
flights | pivot flights f on a using sum(b)
flights | pivot (from flights) on a using sum(b)
flights | pivot_wider flights on a using sum(b)
flights | from flights pivot (sum(b) for a in (1, 2))
flights | from flights pivot (sum(b) for a in (1, 2) group by year) as p
flights | from (pivot flights on a using sum(b))
flights | with x as (from flights) pivot x on a using sum(b)
flights | with x as (pivot flights on a using sum(b)) from x
flights | unpivot flights on a, b into name n value v
flights | unpivot flights on airports, year
flights | unpivot (select a, b from flights) on a, b
flights | unpivot flights on columns(* exclude (l, d, s))
flights | from flights unpivot (v for n in (a, b))
flights | from flights unpivot include nulls (v for n in (a, b)) u
flights | from (summarize flights)
flights | from (describe flights)
flights | from (show flights)
flights | select * from (describe select a from flights)
flights | from flights f, unnest(f.l) u(x)
flights | from flights f, unnest(f.l)
flights | select unnest(l) from flights
flights | from flights f, lateral (select f.a + 1)
flights | from flights f, lateral (select f.airports as x) y select y.x
flights | from flights f, lateral unnest(f.l) u(x)
flights | from flights f, range(3) r
flights | from range(3) r, flights
flights | from range(3) r cross join flights
flights | from (values (1), (2)) v(a) join flights using (a)
flights | select * from (values ((select max(a) from flights))) v
flights | from flights f join flights g using (a)
flights | from flights natural join flights g
flights | from flights f where exists (from flights g where g.a = f.a)
flights | select list(flights) from flights
flights | select struct_pack(airports := a) from flights
flights | select {'airports': a} from flights
flights | select [airports for airports in l] from flights
flights | select list_filter(l, lambda airports: airports > 1) from flights
flights | select a[1:2] from (select l as a from flights)
flights | select l[1:airports] from flights
flights | select case when airports > 0 then year end from flights
flights | select a from flights group by grouping sets ((a), ())
flights | select a from flights group by rollup (a)
flights | select a from flights group by cube (a, airports)
flights | select distinct on (airports) a from flights
flights | select max(a) from flights having max(airports) > 0
flights | select a, max(b) from flights group by a having max(airports) > 0
flights | select max(b order by airports) from flights
flights | select string_agg(s, ',' order by year) from flights
flights | select count(*) filter (where airports > 0) from flights
flights | select coalesce(airports, year) from flights
flights | select nullif(airports, 1) is distinct from year from flights
flights | select a between airports and year from flights
flights | select trim(leading s from s) from flights
flights | select substring(s from 1 for 2) from flights
flights | select position('x' in s) from flights
flights | select flights from flights order by all
flights | select a from flights where (airports, year) = (1, 2)
flights | select a /* airports */ from /* year */ flights -- airports
flights | select 'x' as "airports" from flights
flights | from flights;
airports flights | from flights, airports
airports flights | from flights f, airports a
airports flights | select * from flights, airports where flights.a = airports.a
airports flights | select * from flights join airports using (a)
airports flights | select * from flights join airports on flights.a = airports.a
airports flights | select * from flights inner join airports using (a)
airports flights | select * from flights left join airports using (a)
airports flights | select * from flights left outer join airports using (a)
airports flights | select * from flights right join airports using (a)
airports flights | select * from flights full join airports using (a)
airports flights | select * from flights cross join airports
airports flights | select * from flights natural join airports
airports flights | select * from flights natural left join airports
airports flights | select * from flights positional join airports
airports flights | select * from flights semi join airports using (a)
airports flights | select * from flights anti join airports using (a)
airports flights | select * from flights asof join airports on flights.a >= airports.a
airports flights | select * from flights asof left join airports on flights.b = airports.b and flights.a >= airports.a
airports flights | select * from (flights join airports using (a))
airports flights | select * from ((flights f join airports g using (a)) join flights using (a))
airports flights | from flights where a in (from airports select a)
airports flights | from flights where a in (select a from airports)
airports flights | from flights where exists (from airports where airports.a = flights.a)
airports flights | from flights where not exists (from airports g where g.a = flights.a)
airports flights | from flights select (select max(a) from airports)
airports flights | from flights select a, (from airports select max(a)) as year
airports flights | select a from flights order by (select max(a) from airports)
airports flights | select a from flights limit (select max(a) from airports)
airports flights | select a from flights union select a from airports
airports flights | from flights union all by name from airports
airports flights | (from flights) except (from airports)
airports flights | with x as (from flights) from x, airports
airports flights | with x as (from flights), y as (from airports) from x join y using (a)
airports flights | with x as (from flights where a in (select a from airports)) from x
airports flights | with x as (select 1 as a union select a from flights) select * from x join airports using (a)
airports flights | from flights f, lateral (from airports a where a.a = f.a)
airports flights | from flights f, lateral (select max(a) from airports where airports.a = f.a) m
airports flights | from flights f left join lateral (from airports g where g.a = f.a) on true
airports flights | pivot (from flights join airports using (a)) on a using count(*)
airports flights | from (pivot flights on a using sum(b) group by year) p join airports using (year)
airports flights | select * from flights f join (from airports where year > 1) using (a)
airports flights | from flights tablesample 50%, airports
airports flights | from (describe flights), airports
airports flights | select case when exists (from airports) then 1 end from flights
airports flights | select a from flights where a = any (select a from airports)
airports flights | select max((select max(a) from airports)) over () from flights
airports flights | from range(2) r, flights, airports
airports flights year | from flights, airports, year
airports flights year | select * from flights join airports using (a) join year using (a)
airports flights year | from flights f, (from airports, year) g
airports flights year | with x as (from flights, airports) from x, year
year | from year
year | select year from year
year | select year.year from year
year | select year(d) from year
year | select extract(year from d) from year
year | from year y select y.year
year | from "year"
year | from Year year select year.a
year | select max(year) over (order by year) from year
year | pivot year on a using sum(year)
flights year | from flights join year on flights.year = year.year
flights year | select year.year from flights, year
by-hour | from "by-hour"
by-hour | from "BY-HOUR" h select h.a
by-hour flights | from flights join "by-hour" using (a)
by-hour | select "by-hour".a from "by-hour"
a.b | from "a.b"
a.b | from "a.b" select "a.b".a
a.b flights | from flights, "a.b" ab
order | from "order"
order | select "order".a from "order" order by a
flights order | from flights join "order" using (a) order by "order".a
Mixed | from mixed
Mixed | from Mixed
Mixed | from "MIXED" m
Mixed flights | from flights, mIxEd
`
  .trim()
  .split('\n')
  .map((line) => {
    const bar = line.indexOf('| ');
    return [line.slice(0, bar).trim().split(' ').filter(Boolean), line.slice(bar + 2)] as const;
  });

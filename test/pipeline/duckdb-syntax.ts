/**
 * Statements over all of DuckDB's syntax, by the chapters of its documentation, for comparing how they are cut into tokens.
 * One a line; `⏎` stands for a line break. Not all of them make sense.
 */
export const syntax: readonly string[] = String.raw`
from sales
from sales select region, amount where amount > 3
from sales s select s.*, s.amount * 2 as twice
from (from sales where region = 'north') select count(*)
from sales, regions where sales.region = regions.name
from range(3) as r(i) select i order by i desc
select region: upper(r), total: sum(a) from sales group by all
from sales total: sum(a) group by all
pivot cities on year using sum(population)
pivot cities on year using sum(population) group by country order by country
pivot cities on country, name using sum(population), max(population) as biggest
pivot cities on year in (2000, 2010) using first(population)
pivot cities on country || '_' || name using sum(population)
pivot (from cities where year > 2000) on year using sum(population) as total, count(*) as n
from cities pivot (sum(population) as total for year in (2000, 2010) country in ('NL', 'US') group by name)
pivot_wider cities on year using sum(population)
unpivot monthly on jan, feb, mar into name month value sales
unpivot monthly on columns(* exclude (empid, dept)) into name month value sales
unpivot monthly on (jan, feb, mar) as q1, (apr, may, jun) as q2 into name quarter value m1, m2, m3
unpivot include nulls monthly on jan, feb
from monthly unpivot include nulls (sales for month in (jan as 'January', feb))
pivot_longer monthly on columns(* exclude id)
select * from trades asof join prices on trades.symbol = prices.symbol and trades.at >= prices.at
select * from trades asof left join prices using (symbol, at)
select t.*, p.price from trades t asof join prices p using (symbol, "at")
select * from range(3) t(i), lateral (select i + 1) t2(j)
select * from range(3) t(i), lateral (select i + j from range(2) u(j)) v(k) order by all
select * from a left join lateral (select max(x) as m from b where b.y = a.y) s on true
select a, row_number() over (partition by g order by a) as rn from t qualify rn = 1
select a from t qualify rank() over w < 3 and a > 1 window w as (partition by g order by a desc)
select sum(x) over (order by d range between interval 3 days preceding and interval 3 days following) from t
select avg(x) over (rows between 2 preceding and 2 following exclude current row) from t
select sum(x) over (groups between unbounded preceding and 1 following exclude ties) from t
select first_value(x ignore nulls) over w, last_value(x respect nulls) over w from t window w as (order by y)
select count(distinct x) filter (where x > 1) over (partition by y) from t
select lag(x, 1, 0 order by z) over (order by y) from t
select quantile_cont(x, [0.25, 0.5]) over w from t window w as (order by y rows 10 preceding)
select fill(x) over (order by y), nth_value(x, 2 order by z desc nulls last) over (w) from t window w as (partition by g)
select list_transform([1, 2, 3], x -> x + 1)
select list_transform([1, 2, 3], (x, i) -> x * i)
select list_filter([1, 2, 3], x -> x % 2 = 0 and x <> 2)
select list_reduce([1, 2], lambda a, b: a + b), list_transform(l, lambda x : x->>'a')
select list_transform([[1], [2]], x -> list_transform(x, y -> x[1]+-y))
select [x * 2 for x in [1, 2, 3] if x > 1], [upper(s) for s, i in l if i % 2 = 1]
select apply([1], x->x), array_apply(l,(x)->-x)
select {'key1': 'value1', 'key2': 42, key3: [1, 2]}, {x: 1, 'y z': {"q""r": 2}}
select {'a':1}.a, ({'a':1}).a, {'a':{'b':2}}['a']['b'], struct_extract(s, 'a'), s.a.b[1].c, (s).*
select row(1, 'a'), (1, 'a', null), struct_pack(a := 1, b := 'x'), struct_insert(s, c := 3)
select map {'a': 1, 'b': 2}['a'], map {}, map([1, 2], ['a', 'b'])[1], map {[1]: {'x': 1}}
select [1, 2, 3], [], [[]], [null, 1], ['a', 'b'], array[1, 2, 3], array_value(1, 2)::integer[2]
select l[1], l[-1], l[1:2], l[1:-1], l[:2], l[2:], l[:], l[1:3:2], l[-:-1:2], 'abc'[1:2], 'abc'[-1]
select l[a:b], l[a.b:c.d], l[a::int:b::int], l[(1):(2)], l[$1:$2], l[#1:#2]
select t.l[1].x::int[3][2], cast(l as integer[][3]), l::struct(a int, b varchar[])[]
select union_value(num := 2), u.num, union_tag(u), cast(1 as union(num int, str varchar))
select $$dollar$$, $$it's "so"$$, $q$ $$ inner $$ $q$, $a1$x$a1$, $_$y$_$, $$⏎two lines⏎$$
select $é$ü$é$, $$--no comment$$, $$/* none */$$
select e'tab\there', E'quote\'s', e'\\', e'\x41\u00e4\U0001F986', e'a''b', E'', e'octal\101'
select 'it''s', '', '''', 'a''''b', 'line⏎break', '--', '/*', '"', '$$'
select 'one'⏎'two', 'a'⏎⏎  'b'⏎'c', 'x' -- and⏎ 'y'
select x'41ff', X'00', b'1010', B'', '\x41'::blob, '101'::bit, x'4⏎1', x'41'⏎'42', b'1'⏎'0', x'41''42', b'1''a'
select 0xFF, 0Xab_cd, 0b1010, 0o17, 0x, 0xg, 0b2
select 1_000, 1_000_000.50_5, 1_0e1_0, 1_, _1, 1__0, 1_.5, 1._5
select .5, 5., 0.5, 00.50, 1.e3, .5e-3, 1e10, 1E+10, 1e-10, 1e, 1e+, 1e-, 1.5e, .e1, 1e1.5
select 1.2.3, 1..2, 1...2, 1. .2, 1.a, 1.5a, 1a2, 1e5x, 0.5.5
select 170141183460469231731687303715884105727, 9223372036854775808, -1, - -1, +1, -+-1
select 1::int, '1'::integer::varchar, a :: decimal(18, 3), (a + b)::double, -1::int, a::int[], a::"my type"
select cast(a as decimal(4, 1)), try_cast('x' as int), cast(a as varchar collate nocase), a::timestamp with time zone
select date '1992-09-20', time '11:30:00.123456', timestamp '1992-09-20 11:30:00', timestamptz '2020-01-01', interval '1 month'
select interval 1 year, interval (random() * 10) year, interval '1' month, interval '1' year to month, 1 * interval 2 day
select columns(*), columns('a.*'), columns(c -> c like 'a%'), columns([x for x in (*) if x like 'a%']), columns(t.*)
select min(columns(*)), columns(*)::varchar, columns('(.)x') as '\1y', coalesce(*columns(*)), struct_pack(*columns(*))
select * exclude (a, b), * exclude a, t.* exclude (a), * replace (a / 10 as a, upper(b) as b), * rename (a as x, b as y)
select * exclude (a) replace (b + 1 as b) rename (c as d) from t
select * like 'col%', * not ilike '%x', * similar to 'a.*', * glob 'a*' from t
select #1, #2 + 1 from t order by #1, #2 desc
select a, b from t order by all, a desc nulls first, b asc nulls last, c collate de.nocase
select a, sum(b) from t group by all having sum(b) > 1 order by all desc limit all
select a, b, c from t group by grouping sets ((a, b), (a), ()), rollup (c), cube (a, b)
select a from t group by 1, 2, (a + 1), ()
select 1 as a union by name select 2 as b
select 1 union all by name select 2 except all select 3 intersect all (select 4)
from a union by name from b union all from c order by all limit 3
f(a := 1, b => 2, c=>-3, d:=-4)
select f(a:=1), g(b=>2), h(c := x => 1), read_csv(header := true, delim = ';')
select * from t1 join t2 on t1.a=t2.a and t1.b<>t2.b or not t1.c
select * from a natural join b, c full outer join d using (x), e cross join f
select * from a semi join b on a.x = b.x anti join c using (y) positional join d
select * from a inner join b on (a.x) = (b.x) right outer join c on true left join d on false
select * from (values (1, 'a'), (2, null)) as v(id, "the name")
select * from (select 1, 2) as t(a, b), generate_series(1, 10, 2) g(i), unnest([1, 2]) with ordinality as u(x, n)
select * from t tablesample reservoir(20%), u tablesample bernoulli(10 percent) repeatable (42)
select * from t using sample reservoir(50 rows) repeatable (100)
select * from t using sample 10% (system, 377)
select * from t limit 10 offset 5
select * from t limit 10% offset 1
select * from t order by a limit (select count(*) // 2 from t)
select * from 's3://bucket/*.parquet', 'data/[0-9].csv', "file.json"
select * from db.schema.t, "db"."schema"."t", db.t, information_schema.tables
select * from t at (version => 3), u at (timestamp => now() - interval 1 week)
with a as (select 1), b(x, y) as (select 2, 3) select * from a, b
with recursive f(n, x) as (select 0, 1 union all select n + 1, x * n from f where n < 5) from f
with recursive d using key (a, b) as (from t union from recurring.d) table d
with a as materialized (from b), c as not materialized (from d) select * from a join c using (x)
WITH a AS NOT MATERIALIZED (SELECT 1) SELECT * FROM a
with t as (values (1), (2)) (from t) union all (from t)
values (1, 2), (default, null), ((select 3), 4)
table sales
describe select * from t
summarize from t
show all tables
explain analyze select 1
select case when a > 1 then 'x' when b is null then 'y' else 'z' end, case a when 1 then 2 end
select if(a, b, c), ifnull(a, b), nullif(a, b), coalesce(a, b, c), a ?: b
select a and b or not c, (a or b) and (c or d), not not a, a is true, a is not false, a is unknown
select a between 1 and 2 and b, a not between 1 and 2, a between symmetric 3 and 1
select a in (1, 2), a not in (from b), (a, b) in ((1, 2), (3, 4)), a in [1, 2], 'x' in l, a in b
select a = any (select b from t), a > all (select 1), a <> some (from t), a = any([1, 2])
select exists (from t), not exists (select 1 from t where t.a = u.a), array(select a from t)
select a like 'b%', a not like 'b\_' escape '\', a ilike 'B', a not ilike '%', a similar to '(a|b)*', a glob '[a-z]*'
select a ~ 'x', a !~ 'x', a ~~ 'x', a !~~ 'x', a ~~* 'x', a !~~* 'x', a ~~~ 'x', a ~* 'x', a !~* 'x'
select a->'b', a->>'b', a->0, a->>'$.b[0]', a->'b'->>'c', (a->>'b')::int, a->'$.x'=='y'
select a <-> b, a <=> b, a <#> b, a <-b, a<->-b, a <-> -b, a<=>b, a <= > b
select a ** b, a^b, a // b, a % b, a//b//c, a**-b, a^-b, a // -b, a/-b, a*-b
select a || b, a||b||c, a || -b, a||-b, |/ a, ||/ 27, @ -5, @-5, ~5, !a, a!, !!a, a !!b
select a & b, a | b, a # b, a << 1, a >> 1, a <<-1, a&~b, a|~b, a&-b, ~~a, a&&b, a @> b, a <@ b, a ^@ b
select a == b, a != b, a <> b, a <= b, a >= b, a<=b, a>=-b, a<>-b, a==-b, a!=-b, a=-b, a<-b
select a is distinct from b, a is not distinct from b, a isnull, b notnull, a is null is not null
select 1+1, 1 +1, 1+ 1, 1- -1, 1--1⏎-1, 1-/**/-1, 1*/**/1, 1//**/1, 1/**//1
select a/*c*/+/*c*/b, a-/*-*/b, a<--b⏎c, a+--⏎b, a*--*/⏎b
select /* outer /* inner */ still outer */ 1, /**/2, /***/3, /* * / */ 4, /*/**/*/ 5, /* -- */ 6
select 1 -- a comment with 'quotes' and "more" and /* this⏎, 2 --⏎, 3 --- ⏎, 4
-- first⏎select 1 /* mid */ -- last
/* head */ from t /* tail */
select été, naïve, "größe", 数量, имя, Ω, ñ_1, a·b, ª, µ, x² from "täble"
select '数量', 'Ω' || 'ß', '🦆' as "🦆", 🦆 from 鴨 -- 🦆⏎where 🦆 = '🦆'
select a b, a c, a　d from t
select _a, a_, a1, a$b, a$1, $a$b$a$, A, "A", "a""b", """", "a.b"."c", [a]
select ?, ?1, $1, $2, $1_0, ?2_1, a=?, a-?+1, a@?b, a ?| b, $name, $Name, $a1 + $b_2, ? + ?, f(?, $x), l[?], ?::int, $1::int, -?, -$1
prepare p as select $1, ?; execute p(1, 'a'); execute p(a := 1); deallocate p
select getvariable('x'), current_setting('threads'), nextval('s'), 'a'::regclass
select extract(year from d), extract('month' from d), date_part('day', d), d::date + 1, epoch_ms(d)
select substring('abc' from 2 for 1), substring('abc', 2), position('b' in 'abc'), overlay('abc' placing 'x' from 2 for 1)
select trim(both 'x' from 'xax'), trim(leading from a), trim(trailing 'y' from a), trim('a', 'b')
select current_date, current_timestamp, localtimestamp, current_time, current_user, current_schema, now(), today()
select a at time zone 'UTC', timezone('UTC', a), timestamp '2020-01-01 00:00:00+00' at time zone 'Europe/Berlin'
select count(*), count(), count(distinct a), count(all a), sum(distinct a order by b) filter (where c), string_agg(a, ',' order by b)
select arg_max(a, b), max(a, 3), list(a order by b desc), mode() within group (order by a), percentile_cont(0.5) within group (order by a desc)
select a.b.c, a.b.c.d, "a".b, a."b", a . b, a. b, a .b, a.*, a.b.*, main.f(a), db.main.f(a)
select 'abc'.upper().lower(), a.trim().length(), [1].list_sum(), (1).add(2), l.filter(x -> x > 1).apply(x -> x + 1)
select x: 1, "y z": 2, 'w': 3
select try(1 / 0), try_cast('a' as int), error('no'), constant_or_null(1, null), grouping(a), grouping_id(a, b)
select distinct a, b from t
select distinct on (a, b) a, b, c from t order by a, b
select all a from t
select a as "select", b as from_, c as Select, d as END, e.END, f."END" from t
select year, month, day, hour, minute, second, name, value, type, key, text, first, last, row, rows, range, groups, temp from t
select left, right, position, values, over, filter, date, time, timestamp, interval '1' day, int, decimal, varchar from t
select Year, NAME, Value, TYPE, "Key", Text from T as Alias
SELECT A FROM T WHERE B IS NOT NULL AND C IN (1, 2) GROUP BY A HAVING COUNT(*) > 1 ORDER BY A DESC LIMIT 5 OFFSET 1
Select A From T Union All Select B From U Except Select C From V Intersect Select D From W
sElEcT a FrOm t wHeRe b oRdEr By a
create table t (id integer primary key, name varchar not null unique, x int default 1 check (x > 0), y as (x + 1), z int references u(id))
create or replace table t as from u with no data
create temp table if not exists t as select 1
create view v(a, b) as select 1, 2
create macro add(a, b := 1) as a + b
create function f(a) as table select * from t where x = a
create type mood as enum ('sad', 'ok'), create type p as struct(a int, b varchar)
create unique index i on t (a, (b + 1)) with (x = 1)
create sequence s start with 10 increment by -2 minvalue 1 cycle
create secret s (type s3, key_id 'k', secret 'x')
create schema if not exists s; drop schema s cascade; drop table if exists t
alter table t add column a int default 1; alter table t alter a set data type bigint using a + 1; alter table t rename a to b
insert into t by name select 1 as a
insert or replace into t (a, b) values (1, 2) on conflict (a) do update set b = excluded.b where b < 3 returning *, a + 1 as c
merge into t using s on (t.id = s.id) when matched then update set x = s.x when not matched then insert
update t set a = a + 1, b = default from u where t.x = u.x returning a
delete from t using u where t.a = u.a
truncate t
copy t to 'f.csv' (format csv, header true, delimiter '|', partition_by (a, b)); copy t from 'f.parquet'
copy (select 1) to 'x.parquet' (format parquet, compression zstd, row_group_size 1_000)
attach 'f.db' as f (read_only, type sqlite); use f.main; detach f
set memory_limit = '1GB'; set global threads to 4; reset threads; set variable a = 1
pragma table_info('t'); pragma enable_profiling; pragma memory_limit='1GB'
install spatial from community; load spatial; checkpoint; vacuum analyze t; call f(1)
begin transaction; commit; rollback; abort
export database 'd' (format parquet); import database 'd'
comment on table t is 'x'; comment on column t.a is null
select 1 ; ; select 2;;
select a,b,c from t where(a)in(1)and(b)or(c)
select(1),(2)from(select 3)where(4)
select'a','b'from"t"where"x"='y'
select*from t where a=*b
select a[1]['x'][:2], (a)[1], f(a)[1], (select l from t)[1], [1,2][1][1], {'a':[1]}.a[1]
select a:b, a :b, a: b, a::b, a: :b, a:::b, a::::b, :a, ::a
select a:=b, a: =b, a : = b, a:==b, a=:b
select a=>b, a= >b, a =>b, a=>>b, a==>b, a>=b, a> =b
select a->b, a- >b, a-->b⏎c, a->-b, a->>b, a->>>b, a-> >b, a<->b, a<-->b⏎c
select a.b, a..b, a...b, a.:b, .a, ..a, a., a.., 1.., ..1
select a|b, a||b, a|||b, a||||b, |a, ||a, a|-b, a||/b, a|/-b
select a&b, a&&b, a&&&b, a@b, a@@b, a@>b, a@@@b, a#b, a##b, a#-b, a#>b, a#>>b
select a~b, a~~b, a~~~b, a~~~~b, a!~b, a!~~b, a!~~~b, a!~*b, a~-b, a!-b, a~~-b
select a%b, a%%b, a%-b, a^b, a^^b, a^-b, a*b, a**b, a***b, a*-b, a**-b, a/b, a//b, a///b
select a<b, a<<b, a<<<b, a<=b, a<<=b, a<=>b, a<>b, a<><b, a><b, a>>b, a>>=b, a<+b, a>+b, a<+-b
select a+b, a++b, a+++b, a+-b, a-+b, a+-+b, a=+b, a=-b, a*+b, a*+-b, a@+b, a@+-b, a@-, a~+-+
select a$b, a$$b$$, a$1, 1$1, 'a'$1, $1a, $1$2, $a$, $ a, $$, $
select "a"b, a"b", "a""b"c, 'a'b, a'b', 1'a', e'a'b, "a"'b', 'a'"b", 1"a", 1a"b"
select n'a', u&'a', u&"a", U&'\0041', x 'a', e 'a', b"a", r'a'
select {a}, {a,b}, {}, {{}}, [}, (], ){, ; }, a{b}
select \, \a, a\b, ${'`'}a${'`'}, ${'`'}
`
  .trim()
  .split('\n')
  .map((line) => line.replaceAll('⏎', '\n'));

/** SQL in DuckDB's dialect, for comparing how it is cut into tokens. Not all of it makes sense. */
export const statements: readonly string[] = `
select 1
select 1, 2, 3
select a from t
select a.b from a
select a.b.c, "x"."y" from a
select * from t
select t.* from t
select count(*) from t
select count(distinct a) filter (where a > 1) from t
select a, b, sum(c) from t group by a, b having sum(c) > 10 order by 1 desc nulls last limit 10 offset 5
select distinct on (a) a, b from t
select all a from t
from t
from t select a
from t where a = 1 limit 1
select 1 as "Name", 2 as Name, 3 as "na""me"
select 'it''s'
select ''
select '', ''''
select 'a' || 'b'
select e'a\\nb', E'\\'', e''
select $$a$$, $t$a$$b$t$, $tag$ 'x' $tag$
select 1_000, 1_0.5, 0.5, .5, 5., 1e5, 1.5e-3, 2E+10, .5e1, 1.e3
select 1.5.6, 1..2
select 1e, 1e+, 1_, 1__0
select 0xFF, 0b11, 0o17, 0x1g
select 1a, 1abc
select -1, +1, - 1, --1
select 1 - -2, 1+-2, 1*-2, 1/-2, 1%-2
select 2**3, 7//2, 7/2, 7%2, 2^3
select a::int, a::varchar[], (a)::decimal(10, 2)
select cast(a as integer), try_cast(a as date)
select [1, 2, 3], [1,2,3][1], [1,2,3][1:2], [1,2,3][-1:], [1,2,3][:-1], x[1:2:1]
select {'a': 1, 'b': [1, 2]}, {a: 1}
select map {'a': 1}
select struct_pack(a := 1, b := 2)
select a->'b', a->>'b', a ->> 'c' -> 'd'
select list_transform([1, 2], x -> x + 1), list_filter(l, lambda x: x > 1)
select a: 42, b: 'x'
select a <= b, a >= b, a <> b, a != b, a = b, a == b, a < b, a > b
select a<b>c, a><b, a=-1, a=@1, a!-b, a<-b
select a ~ 'x', a !~ 'x', a ~* 'x', a !~* 'x', a ~~ 'x', a !~~ 'x', a ~~~ 'x', a ~~* 'x'
select a ^@ b, a && b, a @> b, a <@ b, a <-> b, a <=> b, a |/ b, a ||/ b
select ~5, 5 & 3, 5 | 3, 5 << 1, 5 >> 1, xor(5, 3), @-5, @ a
select #1 from t
select a <#> b
select a.b:c
select (a, b) = (1, 2)
select (select max(a) from t)
select exists (select 1 from t), not exists (from t)
select a in (1, 2), a not in (select b from t), a in (from t)
select a between 1 and 2, a not between symmetric 1 and 2
select a like 'x%', a not like 'y_' escape '\\', a ilike 'z', a similar to 'q', a glob '*'
select a is null, a is not null, a isnull, a notnull, a is distinct from b, a is not distinct from b
select case when a then 1 else 2 end, case a when 1 then 'x' when 2 then 'y' end
select interval 1 day, interval '1' year, interval (a) month
select date '2020-01-01', timestamp '2020-01-01 00:00:00', time '00:00:00', timestamp with time zone '2020-01-01'
select extract(year from d), substring(a from 1 for 2), trim(both 'x' from a), position('a' in b), overlay(a placing b from 1)
select current_date, current_timestamp, current_time, localtime, localtimestamp
select row_number() over (partition by a order by b rows between unbounded preceding and current row) from t
select sum(a) over w from t window w as (partition by b)
select a from t qualify row_number() over (order by a) = 1
select a, lag(a, 1, 0) ignore nulls over (order by b) from t
select string_agg(a, ', ' order by b desc) from t
select columns('a.*'), columns(* exclude (b)), * exclude (a), * replace (a + 1 as a), * rename (a as b) from t
select a from t tablesample 10%
select a from t using sample 10 rows
select * from a join b using (x)
select * from a left join b on a.x = b.x
select * from a natural full outer join b, c cross join d
select * from a asof join b on a.x >= b.x
select * from a positional join b
select * from a semi join b using (x) anti join c using (y)
select * from a, lateral (select * from b where b.x = a.x) l
select * from (a join b on true)
select * from (select 1) t(x)
select * from (values (1, 'a'), (2, 'b')) t(x, y)
values (1, 2), (3, 4)
table t
with a as (select 1) select * from a
with a(x) as (select 1), b as materialized (select 2), c as not materialized (select 3) select * from a, b, c
with recursive r(n) as (select 1 union all select n + 1 from r where n < 10) select * from r
with recursive r using key (n) as (select 1) from r
select 1 union select 2 union all select 3 except select 4 intersect select 5
select 1 union by name select 2 union all by name select 3
(select 1) union (select 2)
pivot t on a using sum(b) group by c
pivot t on a in ('x', 'y') using first(b)
unpivot t on a, b into name n value v
from t pivot (sum(a) for b in (1, 2))
from t unpivot (v for n in (a, b))
describe t
summarize t
show tables
explain select 1
select * from read_csv('x.csv', header = true, columns = {'a': 'int'})
select * from 'x.parquet'
from "x.csv"
from 'https://example.com/x.csv'
select * from range(10) t(i), generate_series(1, 2)
select unnest([1, 2]), unnest(l, recursive := true)
select getvariable('a')
select ?, ? + 1
select $1, $2
select $name, $other_name
select 1;
select 1; select 2
select 1;;
create table t (a int primary key, b varchar default 'x', check (a > 0))
create or replace temp table t as select 1
create view v as from t
create macro f(a, b := 1) as a + b
create type e as enum ('a', 'b')
insert into t values (1, 'a') on conflict do nothing returning *
update t set a = 1, b = b || 'x' where a = 2
delete from t where a = 1
copy t to 'x.csv' (header, delimiter '|')
attach 'x.db' as x (read_only)
set threads = 1
pragma table_info('t')
install json
load json
begin transaction
select * from a.b.c
select "a b"."c d" from "e f"
select "select" from "from"
select é, ñ from 日本
select 'é', 'ñ', '日本', '😀'
select "😀" x, '😀' y from "日本"
select a$b, a$1, _a, a_1, A1
select 1$1
select a from t -- comment
select a -- comment
select /* c */ a /* d */ from /* e */ t
select a/*x*/b
select a--x
select /* /* nested */ still */ 1
select /**/ 1 /***/
select 1/*2*/+3
select a/b, a/ b, a /b, a//b, a / / b
select a* b, a*b, a**b, a * * b
select a.b, a . b, a. b, a .b
select a::b, a :: b, a: :b
select a:=b, a := b, f(a => 1), f(a=>1)
select a||b, a | | b
select a<>b, a< >b, a!=b, a! =b
select a...b, a..b, a. . .b
select [[1], [2]][1][1], {'a': {'b': 1}}.a.b, (a).b, (a).b.c[1]
select ((((1))))
select f(), g(a), h(a, b), i(distinct a), s.f(a)
select 'abc'.upper(), a.lower().trim()
select a.b.c(d)
select [x for x in l if x > 1]
select try(a), coalesce(a, b), nullif(a, b), ifnull(a, b), greatest(a, b)
select true and not false or null
select grouping(a), grouping_id(a, b) from t group by rollup (a, b), cube (c), grouping sets ((a), (b), ())
select a from t order by all desc
select a from t group by all
select a collate nocase from t
select a at time zone 'utc' from t
select x'41', b'101', X'ff', B'0'
select n'a'
select \\a, \`a\`
select a ? b
select ?1, ?2
select year, month, day, hour, name, value, type, key, date, time, "Left", Right(a, 1) from t
select Year, Name, VALUE from T
SELECT A, b FROM T WHERE a AND NOT B OR c IS NULL
Select Case When A Then B Else C End
select !a, !!a, a!
select @a, @@a
select a&b, a&&b, a|b, a^b, a#b
select a%b, a%%b, 10%
select a->b->c, a->-1, a-->b
select a+ +b, a++b, a+-+b, a-+b
select a*+b, a/+b, a=+b, a<+b, a!+b
select a<=-1, a>=-1, a<>-1, a!=-1, a==-1
select a//-1, a**-1, a||-1, a::-1
from t at (version => 1)
select * from t limit 10%
select * from t limit 5 % 2
select ((a)::int)::text
select a[1]['x'].y
select a[b:c], a[b::int], a[:], a[::2]
select interval '1 day' + interval '2 hours'
select - - 1, + + 1, not not true
select "a""b""", """"
select 'a''''b', ''''''
select $$$$, $a$$a$
select 'a\\'
select e'\\\\', e'a''b', e'\\x41'
select {'a':1}.a, {'a':1}['a']
select (1).x, 1 .x
select "t"."*", "*"
select position('x' in a) from t
select #2, #10
`
  .trim()
  .split('\n');

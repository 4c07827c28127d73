import { compile, definePipeline, source, sql, step, type Plan } from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { lex } from '../../packages/core/dist/pipeline/lexer.js';
import { scan } from '../../packages/core/dist/pipeline/scan.js';
import { fromNothing } from './connectors.ts';
import { refused } from './rejects.ts';

const flights = source('flights', fromNothing({}));
const airports = source('airports', fromNothing({}));

/** Compiles a step of raw SQL beside the sources `flights` and `airports`. */
function compiled(text: string, options: { volatile?: boolean } = {}): Promise<Plan> {
  const it = step('it', sql.raw(text), options);
  return compile(definePipeline({ name: 'p', processes: { all: [flights, airports, it] } }));
}

describe('a plain name of another step where a table stands is refused', () => {
  test.each([
    'select * from flights',
    'from flights',
    'FROM Flights f',
    'select * from "FLIGHTS"',
    'select * from x, flights',
    'select * from x join flights using (a)',
    'select * from x left join y on x.a = y.a, flights',
    'select * from (x join flights on true)',
    'select * from ((x join y using (a)) join flights using (a))',
    'select a in (from flights) from x',
    'select (select max(a) from flights) from x',
    'select exists (select 1 from flights)',
    'select array(select a from flights)',
    'select 1 union select 2 from flights',
    'select 1 union all by name from flights',
    '(select 1) union (from flights)',
    'with a as (select * from flights) select * from a',
    'with flights as (select * from flights) select * from flights',
    'with recursive a as (select 1), b as (from flights) from b',
    'with a as (with flights as (select 1) from flights) from flights',
    'select * from (with flights as (select 1) from flights) x, flights',
    'select * from x, lateral (select * from flights where flights.a = x.a)',
    'select * from x order by (select max(a) from flights)',
    'select extract(year from (select max(a) from flights))',
    'select a from x where a is not distinct from (select 1 from flights)',
    'from n: flights',
    'select * from main.flights',
    'pivot flights on a using sum(b)',
    'unpivot flights on a into name n value v',
    'from (describe flights)',
    'from (pivot flights on a)',
    'table flights',
    'with a as (select 1) pivot flights on a',
    'from range(3) r, flights',
    'from x tablesample 10%, flights',
    'from x select a, (from flights)',
    'from (values (1, 2), (3, 4)) x, flights',
    'from (values (1), (2) union from flights) x',
    'from (values (1), ((select max(a) from flights))) x',
    'from it',
  ])('%s', async (text) => {
    const error = await refused(() => compiled(text), 'undeclared_input', "'it'", "'p'");
    expect(error.details['name']).toBe(text.includes('from it') ? 'it' : 'flights');
  });
});

describe('other mentions of a name are not', () => {
  test.each([
    'select flights from x',
    'select flights.a from x flights',
    'select x.flights, count(flights) from x',
    'select a as flights from x',
    'select 1 flights, 2 airports',
    'select a from x where flights > 1 and airports = 2',
    'select a from x group by flights, airports',
    'select a, b from x order by flights, airports limit 3',
    'select a from x window w as (partition by flights), airports as (order by a)',
    'with flights as (select 1 a) select * from flights',
    'with flights(a) as (select 1), b as (from flights) from b, flights',
    'with flights as materialized (select 1) select * from (select * from flights)',
    'with recursive flights(n) as (select 1 union all select n + 1 from flights where n < 3) from flights',
    'with recursive flights(n) using key (n) as (select 1 union select n from flights) from flights',
    'with Flights as (select 1) from FLIGHTS union from "flights"',
    'select extract(year from flights), trim(both from flights), substring(flights from 2) from x',
    'select a is distinct from flights, b is not distinct from airports from x',
    "select 'from flights', $$ from flights $$ from x -- from flights\n/* from flights */",
    'select "from flights" from x',
    'select f(flights, airports) from x',
    'from x t(flights, airports)',
    'from range(3) flights, range(4) airports',
    'select list_transform(l, flights -> flights + 1), [flights, airports], {flights: airports} from x',
    'select * exclude (flights, airports) from x',
    'from x join y using (flights, airports)',
    'from x join y on x.flights = y.flights and y.airports in (1, 2)',
    'from x pivot (sum(flights) for airports in (1, 2))',
    'values (1, 2), (3, 4)',
    "from (values ('a', flights), ('b', airports)) t(x, y)",
    "from x, (values ('a'), ('b')) y join (values (1, 'c'), ('d', 2)) z on true",
    "select a in (values ('a'), ('b')) from x union values ('a'), ('b')",
    'select flights: 1, airports: 2',
    'select a.flights.airports from x a',
  ])('%s', async (text) => {
    await compiled(text);
  });
});

describe('what reads past the inputs is refused', () => {
  test.each([
    "select * from read_csv('x.csv')",
    "select * from READ_CSV_AUTO('x.csv')",
    'from "read_csv"(\'x.csv\')',
    "from main.read_csv('x.csv')",
    "from read_text('x')",
    "from read_blob('x')",
    "from read_parquet('x')",
    "from parquet_scan('x')",
    "from parquet_metadata('x')",
    "from read_json_auto('x')",
    "from read_ndjson_objects('x')",
    "from glob('*')",
    "from sniff_csv('x')",
    "select * from x, read_csv('x.csv')",
    "select (select count(*) from read_csv('x.csv'))",
    "from 'x.csv'",
    "from (values ('a'), ('b')) x, 'y.csv'",
    "select * from x join 'y.csv' using (a)",
    'from "x.csv"',
    'from $$x.csv$$',
    "from query('from flights')",
    "from query_table('flights')",
    "select getvariable('a')",
    "select getenv('HOME')",
    "select current_setting('threads')",
    'from duckdb_tables()',
    'from duckdb_tables',
    'from information_schema.tables',
    'from sqlite_master',
    "from histogram_values(flights, 'a')",
    "select nextval('s')",
  ])('%s', async (text) => {
    await refused(() => compiled(text), 'external_read', "'it'", "'p'", 'volatile: true');
    await compiled(text, { volatile: true });
  });

  test('not what only looks like it', async () => {
    await compiled("select read_csv, glob, 'x.csv', histogram(a), a glob '*' from x");
    await compiled('from range(3), generate_series(1, 2), unnest([1, 2])');
  });
});

describe('what is not one query is refused', () => {
  test.each([
    ['', 'empty', 'line 1, column 1'],
    ['  -- nothing\n', 'empty'],
    [';', 'empty'],
    ['select 1; select 2', 'several statements', 'line 1, column 9'],
    ["attach 'x.db' as x", "'attach'", 'line 1, column 1'],
    ["copy t to 'x.csv'", "'copy'"],
    ['install json', "'install'"],
    ['load json', "'load'"],
    ['set threads = 1', "'set'"],
    ["pragma table_info('t')", "'pragma'"],
    ['create table t as select 1', "'create'"],
    ['insert into t select 1', "'insert'"],
    ['with a as (select 1) insert into t from a', "'insert'"],
    ['with a as (select 1) delete from t', "'delete'"],
    ['explain select 1', "'explain'"],
    ['describe t', "'describe'"],
    ['\n  update t set a = 1', "'update'", 'line 2, column 3'],
    ["select\n 'a", 'string', 'line 2, column 2'],
    ['select /* a', 'comment', 'line 1, column 8'],
    ['select "a', 'quoted identifier', 'line 1, column 8'],
    ['select $1', 'parameter $1', 'line 1, column 8'],
    ['select ?', 'parameter ?'],
    ['select $name', 'parameter $'],
  ])('%s', async (text, ...words) => {
    await refused(() => compiled(text), 'invalid_sql', "'it'", "'p'", ...words);
    await refused(() => compiled(text, { volatile: true }), 'invalid_sql');
  });

  test('trailing semicolons and comments are dropped', async () => {
    const plan = await compiled('select 1 as a ; -- done\n;');
    const it = plan.steps.find(({ name }) => name === 'it');
    expect(it?.kind === 'sql' && it.chunks).toEqual([{ kind: 'text', text: 'select 1 as a' }]);
  });
});

describe('placeholders', () => {
  const plan = (text: ReturnType<typeof sql.raw>): Promise<Plan> =>
    compile(definePipeline({ name: 'p', processes: { all: [flights, airports, step('it', text)] } }));

  test('stand for tables, and quoted identifiers do not escape the check', async () => {
    await plan(sql`select * from ${flights} f, ${airports} flights where flights.a = f.a`);
    await refused(() => plan(sql`select * from ${sql.id('flights')}`), 'undeclared_input', "'flights'");
    await refused(() => plan(sql`select * from ${'x.csv'}`), 'external_read', 'x.csv');
  });

  test('inside strings, comments and quotes are refused with their place', async () => {
    await refused(
      () => plan(sql`select 'a ${1} b'`),
      'invalid_sql',
      'string',
      'placeholder',
      'line 1, column 8',
    );
    await refused(() => plan(sql`select "${sql.id('a')}"`), 'invalid_sql', 'quoted identifier');
    await refused(() => plan(sql`select 1 /* ${flights} */`), 'invalid_sql', 'comment', '${flights}');
    await refused(
      () => plan(sql`select 1 -- ${flights}\n`),
      'invalid_sql',
      'line comment',
      'line 1, column 10',
    );
    await refused(() => plan(sql`select $$ ${1} $$`), 'invalid_sql', 'string');
  });

  test('places count placeholders as they are written', async () => {
    await refused(() => plan(sql`select ${1},\n ${flights} 'x`), 'invalid_sql', 'line 2, column 13');
  });
});

test('functions are found by their names, lower case and once', () => {
  const { functions } = scan(
    lex('select Now(), RANDOM(), now(), "My F"(1), s.g(2), current_DATE, (a), a in (1) from f(1) t(x)')
      .tokens,
  );
  expect([...functions].sort()).toEqual(['current_date', 'f', 'g', 'my f', 'now', 'random', 't']);
});

import { beforeAll, describe, expect, test } from 'vitest';
import { findReferences, sqlName } from '../../packages/core/dist/pipeline/table-references.js';
import { duckDbTokenizer, type DuckDbTokenizer } from './duckdb-tokenizer.ts';
import { syntax } from './duckdb-syntax.ts';
import { referenceStatements } from './reference-statements.ts';
import { statements } from './statements.ts';

const steps = ['flights', 'airports', 'year', 'by-hour', 'a.b', 'order', 'Mixed'];
const tables = new Map(steps.map((name) => [name.toLowerCase(), name]));
const scope = { step: 'it', tables, params: new Set(['minDelay', 'end']), volatile: false };

const read = (text: string, more: object = {}): string[] => {
  const { references } = findReferences(text, { ...scope, ...more });
  return [...new Set(references.filter(({ kind }) => kind === 'table').map(({ name }) => name))].sort();
};

/** What is wrong, each with the text that it points at. */
const problems = (text: string, more: object = {}): string[] =>
  findReferences(text, { ...scope, ...more }).problems.map(
    ({ message, start }) => `${message} @ ${text.slice(start, start + 12)}`,
  );

test('there are at least 150 statements', () => {
  expect(referenceStatements.length).toBeGreaterThanOrEqual(150);
});

describe('the steps that a statement reads', () => {
  test.each(referenceStatements.map(([reads, sql]) => [sql, reads] as const))('%s', (sql, reads) => {
    expect(problems(sql)).toEqual([]);
    expect(read(sql)).toEqual([...reads].sort());
  });
});

describe('are what DuckDB needs', () => {
  let duckDb: DuckDbTokenizer;
  const schemas = new Map<string, string>();
  beforeAll(async () => {
    duckDb = await duckDbTokenizer();
  });

  /** Runs a statement where these tables are, and no others. */
  const runWith = (names: readonly string[], sql: string): void => {
    const key = [...names].sort().join();
    if (!schemas.has(key)) {
      schemas.set(key, `s${schemas.size}`);
      duckDb.rows(`create schema ${schemas.get(key)}`);
      for (const name of names)
        duckDb.rows(
          `create table ${schemas.get(key)}."${name}" as select 1 as a, 2 as b, 'x' as s, date '2020-01-01' as d, [1, 2] as l, 1 as flights, 2 as airports, 3 as year`,
        );
    }
    duckDb.rows(`set schema = '${schemas.get(key)}'`);
    duckDb.rows(sql);
  };

  test.each(referenceStatements.map(([reads, sql]) => [sql, reads] as const))('%s', (sql, reads) => {
    runWith(reads, sql);
    for (const one of reads)
      expect(() =>
        runWith(
          reads.filter((other) => other !== one),
          sql,
        ),
      ).toThrow(/does not exist/);
  });

  test('and a plain step name is written as DuckDB reads it', () => {
    const words = duckDb
      .rows('select keyword_name as word from duckdb_keywords()')
      .map(({ word }) => String(word));
    for (const name of [...words, ...steps, '2024', 'a-b', '_x', 'Values']) {
      expect(duckDb.rows(`with ${sqlName(name)} as (select 1 as one) from ${sqlName(name)}`)).toEqual([
        { one: 1 },
      ]);
      const found = findReferences(`from ${sqlName(name)}`, {
        ...scope,
        tables: new Map([[name.toLowerCase(), name]]),
      });
      expect(found).toMatchObject({ references: [{ name }], problems: [] });
    }
  });
});

test('where each of them stands', () => {
  const text = 'with x as (from "FLIGHTS" f) select f.airports, $minDelay from x, Airports -- flights';
  const { references } = findReferences(text, scope);
  expect(references.map(({ name, kind, start, end }) => [kind, name, text.slice(start, end)])).toEqual([
    ['table', 'flights', '"FLIGHTS"'],
    ['param', 'minDelay', '$minDelay'],
    ['table', 'airports', 'Airports'],
  ]);
});

describe('a name of the statement that is also a step', () => {
  const hint = (inputs: string): string => `state what is read, such as inputs: [${inputs}]`;
  test.each([
    ['with flights as (select 1) from flights', 'common table expression', '', 'flights as ('],
    ['with flights as (from flights) from flights', 'common table expression', 'flights', 'flights as ('],
    ['with FLIGHTS(x) as (select 1) from flights', 'common table expression', '', 'FLIGHTS(x) a'],
    ['with x as (with year as (select 1) from year) from x', 'common table expression', '', 'year as (sel'],
    ['with recursive flights as (select 1) from flights', 'common table expression', '', 'flights as ('],
    [
      'with "by-hour" as (from airports) from "by-hour"',
      'common table expression',
      'airports',
      '"by-hour" as',
    ],
    ['from flights airports', 'alias', 'flights', 'airports'],
    ['from flights as airports', 'alias', 'flights', 'airports'],
    ['from flights as "AIRPORTS"', 'alias', 'flights', '"AIRPORTS"'],
    ['from flights, airports flights', 'alias', 'flights, airports', 'flights'],
    ['from airports: flights', 'alias', 'flights', 'airports: fl'],
    ['from range(3) flights', 'alias', '', 'flights'],
    ['from range(3) as flights(i)', 'alias', '', 'flights(i)'],
    ['from (from flights) airports', 'alias', 'flights', 'airports'],
    ['from (values (1)) year(a)', 'alias', '', 'year(a)'],
    ['from flights f join airports year using (a)', 'alias', 'flights, airports', 'year using ('],
    ['from flights f, lateral (select 1) airports', 'alias', 'flights', 'airports'],
    ['from flights f, unnest(f.l) airports(x)', 'alias', 'flights', 'airports(x)'],
    ['pivot flights airports on a using sum(b)', 'alias', 'flights', 'airports on '],
    ['from flights pivot (sum(b) for a in (1)) as airports', 'alias', 'flights', 'airports'],
  ])('%s', (sql, what, inputs, at) => {
    const [problem, ...more] = problems(sql);
    expect(problem).toContain(what);
    expect(problem).toContain(hint(inputs));
    expect(problem?.endsWith(`@ ${at}`)).toBe(true);
    expect(more).toEqual([]);
    // Stated, it means what it means to DuckDB.
    const stated = inputs.split(', ').filter(Boolean);
    expect(problems(sql, { inputs: stated })).toEqual([]);
    expect(read(sql, { inputs: stated })).toEqual(stated.sort());
  });
});

describe('inputs that are stated win', () => {
  test('a step that is read and not among them is told', () => {
    expect(problems('from flights, airports', { inputs: ['flights'] })).toEqual([
      "reads the step 'airports', which is not among its inputs @ airports",
    ]);
  });
  test('a name in scope of a common table expression reads no step, others do', () => {
    const sql =
      'with airports as (from flights) select * from airports, (with flights as (from airports) from flights)';
    expect(read(sql, { inputs: ['flights'] })).toEqual(['flights']);
    expect(findReferences(sql, { ...scope, inputs: ['flights'] }).references).toMatchObject([{ start: 23 }]);
  });
});

describe('what cannot be read is told, with its place', () => {
  test.each([
    ['from fligths', "reads 'fligths', which is no step with a table @ fligths"],
    ['select * from flights, airport a', "reads 'airport', which is no step with a table @ airport a"],
    ['from it', "reads 'it', which is its own table @ it"],
    [
      'from main.flights',
      'reads main.flights, a table of a schema: write the step as flights @ main.flights',
    ],
    ['from memory.main."order"', 'write the step as "order" @ memory.main.'],
    ['select 1 from order', 'reads order, a reserved word of SQL: write the step as "order" @ order'],
    ['from a.b', 'write the step as "a.b" @ a.b'],
    ['from flights where a > $minDelya', "uses the param 'minDelya', which there is not @ $minDelya"],
    ['select $1', 'uses the parameter $1: write a param of the pipeline as $name @ $1'],
    ['select ?', 'uses the parameter ?'],
    ["select 'a", "has a string that never ends @ 'a"],
    ['select /* a', 'has a comment that never ends @ /* a'],
    ['select "a', 'has a quoted identifier that never ends @ "a'],
  ])('%s', (sql, told) => {
    const withOwn = { tables: new Map([...tables, ['it', 'it']]) };
    expect(problems(sql, withOwn)).toHaveLength(1);
    expect(problems(sql, withOwn)[0]).toContain(told);
  });

  test('unless the step may read what is no input', () => {
    expect(problems('from somewhere', { volatile: true })).toEqual([]);
  });
});

test('no statement of DuckDB’s syntax breaks it, nor reads a step that is not there', () => {
  for (const sql of [...statements, ...syntax]) {
    const { references } = findReferences(sql.replaceAll('⏎', '\n'), {
      ...scope,
      tables: new Map([['zzz', 'zzz']]),
    });
    expect(references).toEqual([]);
  }
});

test('params may be called like keywords', () => {
  expect(
    findReferences('select $end, $END', { ...scope, params: new Set(['end', 'END']) }).references,
  ).toMatchObject([{ name: 'end' }, { name: 'END' }]);
});

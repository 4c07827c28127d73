import { beforeAll, describe, expect, test } from 'vitest';
import { lex, type LexedToken, type SqlTokenKind } from '../../packages/core/dist/pipeline/lexer.js';
import { duckDbTokenizer, type DuckDbTokenKind, type DuckDbTokenizer } from './duckdb-tokenizer.ts';
import { syntax } from './duckdb-syntax.ts';
import { draws, mutate } from './mutations.ts';
import { statements } from './statements.ts';

let duckDb: DuckDbTokenizer;

beforeAll(async () => {
  duckDb = await duckDbTokenizer();
});

const rows = (sql: string): Record<string, unknown>[] => duckDb.rows(sql);
const bytesBefore = (sql: string, at: number): number => Buffer.byteLength(sql.slice(0, at));

/** What DuckDB may call a token of ours. */
const kinds: Readonly<Record<string, readonly DuckDbTokenKind[]>> = {
  word: ['identifier', 'keyword'],
  keyword: ['keyword'],
  quoted: ['identifier'],
  number: ['number'],
  string: ['string'],
  operator: ['operator'],
  parameter: ['operator'],
} satisfies Partial<Record<SqlTokenKind, readonly DuckDbTokenKind[]>>;

/*
 * Where `db.tokenize` and the lexer differ, and why the lexer is right. All else is equal: where each token begins, and what
 * it is.
 */

/** 1. Operators that have a rule of their own in DuckDB's grammar, which `tokenize` therefore calls keywords. */
const ruled: ReadonlySet<string> = new Set([':', '::', '..', '->', '->>', '//', '**']);

/** 2. DuckDB takes Unicode's white space out before it parses (a test below), and `tokenize` is not given that text. */
const withPlainSpaces = (sql: string): string =>
  sql.replace(/[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]/g, (space) =>
    ' '.repeat(Buffer.byteLength(space)),
  );

/**
 * 3. Of a text that ends within a token, which DuckDB refuses and so does a step, `tokenize` leaves out that token, what it
 *    has been put together with, and all before it that waits for what comes next: a keyword before it.
 * 4. What DuckDB has not implemented (`u&'a'`, `u&"a"`, `\\u` and `\\U` in an escape string) and the empty identifier `""` make
 *    `tokenize` stop. DuckDB refuses the whole statement (a test below).
 */
function mayStopAt(sql: string, ours: readonly LexedToken[], count: number): boolean {
  const { open } = lex(sql);
  const rest = ours[count];
  if (rest === undefined) return true;
  const refused = ours
    .slice(count, count + 2)
    .some(
      ({ text, end }) =>
        /^e'[^]*\\[uU]/i.test(text) || text === '""' || (/^u$/i.test(text) && sql[end] === '&'),
    );
  if (refused) return true;
  const isLast = count === ours.length - 1;
  return (
    open !== undefined &&
    open.what !== 'line comment' &&
    isLast &&
    /^(?:word|keyword|quoted)$/.test(rest.kind)
  );
}

/** How the lexer's tokens differ from DuckDB's, or undefined. */
function difference(sql: string): string | undefined {
  const { tokens: all, open } = lex(sql);
  const end = open === undefined || open.what === 'line comment' ? Infinity : bytesBefore(sql, open.start);
  const theirs = duckDb.tokenize(withPlainSpaces(sql)).filter(({ start }) => start < end);
  for (const [index, { start, kind }] of theirs.entries()) {
    const ours = all[index];
    const where = JSON.stringify(Buffer.from(sql).subarray(start).toString().slice(0, 20));
    if (ours === undefined || bytesBefore(sql, ours.start) !== start) return `DuckDB has a token at ${where}`;
    const isRuled = ours.kind === 'operator' && kind === 'keyword' && ruled.has(ours.text);
    if (!isRuled && kinds[ours.kind]?.includes(kind) !== true)
      return `${where} is ${kind} to DuckDB, not ${ours.kind}`;
  }
  if (all.length === theirs.length || mayStopAt(sql, all, theirs.length)) return undefined;
  return `DuckDB has no token at ${JSON.stringify(sql.slice(all[theirs.length]?.start).slice(0, 20))}`;
}

const differences = (sqls: Iterable<string>): { sql: string; what: string }[] =>
  [...sqls].flatMap((sql) => {
    const what = difference(sql);
    return what === undefined ? [] : [{ sql, what }];
  });

const tokens = (sql: string): string[] => lex(sql).tokens.map(({ kind, text }) => `${kind} ${text}`);

test('cuts statements over all of DuckDB’s syntax exactly as DuckDB does', () => {
  const corpus = [...statements, ...syntax];
  expect(new Set(corpus).size).toBeGreaterThanOrEqual(400);
  expect(differences(corpus)).toEqual([]);
});

test('cuts mutated statements exactly as DuckDB does', () => {
  const count = 20 * Number(process.env['CAIRN_ORACLE_CASES'] ?? 1_000);
  const draw = draws(Number(process.env['CAIRN_SEED'] ?? 20_261_122));
  const corpus = [...statements, ...syntax];
  for (let left = count; left > 0; left -= 1) {
    const sql = mutate(corpus, draw);
    const what = difference(sql);
    if (what !== undefined) expect({ sql, what }).toBeUndefined();
  }
});

test.each([
  ["select u&'a'", 'NOT IMPLEMENTED'],
  ['select u&"a"', 'NOT IMPLEMENTED'],
  ["select e'\\u00e4'", 'NOT IMPLEMENTED'],
  ["select e'\\U0001F986'", 'NOT IMPLEMENTED'],
  ['select "" from t', 'zero-length'],
  ['select /* a', 'unterminated'],
  ["select 'a", 'unterminated'],
  ['select "a', 'unterminated'],
  ['select $a$ b', 'unterminated'],
])('%s is refused by DuckDB, so that it does not matter that its tokenizer stops there', (sql, why) => {
  expect(() => rows(sql)).toThrow(why);
});

test('folds exactly the words that DuckDB reserves', () => {
  const words = rows('select keyword_name as name, keyword_category as category from duckdb_keywords()');
  expect(words.length).toBeGreaterThan(400);
  const wrong = words.filter(({ name, category }) => {
    const [token] = lex(String(name).toUpperCase()).tokens;
    return (token?.kind === 'keyword') !== (category === 'reserved');
  });
  expect(wrong).toEqual([]);
});

test('takes for white space what DuckDB takes for it', () => {
  for (const code of [
    0xa0,
    0x1680,
    0x180e,
    ...Array.from({ length: 0x70 }, (_, index) => 0x2000 + index),
    0x3000,
    0xfeff,
  ]) {
    const sql = `select 1${String.fromCharCode(code)}+ 1`;
    const theirs = ((): boolean => {
      try {
        return Object.values(rows(sql)[0] ?? {})[0] === 2;
      } catch {
        return false;
      }
    })();
    expect(tokens(sql).length === 4, `U+${code.toString(16)}`).toBe(theirs);
  }
});

describe('tokens', () => {
  test('say the same for what differs in comments, white space and the case of reserved words', () => {
    const one = tokens('select a, b from t where a > 1 -- note');
    expect(tokens('SELECT /* a /* nested */ one */ a,b\n\tFrom t WHERE a>1')).toEqual(one);
    const cte = tokens('with a as not materialized (select 1 as x) from a');
    expect(tokens('WITH a AS NOT materialized (SELECT 1 AS x) FROM a')).toEqual(cte);
  });

  test('keep an operator apart from the parameter behind it', () => {
    expect(tokens('select a=?')).toEqual(['keyword select', 'word a', 'operator =', 'parameter ?']);
    expect(tokens('select $1_0')).toEqual(['keyword select', 'parameter $1_0']);
  });

  test('end a hexadecimal string at its first quote', () => {
    expect(tokens("select x'41''a'")).toEqual(['keyword select', "string x'41'", "string 'a'"]);
  });

  test.each([
    ['select 1 as Name', 'select 1 as name'],
    ['select 1 as SELECT', 'select 1 as select'],
    ['select 1 as NOT', 'select 1 as not'],
    ['select t."select", t.SELECT', 'select t."select", t.select'],
    ['select Left(a, 1)', 'select left(a, 1)'],
    ["select 'a  b'", "select 'a b'"],
    ['select "A"', 'select "a"'],
    ['select a--b', 'select a- -b'],
    ['select a <= b', 'select a < = b'],
    ['select 1.0', 'select 1'],
    ["select e'a'", "select 'a'"],
    ["select 'a'", 'select "a"'],
    ['select $$a$$', "select 'a'"],
    ['select a b', 'select ab'],
    ["select 'it''s'", "select 'its'"],
  ])('differ for %s and %s', (one, other) => {
    expect(tokens(one)).not.toEqual(tokens(other));
  });

  test('join a string that goes on after a line break, as DuckDB does', () => {
    expect(tokens("select 'a' -- note\n  'b'")).toEqual(['keyword select', "string 'ab'"]);
    expect(rows("select 'a' -- note\n  'b' as x")).toEqual([{ x: 'ab' }]);
    expect(tokens("select 'a' 'b'")).toEqual(['keyword select', "string 'a'", "string 'b'"]);
    expect(tokens("select e'a\\''\n'b\\n'")).toEqual(['keyword select', "string e'a\\'b\\n'"]);
  });

  test.each([
    ["select 'a", 'string', 7],
    ["select e'a\\'", 'string', 7],
    ['select "a""', 'quoted identifier', 7],
    ["select 'a''", 'string', 7],
    ["select e'a''", 'string', 7],
    ['select $x$ a $y$', 'string', 7],
    ['select /* a /* b */', 'comment', 7],
    ['select 1 -- a', 'line comment', 9],
  ])('%s is open', (sql, what, start) => {
    expect(lex(sql).open).toEqual({ what, start });
  });

  test('come fast for long strings and many quotes', () => {
    const long = `select '${"it''s ".repeat(200_000)}', e'${'\\n'.repeat(200_000)}', "${'""'.repeat(100_000)}"`;
    const begin = performance.now();
    expect(lex(long).tokens).toHaveLength(6);
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

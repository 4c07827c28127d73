import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { lex } from '../../packages/core/dist/pipeline/lexer.js';
import { statements } from './statements.ts';

interface Bindings {
  instantiate(progress: () => void): Promise<unknown>;
  open(config: object): void;
  tokenize(sql: string): { readonly offsets: readonly number[] };
  connect(): { query(sql: string): { toArray(): { toJSON(): Record<string, unknown> }[] } };
}
interface Blocking {
  createDuckDB(bundles: object, logger: object, runtime: object): Promise<Bindings>;
  readonly VoidLogger: new () => object;
  readonly NODE_RUNTIME: object;
}

let database: Bindings;
let connection: ReturnType<Bindings['connect']>;

beforeAll(async () => {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs');
  const blocking = require(entry) as Blocking;
  const module = (name: string): object => ({ mainModule: join(dirname(entry), name) });
  const bundles = { mvp: module('duckdb-mvp.wasm'), eh: module('duckdb-eh.wasm') };
  database = await blocking.createDuckDB(bundles, new blocking.VoidLogger(), blocking.NODE_RUNTIME);
  await database.instantiate(() => undefined);
  database.open({});
  connection = database.connect();
});

const rows = (sql: string): Record<string, unknown>[] =>
  connection
    .query(sql)
    .toArray()
    .map((row) => row.toJSON());

/** Where tokens begin, in UTF-8 bytes, as DuckDB counts. */
function byteOffsets(sql: string): number[] {
  return lex(sql).tokens.map(({ start }) => Buffer.byteLength(sql.slice(0, start)));
}

const tokens = (sql: string): string[] => lex(sql).tokens.map(({ kind, text }) => `${kind} ${text}`);

test('cuts the corpus exactly as DuckDB does', () => {
  expect(statements.length).toBeGreaterThanOrEqual(150);
  const wrong = statements
    .map((sql) => ({ sql, ours: byteOffsets(sql), theirs: [...database.tokenize(sql).offsets] }))
    .filter(({ ours, theirs }) => ours.join() !== theirs.join());
  expect(wrong).toEqual([]);
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
  });

  test.each([
    ['select 1 as Name', 'select 1 as name'],
    ['select 1 as SELECT', 'select 1 as select'],
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

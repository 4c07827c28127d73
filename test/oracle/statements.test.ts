import { createRunner, definePipeline, isCairnError, memoryStore, sql, step } from '@cairn/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { duckDbTokenizer, type DuckDbTokenizer } from '../pipeline/duckdb-tokenizer.ts';
import { syntax } from '../pipeline/duckdb-syntax.ts';
import { draws, type Draw } from '../pipeline/mutations.ts';
import { statements } from '../pipeline/statements.ts';
import { noEngine } from '../task/no-engine.ts';

const perStatement = Math.ceil(Number(process.env['CAIRN_ORACLE_CASES'] ?? 1_000) / 100);
const seed = Number(process.env['CAIRN_SEED'] ?? 20_261_122);

const runner = createRunner({ engine: noEngine, store: memoryStore() });
afterAll(() => runner.close());

let duckDb: DuckDbTokenizer;
let reserved: ReadonlySet<string>;
beforeAll(async () => {
  duckDb = await duckDbTokenizer();
  const words = duckDb.rows(
    "select keyword_name as name from duckdb_keywords() where keyword_category = 'reserved'",
  );
  reserved = new Set(words.map(({ name }) => String(name)));
});

/** The fingerprint of a step with this statement, or undefined where that is no query. */
async function fingerprintOf(text: string): Promise<string | undefined> {
  // It may read what is no input: what matters here is how it is told from others.
  const one = step('one', sql`${sql.raw(text)}`, { volatile: true });
  const pipeline = definePipeline({ name: 'statements', processes: { main: [one] } });
  try {
    return (await runner.plan(pipeline)).steps.get('one')?.fingerprint;
  } catch (error) {
    if (isCairnError(error, 'invalid_sql') || isCairnError(error, 'invalid_sql_value')) return undefined;
    throw error;
  }
}

/** A statement's tokens as DuckDB cuts them. The statement must have no comments. */
function cut(text: string): string[] {
  const bytes = Buffer.from(text);
  const starts = duckDb.tokenize(text).map(({ start }) => start);
  return starts.map((start, index) =>
    bytes
      .subarray(start, starts[index + 1])
      .toString()
      .trimEnd(),
  );
}

/** Whether a token is a reserved word that DuckDB reads as such, and not as a name. */
function isReserved(tokens: readonly string[], index: number): boolean {
  const word = tokens[index]?.toLowerCase() ?? '';
  if (!reserved.has(word)) return false;
  const before = tokens[index - 1]?.toLowerCase();
  const isCte = word === 'not' && tokens[index + 1]?.toLowerCase() === 'materialized';
  return before !== '.' && (before !== 'as' || tokens[index - 2] === '.' || isCte);
}

/** What a statement says: its tokens, reserved words in lower case, without the semicolons at its end. */
function said(text: string): string {
  const tokens = cut(text);
  while (tokens.at(-1) === ';') tokens.pop();
  return JSON.stringify(
    tokens.map((token, index) => (isReserved(tokens, index) ? token.toLowerCase() : token)),
  );
}

/** Statements of the corpus that can be steps, without comments and Unicode's spaces, as tokens. */
async function queries(): Promise<string[][]> {
  const found: string[][] = [];
  for (const text of [...statements, ...syntax]) {
    if (/--|\/\*|[\u00a0\u3000]|'\s*\n/.test(text)) continue;
    const tokens = cut(text);
    const joined = tokens.join(' ');
    if ((await fingerprintOf(text)) === undefined || cut(joined).join('\0') !== tokens.join('\0')) continue;
    found.push(tokens);
  }
  return found;
}

const gaps = [
  ' ',
  '\n',
  '\t\t',
  '\r\n',
  ' /* a */ ',
  ' -- b\n',
  ' /* \'c /* "d */ $$ */ ',
  '\v\f',
  '\u00a0',
  ' --\n--\n ',
];

/** The same statement in another dress. */
function dressed(tokens: readonly string[], draw: Draw): string {
  const isString = (token: string | undefined): boolean => token?.endsWith("'") === true;
  const gap = (index: number): string => {
    // Strings with a line break between them are one string.
    const joins = isString(tokens[index - 1]) && tokens[index]?.startsWith("'") === true;
    return joins ? ' /* e */ ' : (gaps[draw(gaps.length)] as string);
  };
  const written = tokens.map((token, index) => {
    if (!isReserved(tokens, index)) return token;
    return [
      token.toLowerCase(),
      token.toUpperCase(),
      token.charAt(0).toUpperCase() + token.slice(1).toLowerCase(),
    ][draw(3)];
  });
  return written.map((token, index) => gap(index) + token).join('') + (gaps[draw(gaps.length)] as string);
}

test('comments, white space and the case of reserved words never change a fingerprint', async () => {
  const draw = draws(seed);
  const all = await queries();
  expect(all.length).toBeGreaterThan(200);
  for (const tokens of all) {
    const before = await fingerprintOf(tokens.join(' '));
    for (let left = perStatement; left > 0; left -= 1) {
      const text = dressed(tokens, draw);
      if ((await fingerprintOf(text)) !== before) expect(text).toBe(tokens.join(' '));
    }
  }
});

test('every other edit of a single token does, unless DuckDB reads the same', async () => {
  const draw = draws(seed);
  const all = await queries();
  const pick = <T>(items: readonly T[]): T => items[draw(items.length)] as T;
  let [compared, same] = [0, 0];
  for (const tokens of all) {
    const text = tokens.join(' ');
    const before = await fingerprintOf(text);
    for (let left = 2 * perStatement; left > 0; left -= 1) {
      const at = draw(tokens.length);
      const own = tokens[at] as string;
      const flipped = own === own.toLowerCase() ? own.toUpperCase() : own.toLowerCase();
      const other = pick(pick(all));
      const changed = [
        () => tokens.toSpliced(at, 1),
        () => tokens.toSpliced(at, 1, other),
        () => tokens.toSpliced(at, 0, other),
        () => tokens.toSpliced(at, 0, own),
        () => tokens.toSpliced(at, 1, flipped),
        () => tokens.toSpliced(at, 1, `${own}1`),
        () => tokens.toSpliced(at, 2, `${own}${tokens[at + 1] ?? ''}`),
        () => tokens.toSpliced(at, 2, tokens[at + 1] ?? '', own),
      ][draw(8)]?.() as string[];
      const edited = changed.join(' ');
      const after = await fingerprintOf(edited);
      if (after === undefined) continue;
      compared += 1;
      const isSame = said(edited) === said(text);
      if (isSame) same += 1;
      if ((after === before) !== isSame) expect({ edited, isSame }).toEqual({ text, isSame: !isSame });
    }
  }
  expect(compared).toBeGreaterThan(2_000);
  expect(same).toBeGreaterThan(20);
});

import type { SqlToken } from './lexer.ts';

/** A name, a string or a value that stands where a statement names a table; or a reserved word, which names none. */
export interface TableMention {
  /** Without quotes; of a qualified name the last part. */
  readonly name: string;
  readonly kind: 'name' | 'quoted' | 'qualified' | 'string' | 'keyword';
  /** The indexes of its first and its last token; they differ in a qualified name. */
  readonly from: number;
  readonly to: number;
}

/** A name that a statement gives to a table itself. */
export interface Introduction {
  /** Without quotes. */
  readonly name: string;
  readonly kind: 'common table expression' | 'alias';
  /** The index of its token. */
  readonly at: number;
}

/** What a statement mentions besides its placeholders. */
export interface Scan {
  /** Names, lower case and each once, of what is called like a function. */
  readonly functions: readonly string[];
  /** The functions among them that stand for a table. */
  readonly tableFunctions: readonly string[];
  /** What stands for a table and is no placeholder, no function and no common table expression in scope. */
  readonly mentions: readonly TableMention[];
  /** The common table expressions and the aliases of tables. */
  readonly introductions: readonly Introduction[];
  /** The word that a statement with a leading `with` list goes on with, lower case; otherwise the first. */
  readonly verb: string | undefined;
}

/** One pair of brackets, or the statement as a whole. */
interface Level {
  /** Its `from` is a FROM clause, not a part of `extract` or `trim`. */
  query: boolean;
  /** The next name is a table's. */
  table: boolean;
  /** A comma brings another table. */
  from: boolean;
  /** The next name, if one comes next, is an alias of the table before it. */
  alias: boolean;
  /** Where the list of a WITH clause stands. */
  list: 'none' | 'name' | 'head' | 'as' | 'next';
  recursive: boolean;
  /** The common table expression whose body comes next, or is this level. */
  pending: string;
  readonly body: boolean;
  readonly names: Set<string>;
}

const callable: ReadonlySet<string> = new Set(
  'current_date current_time current_timestamp localtime localtimestamp current_user session_user user current_role current_catalog current_schema'.split(
    ' ',
  ),
);
const setOperators: ReadonlySet<string> = new Set(['union', 'all', 'except', 'intersect', 'name']);
const endsFrom: ReadonlySet<string> = new Set(
  'where group having order limit offset window qualify union intersect except select fetch'.split(' '),
);
/**
 * DuckDB 1.4.3, duckdb_keywords(), category type_function: unless they are quoted they name no table and no alias, so that
 * behind a table they are something else (`left join`).
 */
export const notForTables: ReadonlySet<string> = new Set(
  (
    'anti asof at authorization binary by collation columns concurrently cross freeze full generated glob ilike inner is ' +
    'isnull join left like map natural notnull outer overlaps positional right semi similar struct tablesample try_cast ' +
    'unpack verbose'
  ).split(' '),
);
/** Words that begin a query and are followed by a table. */
const overTable: ReadonlySet<string> = new Set(
  'pivot pivot_wider pivot_longer unpivot table describe desc summarize show'.split(' '),
);

/**
 * Looks through the tokens of a statement for the tables and functions that it names. Not a parser: it follows
 * brackets, FROM clauses and WITH lists, which is what decides where a table's name may stand and what it means there.
 */
export function scan(tokens: readonly SqlToken[]): Scan {
  const functions = new Set<string>();
  const tableFunctions = new Set<string>();
  const mentions: TableMention[] = [];
  const introductions: Introduction[] = [];
  let verb: string | undefined;
  let isRepeatable: boolean | undefined;
  let level = newLevel({ query: true });
  const stack: Level[] = [];
  const isShadowed = (name: string): boolean =>
    level.names.has(name) || stack.some((outer) => outer.names.has(name));

  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as SqlToken;
    const before = tokens[at - 1];
    const word = token.kind === 'word' || token.kind === 'keyword' ? token.text.toLowerCase() : '';
    if (word === 'tablesample' || (word === 'sample' && before?.text.toLowerCase() === 'using')) {
      // A sample without a seed is another one each time, as if a function named so had made it.
      isRepeatable ??= tokens.some(({ text }) => text.toLowerCase() === 'repeatable');
      if (!isRepeatable) functions.add('tablesample');
    }
    if (token.kind === 'operator') {
      if (token.text === '(' || token.text === '[' || token.text === '{') {
        const round = token.text === '(';
        if (round && before !== undefined && isName(before)) functions.add(nameOf(before).toLowerCase());
        const body = round && level.list === 'as';
        const inner = newLevel({ query: body, table: round && level.table, body });
        inner.from = inner.table;
        if (body && level.recursive) inner.names.add(level.pending);
        if (round && (level.table || (level.from && isPivot(before)))) level.alias = true;
        level.table = false;
        stack.push(level);
        level = inner;
      } else if (token.text === ')' || token.text === ']' || token.text === '}') {
        const { body } = level;
        level = stack.pop() ?? level;
        if (body) {
          level.names.add(level.pending);
          level.list = 'next';
        }
      } else if (token.text === ',') {
        level.alias = false;
        if (level.list === 'next') level.list = 'name';
        else if (level.from) level.table = true;
      }
      continue;
    }
    if (callable.has(word)) functions.add(word);

    if (level.list === 'name') {
      if (word === 'recursive' && !isHead(tokens[at + 1])) level.recursive = true;
      else {
        const name = nameOf(token);
        introductions.push({ name, kind: 'common table expression', at });
        level.pending = name.toLowerCase();
        level.list = 'head';
      }
      continue;
    }
    if (level.list === 'head' || level.list === 'as') {
      if (word === 'as') level.list = 'as';
      continue;
    }
    const isFirst = before === undefined || (before.kind === 'operator' && isOpening(before.text));
    const begins = isFirst || level.list === 'next' || setOperators.has(before?.text.toLowerCase() ?? '');
    level.list = 'none';
    if (level.alias) {
      if (word === 'as') continue;
      level.alias = false;
      if (isName(token) && !notForTables.has(word)) {
        introductions.push({ name: nameOf(token), kind: 'alias', at });
        continue;
      }
    }
    if (stack.length === 0 && verb === undefined && word !== 'with') verb = word;

    if (begins && word === 'with') {
      Object.assign(level, { list: 'name', query: true, table: false, recursive: false });
    } else if (begins && overTable.has(word) && !isHead(tokens[at + 1], '.')) {
      Object.assign(level, { query: true, table: true, from: false });
    } else if (begins && word === 'values' && isOperator(tokens[at + 1], '(')) {
      // Its commas bring rows, though it stands where a table may.
      Object.assign(level, { table: false, from: false });
    } else if (word === 'from') {
      if ((level.query || begins) && !isDistinctFrom(tokens, at)) {
        Object.assign(level, { query: true, table: true, from: true });
      }
    } else if (token.kind === 'keyword' && endsFrom.has(word)) {
      if (level.table && word !== 'select') mentions.push({ name: word, kind: 'keyword', from: at, to: at });
      level.from = false;
      level.table = false;
      if (word === 'select') level.query = true;
    } else if (word === 'join' && token.kind === 'word' && level.from && !level.table) {
      level.table = true;
    } else if (level.table && word !== 'lateral') {
      level.table = false;
      level.alias = token.kind !== 'keyword' && token.kind !== 'number';
      if (token.kind === 'keyword') mentions.push({ name: word, kind: 'keyword', from: at, to: at });
      else if (token.kind === 'string')
        mentions.push({ name: token.text.slice(1, -1), kind: 'string', from: at, to: at });
      else if (token.kind === 'value' || token.kind === 'param')
        mentions.push({ name: token.text, kind: 'string', from: at, to: at });
      else if (token.kind !== 'table' && isName(token)) {
        if (isOperator(tokens[at + 1], ':')) {
          introductions.push({ name: nameOf(token), kind: 'alias', at });
          at += 1;
          Object.assign(level, { table: true, alias: false });
          continue;
        }
        const start = at;
        while (isOperator(tokens[at + 1], '.') && at + 2 < tokens.length) at += 2;
        const last = tokens[at] as SqlToken;
        const name = nameOf(last);
        if (isOperator(tokens[at + 1], '(')) tableFunctions.add(name.toLowerCase());
        else if (at > start) mentions.push({ name, kind: 'qualified', from: start, to: at });
        else if (!isShadowed(name.toLowerCase()))
          mentions.push({ name, kind: last.kind === 'quoted' ? 'quoted' : 'name', from: at, to: at });
      }
    }
  }
  return {
    functions: [...functions],
    tableFunctions: [...tableFunctions],
    mentions,
    introductions,
    verb,
  };
}

function newLevel(given: Partial<Level>): Level {
  return {
    query: false,
    table: false,
    from: false,
    alias: false,
    list: 'none',
    recursive: false,
    pending: '',
    body: false,
    names: new Set(),
    ...given,
  };
}

function isOperator(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === 'operator' && token.text === text;
}

function isOpening(text: string): boolean {
  return text === '(' || text === '[' || text === '{';
}

/** Whether a token goes on with a name that stands before it: `recursive as (...)`, `table.column`. */
function isHead(token: SqlToken | undefined, also = '('): boolean {
  return token === undefined || isOperator(token, also) || (token.kind === 'keyword' && token.text === 'as');
}

function isName(token: SqlToken): boolean {
  return token.kind === 'word' || token.kind === 'quoted';
}

function isDistinctFrom(tokens: readonly SqlToken[], at: number): boolean {
  const earlier = tokens[at - 2]?.text.toLowerCase();
  return tokens[at - 1]?.text === 'distinct' && (earlier === 'is' || earlier === 'not');
}

/** Whether a bracket behind a table pivots it, so that an alias may follow. */
function isPivot(before: SqlToken | undefined): boolean {
  return (
    before?.text === 'pivot' ||
    before?.text === 'unpivot' ||
    (before?.kind === 'word' && /^nulls$/i.test(before.text))
  );
}

/** A name without its quotes. */
function nameOf(token: SqlToken): string {
  return token.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('""', '"') : token.text;
}

import { lex, type LexedToken, type OpenToken } from './lexer.ts';
import { mayRefuse } from './plan-sql.ts';
import { notForTables, scan, type Introduction, type TableMention } from './scan.ts';

/** A step or a param that plain SQL names, and where it does, in UTF-16 code units. */
export interface SqlReference {
  readonly kind: 'table' | 'param';
  /** As the pipeline writes it, whatever the statement does. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What keeps a statement from being understood, and where. */
export interface SqlProblem {
  readonly message: string;
  readonly start: number;
  /** A name that is unknown, and what it would be of. */
  readonly name?: string;
  readonly unknown?: 'table' | 'param';
}

/** What a statement is read against. */
export interface ReferenceScope {
  /** The step whose statement it is. */
  readonly step: string;
  /** The names, by their lower case, of all steps of the pipeline with tables. */
  readonly tables: ReadonlyMap<string, string>;
  /** The names of the params that there are. */
  readonly params: ReadonlySet<string>;
  /** The steps that the author says it reads: then nothing is guessed. @default what the statement names */
  readonly inputs?: readonly string[] | undefined;
  /** The step may read what is no input. */
  readonly volatile: boolean;
}

/** What plain SQL reads. */
export interface SqlReferences {
  /** In the order in which they stand. */
  readonly references: readonly SqlReference[];
  readonly problems: readonly SqlProblem[];
  /** A plan may refuse it for what it reads, or for what it is. */
  readonly isSuspect: boolean;
}

/** More than anybody writes, and few enough that looking through them takes no time. */
const maxBrackets = 250;
const ownTables = /^(?:duckdb_|pragma_|sqlite_|pg_)/i;

/**
 * Finds the steps and the params that a statement without placeholders reads: a step where a table may stand, by a name
 * or an unreserved keyword, quoted or not, without regard to case; a param as `$name`. A name is a column's anywhere else.
 *
 * What the statement itself calls a table (a common table expression, an alias) must not be called like a step, unless the
 * inputs are stated: then a name means what it means to the engine, and reads a step only if that is among them.
 */
export function findReferences(text: string, scope: ReferenceScope): SqlReferences {
  const { tokens, open } = lex(text);
  const problems: SqlProblem[] = [];
  if (open !== undefined && open.what !== 'line comment') problems.push(neverEnds(open));
  const tooDeep = deepBracket(tokens);
  if (tooDeep !== undefined) {
    problems.push({ message: `has more than ${maxBrackets} brackets inside one another`, start: tooDeep });
    return { references: [], problems, isSuspect: true };
  }
  const references = paramsIn(text, tokens, scope, problems);
  const found = scan(tokens);
  const { mentions, introductions } = found;
  for (const mention of mentions) {
    const reference = tableOf(mention, text, tokens, scope, problems);
    if (reference !== undefined) references.push(reference);
  }
  if (scope.inputs === undefined) {
    const read = new Set(references.filter(({ kind }) => kind === 'table').map(({ name }) => name));
    const ends = new Map(mentions.map((mention) => [mention.to, mention]));
    for (const introduction of introductions) {
      const problem = clashOf(introduction, tokens, ends, read, scope);
      if (problem !== undefined) problems.push(problem);
    }
  }
  references.sort((one, other) => one.start - other.start);
  return { references, problems, isSuspect: mayRefuse(tokens, found) };
}

function neverEnds({ what, start }: OpenToken): SqlProblem {
  return { message: `has a ${what} that never ends`, start };
}

/** Where the first bracket is that stands in too many others. */
function deepBracket(tokens: readonly LexedToken[]): number | undefined {
  let depth = 0;
  for (const { kind, text, start } of tokens) {
    if (kind !== 'operator') continue;
    if (text === '(' || text === '[' || text === '{') depth += 1;
    else if (text === ')' || text === ']' || text === '}') depth -= 1;
    if (depth > maxBrackets) return start;
  }
  return undefined;
}

/** `$name` is a `$` and a word right behind it. */
function paramsIn(
  text: string,
  tokens: readonly LexedToken[],
  { params }: ReferenceScope,
  problems: SqlProblem[],
): SqlReference[] {
  const references: SqlReference[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'parameter') continue;
    const { start } = token;
    const word = tokens[at + 1];
    const isNamed =
      token.text === '$' &&
      word?.start === token.end &&
      (word.kind === 'word' || word.kind === 'keyword') &&
      !text.slice(word.start, word.end).includes('$');
    if (!isNamed) {
      problems.push({
        message: `uses the parameter ${token.text}: write a param of the pipeline as $name`,
        start,
      });
      continue;
    }
    const name = text.slice(word.start, word.end);
    if (params.has(name)) references.push({ kind: 'param', name, start, end: word.end });
    else
      problems.push({
        message: `uses the param '${name}', which there is not`,
        start,
        name,
        unknown: 'param',
      });
  }
  return references;
}

function tableOf(
  { name, kind, from, to }: TableMention,
  text: string,
  tokens: readonly LexedToken[],
  { step, tables, inputs, volatile }: ReferenceScope,
  problems: SqlProblem[],
): SqlReference | undefined {
  const [first, last] = [tokens[from], tokens[to]];
  // A string is a file, which the plan refuses.
  if (first === undefined || last === undefined || kind === 'string') return undefined;
  const { start } = first;
  const { end } = last;
  const known = tables.get(name.toLowerCase());
  if (kind === 'keyword') {
    const message = `reads ${name}, a reserved word of SQL: write the step as ${sqlName(known ?? '')}`;
    if (known !== undefined) problems.push({ message, start });
    return undefined;
  }
  if (kind === 'qualified') {
    const whole = text.slice(start, end);
    const meant = tables.get(whole.toLowerCase()) ?? known;
    if (meant !== undefined && inputs === undefined) {
      const message = `reads ${whole}, a table of a schema: write the step as ${sqlName(meant)}`;
      problems.push({ message, start });
    }
    return undefined;
  }
  if (known === undefined) {
    const isEngines = ownTables.test(name) || (kind === 'quoted' && /[./\\:*]/.test(name));
    if (inputs === undefined && !volatile && !isEngines) {
      const message = `reads '${name}', which is no step with a table`;
      problems.push({ message, start, name, unknown: 'table' });
    }
    return undefined;
  }
  if (known === step) {
    problems.push({ message: `reads '${known}', which is its own table`, start });
    return undefined;
  }
  if (inputs !== undefined && !inputs.includes(known)) {
    problems.push({ message: `reads the step '${known}', which is not among its inputs`, start });
    return undefined;
  }
  return { kind: 'table', name: known, start, end };
}

/** An alias that is the table's own name means the same. */
function clashOf(
  { name, kind, at }: Introduction,
  tokens: readonly LexedToken[],
  ends: ReadonlyMap<number, TableMention>,
  read: ReadonlySet<string>,
  { tables }: ReferenceScope,
): SqlProblem | undefined {
  const step = tables.get(name.toLowerCase());
  if (step === undefined) return undefined;
  const before = tokens[at - 1]?.text === 'as' ? at - 2 : at - 1;
  if (ends.get(before)?.name.toLowerCase() === name.toLowerCase()) return undefined;
  const stated = `inputs: [${[...read].join(', ')}]`;
  const article = kind === 'alias' ? 'an' : 'a';
  const message = `has ${article} ${kind} '${name}', which is also a step: give it another name, or state what is read, such as ${stated}`;
  return { message, start: tokens[at]?.start ?? 0 };
}

/** A step's name as a statement writes it: quoted where it must be. */
export function sqlName(name: string): string {
  const [only, ...more] = lex(name).tokens;
  const isPlain =
    more.length === 0 && only?.kind === 'word' && only.text === name && /^[A-Za-z_]\w*$/.test(name);
  return isPlain && !notForTables.has(name.toLowerCase()) && name.toLowerCase() !== 'values'
    ? name
    : `"${name}"`;
}

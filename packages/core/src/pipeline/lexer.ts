/** What a token of SQL is. `table`, `param` and `value` stand for placeholders of the `sql` tag. */
export type SqlTokenKind =
  | 'word'
  | 'keyword'
  | 'quoted'
  | 'number'
  | 'string'
  | 'operator'
  | 'parameter'
  | 'table'
  | 'param'
  | 'value';

/** A token of SQL in its canonical form: two statements of equal tokens mean the same. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  /** As written, but for reserved keywords, which are in lower case, and strings continued on a later line, which are one. */
  readonly text: string;
}

/** A token and where it stands, in UTF-16 code units. */
export interface LexedToken extends SqlToken {
  readonly start: number;
  readonly end: number;
}

/** What a text ends in the middle of, and where that began. */
export interface OpenToken {
  readonly what: 'string' | 'quoted identifier' | 'comment' | 'line comment';
  readonly start: number;
}

// DuckDB 1.4.3, duckdb_keywords(), category reserved. The other keywords may name columns, whose case is data.
const reserved: ReadonlySet<string> = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default ' +
    'deferrable desc describe distinct do else end except false fetch for foreign from group having in initially ' +
    'intersect into lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing ' +
    'primary qualify references returning select show some summarize symmetric table then to trailing true union unique ' +
    'unpivot using variadic when where window with'
  ).split(' '),
);

// Unicode spaces as DuckDB strips them before it parses; every other character beyond ASCII is a letter to it.
const space = '[ \\t\\n\\v\\f\\r\\u00a0\\u2000-\\u200b\\u202f\\u205f\\u2060\\u3000\\ufeff]';
const beyond =
  '\\u0080-\\u009f\\u00a1-\\u1fff\\u200c-\\u202e\\u2030-\\u205e\\u2061-\\u2fff\\u3001-\\ufefe\\uff00-\\uffff';
const letter = `[A-Za-z_${beyond}]`;
const digits = '\\d(?:_?\\d)*';
const exponent = `(?:[eE][+-]?${digits})?`;

const skipped = new RegExp(`(?:${space}|--[^\\n\\r]*[\\n\\r])+`, 'y');
// No groups: the first and the last character tell which rule it was, and groups would cost more than all the rest.
const token = new RegExp(
  [
    '--[^\\n\\r]*',
    '\\/\\*',
    "[eEbBxX]?'",
    `${letter}[\\w$${beyond}]*`,
    '(?:"[^"]*")+(?!")',
    `${digits}(?:\\.(?!\\.)(?:${digits})?)?${exponent}|\\.${digits}${exponent}`,
    `\\$(?:${letter}[\\w${beyond}]*)?\\$`,
    `[$?](?:${digits})?`,
    '::|:=|\\.\\.',
    '[~!@^&|`+*/%<>=-]+',
    '[^]',
  ].join('|'),
  'y',
);
const plainBody = /[^']*'(?:'[^']*')*(?!')/y;
// Hexadecimal and bit strings have no doubled quotes.
const bareBody = /[^']*'/y;
const escapeBody = /[^'\\]*(?:(?:\\[^]|'')[^'\\]*)*'(?!')/y;
// A string goes on after white space with a line break in it, line comments included.
const continued = /(?:[ \t\v\f]|--[^\n\r]*)*[\n\r](?:[ \t\n\v\f\r]|--[^\n\r]*[\n\r])*'/y;
const comment = /\/\*|\*\//g;

/**
 * Cuts SQL of DuckDB's dialect into tokens; comments and white space are none. A text that ends in the middle of a
 * token says so in `open`. A line comment may be open: that only matters when a placeholder follows.
 */
export function lex(text: string): {
  readonly tokens: readonly LexedToken[];
  readonly open: OpenToken | undefined;
} {
  const tokens: LexedToken[] = [];
  let at = 0;
  const push = (kind: SqlTokenKind, end: number, written: string = text.slice(at, end)): void => {
    tokens.push({ kind, text: written, start: at, end });
    at = end;
  };
  const stop = (what: OpenToken['what']) => ({ tokens, open: { what, start: at } });
  for (;;) {
    skipped.lastIndex = at;
    if (skipped.test(text)) at = skipped.lastIndex;
    if (at === text.length) return { tokens, open: undefined };
    token.lastIndex = at;
    token.test(text);
    const end = token.lastIndex;
    const first = text[at] as string;
    const matched = text.slice(at, end);
    if (matched.startsWith('--')) return stop('line comment');
    if (matched === '/*') {
      const close = endOfComment(text, at);
      if (close === undefined) return stop('comment');
      at = close;
    } else if (matched.endsWith("'")) {
      const string = readString(text, end, bodyOf(first));
      if (string === undefined) return stop('string');
      push('string', string.end, matched + string.body);
    } else if (first === '"') {
      if (end === at + 1) return stop('quoted identifier');
      push('quoted', end, matched);
    } else if (first === '$' && matched.length > 1 && matched.endsWith('$')) {
      const close = text.indexOf(matched, end);
      if (close === -1) return stop('string');
      push('string', close + matched.length);
    } else if (first === '$' || first === '?') push('parameter', end, matched);
    else if (isDigit(first) || (first === '.' && isDigit(matched[1]))) push('number', end, matched);
    else if (isLetter(first)) {
      const lower = matched.toLowerCase();
      if (reserved.has(lower) && !namesSomething(tokens)) push('keyword', end, lower);
      else {
        if (lower === 'materialized') foldNot(tokens);
        push('word', end, matched);
      }
    } else
      push(
        'operator',
        at + (end > at + 1 && first !== ':' && first !== '.' ? operatorLength(matched) : end - at),
      );
  }
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

function isLetter(character: string): boolean {
  return /[A-Za-z_]/.test(character) || character >= '\u0080';
}

/** After `as` and `.` a reserved word is a name, whose case is data. */
function namesSomething(tokens: readonly LexedToken[]): boolean {
  const before = tokens.at(-1);
  return before !== undefined && ((before.kind === 'keyword' && before.text === 'as') || before.text === '.');
}

/** Of `as not materialized (`: the one place where a reserved word behind `as` is no name. */
function foldNot(tokens: LexedToken[]): void {
  const before = tokens.at(-1);
  if (before?.kind !== 'word' || before.text.toLowerCase() !== 'not' || tokens.at(-2)?.text !== 'as') return;
  tokens[tokens.length - 1] = { ...before, kind: 'keyword', text: 'not' };
}

function endOfComment(text: string, start: number): number | undefined {
  comment.lastIndex = start;
  let depth = 0;
  for (let found = comment.exec(text); found !== null; found = comment.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return comment.lastIndex;
  }
  return undefined;
}

function bodyOf(first: string): RegExp {
  if (first === 'e' || first === 'E') return escapeBody;
  return first === "'" ? plainBody : bareBody;
}

/** The rest of a string, closing quote included, from behind its opening quote. */
function readString(text: string, start: number, body: RegExp): { body: string; end: number } | undefined {
  let whole = '';
  for (let at = start; ;) {
    body.lastIndex = at;
    const found = body.exec(text);
    if (found === null) return undefined;
    const end = body.lastIndex;
    continued.lastIndex = end;
    if (!continued.test(text)) return { body: whole + found[0], end };
    whole += found[0].slice(0, -1);
    at = continued.lastIndex;
  }
}

/** How much of a run of operator characters is one operator, by PostgreSQL's rules, which DuckDB keeps, but for `?`. */
function operatorLength(run: string): number {
  let length = run.length;
  const comments = run.slice(1).search(/--|\/\*/);
  if (comments !== -1) length = comments + 1;
  if (!/[~!@^&|`%]/.test(run.slice(0, length))) {
    while (length > 1 && (run[length - 1] === '+' || run[length - 1] === '-')) length -= 1;
  }
  return length;
}

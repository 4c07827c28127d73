import {
  describe,
  externalRead,
  invalidSql,
  invalidSqlValue,
  undeclaredInput,
  unknownParam,
} from '../errors/pipeline-errors.ts';
import { canonicalJson } from './canonical.ts';
import { lex, type SqlToken } from './lexer.ts';
import { canonicalParams } from './params.ts';
import type { PlannedSql } from './plan.ts';
import { scan, type Scan, type TableMention } from './scan.ts';
import { isSqlScalar, type Sql, type SqlChunk } from './sql.ts';

/** What a step's statement is judged by. */
export interface SqlScope {
  readonly pipeline: string;
  readonly step: string;
  /** The values of the params that the step may use. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The names, by their lower case, of all steps of the pipeline with tables. */
  readonly tables: ReadonlyMap<string, string>;
  /** The step says `volatile: true`: it may read what is no input. */
  readonly volatile: boolean;
  /** The steps whose tables it may read. @default those that it names by their handles */
  readonly inputs?: readonly string[];
}

/** A token and the chunk that it stands in, with its end there. */
interface Placed {
  readonly token: SqlToken;
  readonly chunk: number;
  readonly end: number;
}

const queries: ReadonlySet<string> = new Set(
  '( select from with values table pivot pivot_wider pivot_longer unpivot'.split(' '),
);
const readers =
  /^(?:read_.+|sniff_csv|glob|parquet_.+|.+_scan|query|query_table|getvariable|getenv|current_setting|which_secret|nextval|currval|duckdb_.+|pragma_.+|st_read.*|from_substrait.*|write_log)$/;
/** Functions that read a table whose name they are given, where they stand for a table themselves. */
const macros = /^(?:histogram|histogram_values|show.*|summary|table_info|storage_info)$/;
const catalogue = /^(?:duckdb_|pragma_|sqlite_|pg_)/;

/**
 * Fills in a statement's params, cuts it into tokens, and checks that it is one query over nothing but the step's
 * inputs. Used by `compile`, and by the runner for SQL that a transform returns.
 *
 * @throws CairnError `external_read`, `invalid_sql`, `invalid_sql_value`, `undeclared_input`, `unknown_param`
 */
export function planSql(
  sql: Sql,
  scope: SqlScope,
): Pick<PlannedSql, 'chunks' | 'tokens' | 'functions' | 'raw'> {
  const chunks = sql.chunks.map((chunk) => (chunk.kind === 'param' ? fillParam(chunk, scope) : chunk));
  const { inputs } = scope;
  for (const chunk of chunks) {
    if (chunk.kind === 'table' && inputs !== undefined && !inputs.includes(chunk.step)) {
      throw undeclaredInput(scope.pipeline, scope.step, chunk.step, 'add it to the inputs of the step');
    }
  }
  const placed = place(chunks, scope);
  while (placed.at(-1)?.token.text === ';' && placed.at(-1)?.token.kind === 'operator') placed.pop();
  const tokens = placed.map(({ token }) => token);
  const found = scan(tokens);
  checkQuery(placed, found, chunks, scope);
  if (!scope.volatile) checkReads(found, scope);
  return {
    chunks: Object.freeze(cut(chunks, placed.at(-1))),
    tokens: Object.freeze(tokens),
    functions: Object.freeze([...found.functions]),
    raw: sql.raw,
  };
}

function fillParam(chunk: SqlChunk & { kind: 'param' }, { pipeline, step, params }: SqlScope): SqlChunk {
  const { name } = chunk;
  if (!Object.hasOwn(params, name)) throw unknownParam(pipeline, step, name, Object.keys(params));
  const value = params[name];
  if (isSqlScalar(value)) return Object.freeze({ kind: 'param', name, value });
  const why = `step '${step}' of pipeline '${pipeline}' uses the param '${name}' in SQL, which binds single values only`;
  throw invalidSqlValue('SQL', value, why);
}

/** The tokens of all chunks. Text and placeholders never run together: a placeholder inside a string is refused. */
function place(chunks: readonly SqlChunk[], scope: SqlScope): Placed[] {
  const placed: Placed[] = [];
  for (const [index, chunk] of chunks.entries()) {
    if (chunk.kind !== 'text') {
      placed.push({ token: placeholder(chunk, scope), chunk: index, end: 0 });
      continue;
    }
    const { tokens, open } = lex(chunk.text);
    const isLast = index === chunks.length - 1;
    if (open !== undefined && !(isLast && open.what === 'line comment')) {
      const what = isLast
        ? 'that never ends'
        : `with a placeholder (${show(chunks[index + 1] as SqlChunk)}) inside it`;
      throw refuse(`has a ${open.what} ${what}, beginning at`, chunks, index, open.start, scope);
    }
    for (const { kind, text, start, end } of tokens) {
      if (kind === 'parameter') {
        const why = `uses the parameter ${text}; write \${param('name')} instead, at`;
        throw refuse(why, chunks, index, start, scope);
      }
      placed.push({ token: Object.freeze({ kind, text }), chunk: index, end });
    }
  }
  return placed;
}

function placeholder(chunk: Exclude<SqlChunk, { kind: 'text' }>, { pipeline, step }: SqlScope): SqlToken {
  switch (chunk.kind) {
    case 'table':
      return Object.freeze({ kind: 'table', text: chunk.step });
    case 'identifier':
      return Object.freeze({ kind: 'quoted', text: `"${chunk.name.replaceAll('"', '""')}"` });
    case 'param':
      return Object.freeze({ kind: 'param', text: `$${chunk.name}` });
    case 'value':
      return Object.freeze({ kind: 'value', text: canonicalJson(canonicalParams(chunk.value)) });
    default:
      throw invalidSql(`Step '${step}' of pipeline '${pipeline}' uses sql.file: read files with a source`, {
        pipeline,
        step,
      });
  }
}

function checkQuery(
  placed: readonly Placed[],
  { verb }: Scan,
  chunks: readonly SqlChunk[],
  scope: SqlScope,
): void {
  const [first] = placed;
  if (first === undefined) throw refuse('has an empty statement at', chunks, 0, 0, scope);
  const begins = first.token.text.toLowerCase();
  const isQuery = (word: string): boolean => queries.has(word);
  const fits =
    (first.token.kind === 'word' || first.token.kind === 'keyword' || first.token.kind === 'operator') &&
    isQuery(begins) &&
    (begins !== 'with' || verb === undefined || verb === '' || isQuery(verb));
  const second = placed.findIndex(({ token }) => token.kind === 'operator' && token.text === ';');
  if (second !== -1) {
    const { chunk, end } = placed[second] as Placed;
    throw refuse('holds several statements, but is one query; see', chunks, chunk, end - 1, scope);
  }
  if (!fits) {
    const word = begins === 'with' ? (verb ?? begins) : begins;
    const why = `is one query (select, from, with, values, table, pivot or unpivot), but begins with '${word}' at`;
    throw refuse(why, chunks, first.chunk, Math.max(0, first.end - first.token.text.length), scope);
  }
}

/**
 * Whether {@link planSql} may refuse a statement of these tokens. Not all that it does: what stands where no placeholder may
 * is told from the tokens around it.
 */
export function mayRefuse(tokens: readonly SqlToken[], found: Scan): boolean {
  const [first] = tokens;
  const begins = first?.text.toLowerCase() ?? '';
  return (
    !queries.has(begins) ||
    first?.kind === 'quoted' ||
    (begins === 'with' && found.verb !== undefined && !queries.has(found.verb)) ||
    tokens.some(({ kind, text }) => kind === 'operator' && text === ';') ||
    found.mentions.some(
      ({ kind, name }) => kind === 'string' || kind === 'qualified' || isForeign(kind, name),
    ) ||
    found.functions.some((name) => readers.test(name)) ||
    found.tableFunctions.some((name) => macros.test(name))
  );
}

/** A file, or a table of the engine's own. */
function isForeign(kind: TableMention['kind'], name: string): boolean {
  return (kind === 'quoted' && /[./\\:*]/.test(name)) || catalogue.test(name.toLowerCase());
}

function checkReads(
  { functions, tableFunctions, mentions }: Scan,
  { pipeline, step, tables }: SqlScope,
): void {
  for (const { name, kind } of mentions) {
    if (kind === 'keyword') continue;
    const known = tables.get(name.toLowerCase());
    if (kind !== 'string' && known !== undefined) {
      const how =
        known === step
          ? 'a step cannot read its own table'
          : `write \${${known}} with the step's handle in place of the plain name`;
      throw undeclaredInput(pipeline, step, known, how);
    }
    if (kind === 'string') throw externalRead(pipeline, step, `reads the file '${name}'`);
    if (kind === 'quoted' && /[./\\:*]/.test(name))
      throw externalRead(pipeline, step, `reads the file "${name}"`);
    if (kind === 'qualified' || catalogue.test(name.toLowerCase())) {
      throw externalRead(pipeline, step, `reads the engine's own table '${name}'`);
    }
  }
  const reader =
    functions.find((name) => readers.test(name)) ?? tableFunctions.find((name) => macros.test(name));
  if (reader !== undefined) throw externalRead(pipeline, step, `calls ${reader}()`);
}

/** The chunks without what follows the last token: comments and semicolons, which would break whatever wraps the query. */
function cut(chunks: readonly SqlChunk[], last: Placed | undefined): SqlChunk[] {
  return chunks.slice(0, (last?.chunk ?? -1) + 1).map((chunk, index) => {
    if (chunk.kind !== 'text' || index !== last?.chunk || last.end === chunk.text.length) return chunk;
    return Object.freeze({ kind: 'text', text: chunk.text.slice(0, last.end) });
  });
}

function refuse(
  why: string,
  chunks: readonly SqlChunk[],
  chunk: number,
  offset: number,
  scope: SqlScope,
): Error {
  const before =
    chunks.slice(0, chunk).map(show).join('') +
    (chunks[chunk] as { text?: string } | undefined)?.text?.slice(0, offset);
  const lines = before.split(/\r\n|\n|\r/);
  const line = lines.length;
  const column = (lines.at(-1) ?? '').length + 1;
  const { pipeline, step } = scope;
  const sql = chunks.map(show).join('');
  return invalidSql(
    `The SQL of step '${step}' of pipeline '${pipeline}' ${why} line ${line}, column ${column}`,
    {
      pipeline,
      step,
      line,
      column,
      sql,
    },
  );
}

/** A chunk as its author wrote it, or near enough to find it. */
function show(chunk: SqlChunk): string {
  switch (chunk.kind) {
    case 'text':
      return chunk.text;
    case 'table':
      return `\${${chunk.step}}`;
    case 'param':
      return `\${param('${chunk.name}')}`;
    case 'value':
      return `\${${describe(chunk.value)}}`;
    default:
      return `\${'${chunk.name}'}`;
  }
}

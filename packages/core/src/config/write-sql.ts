import { planSql, type SqlScope } from '../pipeline/plan-sql.ts';
import type { SqlToken } from '../pipeline/lexer.ts';
import type { Sql, SqlChunk } from '../pipeline/sql.ts';
import type { SqlStep, TableStep } from '../pipeline/step.ts';
import { findReferences, sqlName } from '../pipeline/table-references.ts';
import { paramName } from './pipeline-schema.ts';
import { Unwritable } from './unwritable.ts';
import { sqlOf } from './yaml-sql.ts';

/** A statement as plain text. */
export interface WrittenSql {
  readonly sql: string;
  /** Stated, because the text alone would be read otherwise. */
  readonly inputs?: readonly string[];
}

/** What a statement is written against. */
export interface WriteSqlScope {
  readonly pipeline: string;
  readonly tables: ReadonlyMap<string, string>;
  readonly handles: ReadonlyMap<string, TableStep>;
}

/**
 * A statement as plain text, which is read as the same tokens: indented anew where that changes none of them.
 *
 * @throws Unwritable
 */
export function writeSql(step: SqlStep, { pipeline, tables, handles }: WriteSqlScope): WrittenSql {
  const text = plainText(step.sql);
  const scope = {
    pipeline,
    step: step.name,
    params: Object.fromEntries(step.params.map((name) => [name, null])),
    tables,
    volatile: step.options.volatile === true,
  };
  const wanted = tokensOf(step.sql, scope);
  const steps = step.sql.steps.map(({ name }) => name);
  for (const sql of new Set([unindented(text), text])) {
    for (const inputs of [undefined, steps]) {
      const { references, problems } = findReferences(sql, {
        step: step.name,
        tables,
        params: new Set(step.params),
        inputs,
        volatile: scope.volatile,
      });
      if (problems.length > 0) continue;
      const read = sqlOf(sql, references, handles, inputs);
      const isSame = read.steps.map(({ name }) => name).join('\n') === steps.join('\n');
      if (isSame && tokensOf(read, scope) === wanted) return inputs === undefined ? { sql } : { sql, inputs };
    }
  }
  throw new Unwritable('a statement that plain text does not say');
}

/** A piece of SQL in the options of a check. @throws Unwritable */
export function writeFragment(sql: Sql): string {
  return plainText(sql);
}

function tokensOf(sql: Sql, scope: SqlScope): string {
  const { tokens } = planSql(sql, scope);
  return tokens.map(({ kind, text }: SqlToken) => `${kind} ${text}`).join('\n');
}

/** Placeholders as YAML has them, apart from what stands beside them. */
function plainText({ chunks }: Sql): string {
  let text = '';
  for (const chunk of chunks) {
    const piece = chunkText(chunk);
    text += /[\w$"\u0080-\uffff]$/.test(text) && /^[\w$"\u0080-\uffff]/.test(piece) ? ` ${piece}` : piece;
  }
  return text;
}

function chunkText(chunk: SqlChunk): string {
  switch (chunk.kind) {
    case 'text':
      return chunk.text;
    case 'table':
      return sqlName(chunk.step);
    case 'identifier':
      return `"${chunk.name.replaceAll('"', '""')}"`;
    case 'param':
      if (!paramName.test(chunk.name))
        throw new Unwritable(`the param '${chunk.name}', whose name is no word`);
      return `$${chunk.name}`;
    case 'value':
      throw new Unwritable('a value that is bound in SQL: write it out, or make it a param');
    default:
      throw new Unwritable('sql.file');
  }
}

/** Without the indentation that all lines but the first have, and without blank lines around it. */
function unindented(text: string): string {
  const lines = text.replaceAll('\t', '  ').split('\n');
  const rest = lines.slice(1).filter((line) => line.trim() !== '');
  const indent = Math.min(...rest.map((line) => line.length - line.trimStart().length), 1000);
  const kept = lines.map((line, index) => (index === 0 ? line.trimStart() : line.slice(indent)).trimEnd());
  return kept.join('\n').replace(/^\n+|\n+$/g, '');
}

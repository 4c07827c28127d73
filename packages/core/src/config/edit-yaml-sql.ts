import type { Scalar } from 'yaml';
import { findSteps, type SqlNode } from './yaml-steps.ts';

/** A change of a text: what stands from one offset to another is replaced. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/**
 * The change that gives a step of a pipeline in YAML another statement. Nothing else is touched, comments and blank lines
 * included, and the step's `sql` is then exactly this. It is written as it was where that can be: a block stays a block, at
 * its indentation, and one line stays one line; lines that were folded become a block (`|`).
 *
 * @returns Undefined where the text has no such step with SQL in it. Of two steps of one name it is the first.
 * @example
 * const edit = editYamlSql(text, 'late', 'from flights where delay > 30');
 * if (edit !== undefined) text = text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
 */
export function editYamlSql(text: string, step: string, sql: string): TextEdit | undefined {
  const { statements, mistakes } = findSteps(text);
  const index = statements.findIndex((one) => one.step.name === step);
  const found = statements[index];
  if (found?.step.sql === undefined) return undefined;
  const { from, to, text: before } = found.step.sql;
  if (before === sql) return { from, to: from, insert: '' };
  for (const edit of waysToWrite(text, found, sql)) {
    const after = findSteps(text.slice(0, edit.from) + edit.insert + text.slice(edit.to));
    // A text is read as it is written here, so that nobody has to know all of YAML's rules to be sure.
    if (after.statements[index]?.step.sql?.text === sql && after.mistakes <= mistakes) return edit;
  }
  // A block has the end of its last line, too.
  const end = /\r?\n$/.exec(text.slice(from, to))?.[0] ?? '';
  return { from, to, insert: spaced(text, from, JSON.stringify(sql)) + end };
}

function* waysToWrite(text: string, { step, node, key, isFlow }: SqlNode, sql: string): Generator<TextEdit> {
  const { from = 0, to = 0 } = step.sql ?? {};
  const { type } = node;
  const isBlock = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
  if (isBlock) {
    // Blank lines behind a block are its own where it ends with some.
    const more = sql.endsWith('\n\n') ? (/^(?:[ \t]*\r?\n)*/.exec(text.slice(to))?.[0].length ?? 0) : 0;
    yield { from, to: to + more, insert: block(text, { node, key, from, to }, sql) };
  } else if (!sql.includes('\n')) {
    const as = type === 'QUOTE_SINGLE' ? `'${sql.replaceAll("'", "''")}'` : sql;
    yield { from, to, insert: spaced(text, from, type === 'QUOTE_DOUBLE' ? JSON.stringify(sql) : as) };
  } else if (!isFlow) {
    // What is behind it on its line is a comment, and stays there.
    const lineEnd = text.indexOf('\n', to);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const rest = text.slice(to, end).replace(/\r$/, '');
    const [header = '', ...lines] = block(text, { node, key, from, to }, sql).split('\n');
    const body = lines.join('\n').replace(/\n$/, '');
    yield { from, to: end, insert: spaced(text, from, `${header}${rest}\n${body}`) };
  }
}

/** A value stands off from its key. */
function spaced(text: string, from: number, insert: string): string {
  return text[from - 1] === ':' ? ` ${insert}` : insert;
}

interface BlockPlace {
  readonly node: Scalar;
  readonly key: Scalar;
  readonly from: number;
  readonly to: number;
}

/** The statement as a block that keeps its lines, with the header of the one that was there. */
function block(text: string, { node, key, from, to }: BlockPlace, sql: string): string {
  const keyAt = key.range?.[0] ?? 0;
  const keyColumn = keyAt - (text.lastIndexOf('\n', keyAt - 1) + 1);
  const written = text.slice(from, to);
  const isBlock = /^[|>]/.test(written) && node.type?.startsWith('BLOCK') === true;
  const [, indicators = '', more = ''] = isBlock ? (/^[|>]([-+\d]*)([^\n]*)/.exec(written) ?? []) : [];
  const stated = /\d/.exec(indicators)?.[0];
  const lines = written.split('\n').slice(1);
  const first = lines.find((line) => line.trim() !== '');
  const indent =
    !isBlock || first === undefined || stated !== undefined
      ? keyColumn + Number(stated ?? 2)
      : first.length - first.trimStart().length;

  const body = sql.replace(/\n+$/, '');
  const ends = sql.length - body.length;
  const chomp = ends === 0 ? '-' : ends === 1 ? '' : '+';
  // Lines are counted from the first that is not blank: one that begins with a space says where they do.
  const needsIndent = stated !== undefined || /^\s*\n|^ /.test(body);
  const header = `|${needsIndent ? indent - keyColumn : ''}${chomp}${more.replace(/\r$/, '')}`;
  const margin = ' '.repeat(indent);
  const shown = body === '' ? [] : body.split('\n').map((line) => (line === '' ? '' : margin + line));
  const all = [header, ...shown, ...Array.from({ length: Math.max(0, ends - 1) }, () => '')];
  // A block ends with its line.
  const end = written.endsWith('\n') || !isBlock ? '\n' : '';
  const newline = /\r\n/.test(text) ? '\r\n' : '\n';
  return all.join('\n').replaceAll('\n', newline) + (end === '' ? '' : newline);
}

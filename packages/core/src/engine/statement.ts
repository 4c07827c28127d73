import type { CairnError } from '../errors/cairn-error.ts';
import { sqlFailed } from '../errors/engine-errors.ts';
import type { BoundSql, BoundSqlPart } from './engine.ts';
import { literal, quoteName, quoteText } from './literal.ts';

/** A statement as DuckDB gets it, beside the statement as its author knows it. */
export interface Statement {
  readonly text: string;
  /** The same with plain table names and `$1` for the first value: what errors show. */
  readonly shown: string;
  /** What must run before it, on its own connection: one `set variable` for each value. */
  readonly variables: readonly string[];
  /** Where each part starts in `text` and in `shown`. */
  readonly offsets: readonly (readonly [text: number, shown: number])[];
}

/**
 * Writes a bound statement out. Values travel as session variables, for DuckDB-WASM cannot cancel a prepared
 * statement; equal values share one, so that `group by` sees one expression.
 *
 * @param files Where each named file is to be read from, for `file` parts
 * @throws CairnError `sql_failed` for a value that cannot be bound and for an unknown file
 */
export function writeStatement(query: BoundSql, files: Readonly<Record<string, string>> = {}): Statement {
  const literals: string[] = [];
  const write = (part: BoundSqlPart): readonly [text: string, shown: string] => {
    switch (part.kind) {
      case 'text':
        return [part.text, part.text];
      case 'identifier':
        return [quoteName(part.name), quoteName(part.name)];
      case 'table': {
        const name = quoteName(part.table.name);
        return [
          `${quoteName(part.table.namespace)}.${name}`,
          /^[a-z_]\w*$/i.test(part.table.name) ? part.table.name : name,
        ];
      }
      case 'file': {
        const path = files[part.name];
        if (path === undefined)
          throw sqlFailed(`The statement reads file '${part.name}', which was not given`, {});
        return [quoteText(path), quoteText(part.name)];
      }
      case 'value': {
        const value = literal(part.value);
        if (!literals.includes(value)) literals.push(value);
        const number = literals.indexOf(value) + 1;
        return [`getvariable('cairn_${number}')`, `$${number}`];
      }
    }
  };
  const offsets: [number, number][] = [];
  let [text, shown] = ['', ''];
  for (const part of query.parts) {
    const [written, seen] = write(part);
    offsets.push([text.length, shown.length]);
    text += written;
    shown += seen;
  }
  const variables = literals.map((value, index) => `set variable cairn_${index + 1} = ${value}`);
  return { text, shown, variables, offsets };
}

/** What DuckDB said of an error. */
interface Reported {
  readonly message: string;
  /** In UTF-8 bytes of the whole text that ran. */
  readonly position: number | undefined;
}

/** DuckDB reports some errors as text and some as JSON; both may be wrapped in the error of a pending query. */
export function readReport(raw: string): Reported {
  if (!raw.startsWith('{"exception_type"')) {
    return {
      message: raw.replace(/^.*unsuccessful or closed pending query result\s*Error: /s, ''),
      position: undefined,
    };
  }
  let report: { exception_type: string; exception_message: string; position?: string };
  try {
    report = JSON.parse(raw) as typeof report;
  } catch {
    return { message: raw, position: undefined };
  }
  const inner = readReport(report.exception_message);
  const message =
    inner.message === report.exception_message
      ? `${report.exception_type} Error: ${inner.message}`
      : inner.message;
  return { message, position: report.position === undefined ? undefined : Number(report.position) };
}

/** Where in the text that ran the error is; read off DuckDB's excerpt, which may be cut, when nothing else says it. */
function locate({ message, position }: Reported, ran: string): number | undefined {
  if (position !== undefined) {
    return new TextDecoder().decode(new TextEncoder().encode(ran).slice(0, position)).length;
  }
  const [, label = '', number = '', shown = '', indent = ''] =
    /\n(LINE (\d+): )(.*)\n( *)\^/.exec(message) ?? [];
  if (label === '') return undefined;
  const lines = ran.split('\n').slice(0, Number(number));
  const line = lines.pop() ?? '';
  const cut = !line.startsWith(shown) && shown.startsWith('...') ? 3 : 0;
  const from = line.indexOf(
    shown.slice(cut, shown.endsWith('...') && !line.endsWith(shown) ? -3 : undefined),
  );
  if (from < 0) return undefined;
  return (
    lines.reduce((sum, before) => sum + before.length + 1, 0) + from + indent.length - label.length - cut
  );
}

/** The line of a text that holds a position, with a caret below. */
function excerpt(text: string, position: number): string {
  const before = text.slice(0, position);
  const start = before.lastIndexOf('\n') + 1;
  const line = text.slice(start).split('\n', 1)[0] ?? '';
  const label = `LINE ${before.split('\n').length}: `;
  return `\n\n${label}${line}\n${' '.repeat(label.length + before.length - start)}^`;
}

function hintFor(message: string): string {
  const [, name] = /extension '(\w+)'/.exec(message) ?? /(\w+) extension\b/.exec(message) ?? [];
  const which = name === undefined ? 'an extension that this needs' : `the extension '${name}'`;
  return `Cairn's DuckDB-WASM comes without ${which}; the engine's option 'extensions' can load it`;
}

/**
 * DuckDB's error as a `sql_failed`: DuckDB's own message, the place in the SQL as its author wrote it, a hint when
 * an extension is missing.
 *
 * @param before What stood before the statement's text when it ran
 */
export function statementFailed(error: unknown, statement: Statement, before: string): CairnError {
  const report = readReport(error instanceof Error ? error.message : String(error));
  const at = (locate(report, before + statement.text) ?? -1) - before.length;
  const part = statement.offsets.findLast(([start]) => start <= at);
  const position = part && Math.min(part[1] + at - part[0], statement.shown.length);
  const hint = /\bextension\b/i.test(report.message) ? hintFor(report.message) : undefined;
  const message = report.message
    .replace(/\n+(LINE \d+:|Please try installing).*$/s, '')
    .replace(/^.*A CTE needs a SELECT$/, 'it must be one query (select, values, from ...)')
    .replaceAll(/getvariable\('cairn_(\d+)'\)/g, '$$$1');
  return sqlFailed(
    `The SQL failed: ${message}${position === undefined ? '' : excerpt(statement.shown, position)}${hint === undefined ? '' : `\n\nHint: ${hint}`}`,
    {
      sql: statement.shown,
      ...(position === undefined ? {} : { position }),
      ...(hint === undefined ? {} : { hint }),
    },
    error,
  );
}

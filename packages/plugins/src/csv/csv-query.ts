import { sql, type Sql } from '@cairn/core/plugin';
import type { CsvScan } from './scan.ts';
import type { Dialect } from './dialect.ts';

/** The name of the one file that the query reads. */
export const csvFile = 'csv';

/** The engine refuses longer lines unless it is told of them. */
const usualLongest = 2_000_000;

/**
 * The query that reads a scanned file. Every choice is stated, so that the engine has nothing to sniff, to skip or to
 * pad.
 *
 * @param header Whether the file that the engine gets begins with the header.
 */
export function csvQuery(scan: CsvScan, dialect: Dialect, header: boolean): Sql {
  const columns = scan.columns.map(({ name, type }) => `${text(name)}: ${text(type)}`);
  const settings = [
    'auto_detect = false',
    `columns = {${columns.join(', ')}}`,
    `header = ${header}`,
    'skip = 0',
    `delim = ${text(dialect.delimiter)}`,
    `quote = ${text(dialect.quote)}`,
    `escape = ${text(dialect.quote === '' ? '' : dialect.escape)}`,
    `nullstr = ${text(dialect.nullText)}`,
    'allow_quoted_nulls = false',
    "comment = ''",
    "compression = 'none'",
    'strict_mode = true',
    'null_padding = false',
    'ignore_errors = false',
    ...(scan.longest < usualLongest ? [] : [`max_line_size = ${scan.longest + 16}`]),
    ...(dialect.dateFormat === undefined ? [] : [`dateformat = ${text(dialect.dateFormat)}`]),
    ...(dialect.timestampFormat === undefined ? [] : [`timestampformat = ${text(dialect.timestampFormat)}`]),
  ];
  return sql`select * from read_csv(${sql.file(csvFile)}, ${sql.raw(settings.join(', '))})`;
}

/** A string literal: a table function takes constants, where values cannot be bound. */
function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

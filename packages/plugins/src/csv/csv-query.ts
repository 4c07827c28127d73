import { sql, type Sql } from '@cairn/core/plugin';
import { sqlText } from '../text/sql-text.ts';
import type { CsvPiece, CsvScan } from './scan.ts';
import type { Dialect } from './dialect.ts';

/** The engine refuses longer lines unless it is told of them. */
const usualLongest = 2_000_000;

/**
 * `read_csv(...)` of a piece, below a header of {@link pieceHeader}. Every choice is stated, so that the engine has nothing
 * to sniff, to skip or to pad.
 *
 * @param file The name of the file with the piece.
 */
export function readPiece(
  columns: CsvScan['columns'],
  dialect: Dialect,
  { longest }: Pick<CsvPiece, 'longest'>,
  file: string,
): Sql {
  const typed = columns.map(({ name, type }) => `${sqlText(name)}: ${sqlText(type)}`);
  const settings = [
    'auto_detect = false',
    `columns = {${typed.join(', ')}}`,
    'header = true',
    'skip = 0',
    `delim = ${sqlText(dialect.delimiter)}`,
    `quote = ${sqlText(dialect.quote)}`,
    `escape = ${sqlText(dialect.quote === '' ? '' : dialect.escape)}`,
    `nullstr = ${sqlText(dialect.nullText)}`,
    'allow_quoted_nulls = false',
    "comment = ''",
    "compression = 'none'",
    'strict_mode = true',
    'null_padding = false',
    'ignore_errors = false',
    // Unless it is told, the engine takes room for sixteen of the longest lines.
    ...(longest < usualLongest
      ? []
      : [`max_line_size = ${longest + 16}`, `buffer_size = ${longest + 64 * 1024}`]),
    ...(dialect.dateFormat === undefined ? [] : [`dateformat = ${sqlText(dialect.dateFormat)}`]),
    ...(dialect.timestampFormat === undefined
      ? []
      : [`timestampformat = ${sqlText(dialect.timestampFormat)}`]),
  ];
  return sql`read_csv(${sql.file(file)}, ${sql.raw(settings.join(', '))})`;
}

/**
 * The header that each piece gets. The engine takes the first line break that it sees for the one that ends all lines, also
 * inside a quoted field; and it has its own idea of leading blank lines.
 */
export function pieceHeader({ columns, lineBreak }: CsvScan, { delimiter }: Dialect): Uint8Array {
  return new TextEncoder().encode(columns.map((_, index) => `c${index}`).join(delimiter) + lineBreak);
}

import { type Column, sql, type Sql } from '@cairn/core/plugin';

/** How the text of a CSV file is written. */
export interface CsvFormat {
  readonly header: boolean;
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly quoting: 'needed' | 'all';
  readonly nullText: string;
  readonly lineEnd: 'lf' | 'crlf';
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
}

/** Types whose text has letters, digits and `plainMarks` alone, so that it needs no quotes. */
const plainType =
  /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\s*\d+\)|BOOLEAN|UUID|DATE|TIME|TIMESTAMP(?:_S|_MS|_NS| WITH TIME ZONE)?)$/u;
const plainMarks = '+-.: ()';

/** The first line, as the file's bytes. */
export function csvHeader(columns: readonly Column[], format: CsvFormat): Uint8Array {
  const { delimiter, quote, escape, quoting, nullText, lineEnd } = format;
  const names = columns.map(({ name }) => {
    const quoted =
      quoting === 'all' ||
      name === '' ||
      name === nullText ||
      /[\r\n]/u.test(name) ||
      name.includes(quote) ||
      name.includes(delimiter);
    const escaped = escape === quote ? name : name.replaceAll(escape, escape + escape);
    return quoted ? quote + escaped.replaceAll(quote, escape + quote) + quote : name;
  });
  return new TextEncoder().encode(names.join(delimiter) + (lineEnd === 'lf' ? '\n' : '\r\n'));
}

/** Selects one text for each row: its line of the file, with the line break. */
export function csvLines(columns: readonly Column[], format: CsvFormat): Sql {
  const fields = columns.map((column) => field(column, format));
  const lineBreak = format.lineEnd === 'lf' ? sql`chr(10)` : sql`chr(13), chr(10)`;
  return sql`concat(${sql.join(fields, sql`, ${format.delimiter}, `)}, ${lineBreak}) as line`;
}

function field({ name, type }: Column, format: CsvFormat): Sql {
  const { delimiter, quote, escape, nullText, quoting, dateFormat, timestampFormat } = format;
  const column = sql.id(name);
  const written =
    type === 'DATE' ? dateFormat : /^TIMESTAMP(?:_S|_MS|_NS)?$/u.test(type) ? timestampFormat : undefined;
  const text = written === undefined ? sql`cast(${column} as varchar)` : sql`strftime(${column}, ${written})`;
  const escaped = escape === quote ? text : sql`replace(${text}, ${escape}, ${escape + escape})`;
  const quoted = sql`concat(${quote}, replace(${escaped}, ${quote}, ${escape + quote}), ${quote})`;
  if (quoting === 'all') return sql`case when ${column} is null then ${nullText} else ${quoted} end`;
  const isPlain =
    written === undefined &&
    plainType.test(type) &&
    !plainMarks.includes(delimiter) &&
    !plainMarks.includes(quote);
  if (isPlain) {
    // A value that reads like null has to be told from it.
    return nullText === ''
      ? sql`coalesce(${text}, '')`
      : sql`case when ${column} is null then ${nullText} when ${text} = ${nullText} then ${quoted} else ${text} end`;
  }
  const special = [quote, delimiter, '\n', '\r'].map((mark) => sql`contains(${text}, ${mark})`);
  return sql`case when ${column} is null then ${nullText} when ${text} in ('', ${nullText}) or ${sql.join(special, sql` or `)} then ${quoted} else ${text} end`;
}

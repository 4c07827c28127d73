import { type Column, sql, type Sql } from '@cairn/core/plugin';

/** How the text of a CSV file is written. */
export interface CsvFormat {
  readonly delimiter: string;
  readonly nullText: string;
}

/** Types whose text has letters, digits and `plainMarks` alone, so that it needs no quotes. */
const plainType =
  /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\s*\d+\)|BOOLEAN|UUID|DATE|TIME|TIMESTAMP(?:_S|_MS|_NS| WITH TIME ZONE)?)$/u;
const plainMarks = '+-.: ()';

/** The first line, as the file's bytes. */
export function csvHeader(columns: readonly Column[], format: CsvFormat): Uint8Array {
  const names = columns.map(({ name }) => {
    const quoted =
      name === '' || name === format.nullText || /["\r\n]/u.test(name) || name.includes(format.delimiter);
    return quoted ? `"${name.replaceAll('"', '""')}"` : name;
  });
  return new TextEncoder().encode(`${names.join(format.delimiter)}\n`);
}

/** Selects one text for each row: its line of the file, with the line break. */
export function csvLines(columns: readonly Column[], format: CsvFormat): Sql {
  const fields = columns.map(({ name, type }) =>
    field(sql.id(name), plainType.test(type) && !plainMarks.includes(format.delimiter), format),
  );
  return sql`concat(${sql.join(fields, sql`, ${format.delimiter}, `)}, chr(10)) as line`;
}

function field(column: Sql, plain: boolean, { delimiter, nullText }: CsvFormat): Sql {
  const text = sql`cast(${column} as varchar)`;
  const quoted = sql`concat('"', replace(${text}, '"', '""'), '"')`;
  if (plain) {
    // A value that reads like null has to be told from it.
    return nullText === ''
      ? sql`coalesce(${text}, '')`
      : sql`case when ${column} is null then ${nullText} when ${text} = ${nullText} then ${quoted} else ${text} end`;
  }
  const special = ['"', delimiter, '\n', '\r'].map((mark) => sql`contains(${text}, ${mark})`);
  return sql`case when ${column} is null then ${nullText} when ${text} in ('', ${nullText}) or ${sql.join(special, sql` or `)} then ${quoted} else ${text} end`;
}

import { sql, type Sql, type SourcePiece } from '@cairn/core/plugin';
import type { Dialect } from '../csv/dialect.ts';
import { fails, type StatedColumn } from '../csv/stated-types.ts';
import { createByteWriter } from './byte-writer.ts';

/** The most that is kept of a rejected row's text, in bytes. */
const mostRawBytes = 64 * 1024;

/** Writes rejected rows down, for the engine to make a table of. */
export interface RejectWriter {
  /** @param bytes What holds the row's text, from `start` to `end`; line breaks at its end are no part of it. */
  add(line: number, reason: string, bytes: Uint8Array, start: number, end: number): void;
  take(): Uint8Array;
  /** The query that makes a table of what was written. */
  piece(): SourcePiece;
}

export function createRejectWriter(): RejectWriter {
  const writer = createByteWriter(1024);
  const encoder = new TextEncoder();
  return {
    add: (line, reason, bytes, start, end) => {
      const said = encoder.encode(reason);
      writer.text(`${line},`);
      writer.quoted(said, 0, said.length);
      writer.byte(0x2c);
      writer.quoted(bytes, start, contentEnd(bytes, start, end));
      writer.byte(0x0a);
    },
    take: () => writer.take(),
    piece: () => ({
      query: sql`select line, reason, raw from ${readRejects('refused')}`,
      files: { refused: { bytes: writer.take() } },
    }),
  };
}

/** Where a row's text ends, or is cut: never inside a character. */
function contentEnd(bytes: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && (bytes[last - 1] === 10 || bytes[last - 1] === 13)) last -= 1;
  if (last - start <= mostRawBytes) return last;
  last = start + mostRawBytes;
  while ((bytes[last] as number) >> 6 === 2) last -= 1;
  return last;
}

/** `read_csv(...)` of what a {@link RejectWriter} wrote. */
export function readRejects(file: string): Sql {
  return sql`read_csv(${sql.file(file)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
    nullstr = '', allow_quoted_nulls = false, new_line = '\\n', strict_mode = true,
    columns = {'line': 'BIGINT', 'reason': 'VARCHAR', 'raw': 'VARCHAR'})`;
}

/** The query of a table without rejected rows. */
export function noRejects(): SourcePiece {
  return {
    query: sql`select null::bigint as line, null::varchar as reason, null::varchar as raw where false`,
    files: {},
  };
}

/**
 * The query of a piece's rejected rows, by line: what was refused, and what the engine cannot read as the stated types.
 *
 * @param file Reads the good rows of the piece out of the file `good`; those of `told` are the same rows.
 */
export function rejectsOf(
  file: Sql,
  tried: readonly StatedColumn[],
  dialect: Dialect,
  { good, told, refused }: Readonly<Record<'good' | 'told' | 'refused', Uint8Array>>,
): SourcePiece {
  const found = sql`select line, reason, raw from ${readRejects('refused')}`;
  if (tried.length === 0) return { query: found, files: { refused: { bytes: refused } } };
  const broken = tried.map((column) => fails(column, dialect));
  const reasons = tried.map((column): Sql => {
    const { name, type } = column;
    const said = sql`concat(${`column '${name}' is ${type}, and the value is '`}, left(${sql.id(name)}, 200), '''')`;
    return sql`when ${fails(column, dialect)} then ${said}`;
  });
  return {
    query: sql`
      ${found}
      union all
      select told.line, checked.reason, told.raw
      from (select case ${sql.join(reasons, sql` `)} end as reason, ${sql.join(broken, sql` or `)} as broken from ${file}) checked
      positional join ${readRejects('told')} told
      where checked.broken
      order by line`,
    files: { good: { bytes: good }, told: { bytes: told }, refused: { bytes: refused } },
  };
}

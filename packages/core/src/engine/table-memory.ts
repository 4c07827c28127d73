import { parseType, type ColumnType } from './column-type.ts';
import type { TableSize } from './engine.ts';

/*
 * How DuckDB keeps a table in memory: column by column, in groups of 122,880 rows; of each group values and validity in
 * blocks of 256 KiB of their own, except for the first vector's. Measured against `duckdb_memory()`.
 */
const groupRows = 122_880;
const blockBytes = 2 ** 18;
const vectorRows = 2048;
/** Rows whose validity the first, small piece holds. */
const firstValidityRows = 8 * vectorRows;
/** What a text or a list takes beyond its fixed part where nothing is known of it. */
const guessedBytes = 16;

const widths: Readonly<Record<string, number>> = {
  BOOLEAN: 1,
  TINYINT: 1,
  UTINYINT: 1,
  SMALLINT: 2,
  USMALLINT: 2,
  INTEGER: 4,
  UINTEGER: 4,
  FLOAT: 4,
  DATE: 4,
  HUGEINT: 16,
  UHUGEINT: 16,
  UUID: 16,
  INTERVAL: 16,
};

/** The bytes of a value in its column, and whether there are more elsewhere; of each column that a type is kept in. */
function columnsOf(type: ColumnType): readonly { readonly width: number; readonly grows: boolean }[] {
  switch (type.kind) {
    case 'list':
    case 'map':
      return [{ width: 8, grows: true }];
    case 'struct':
    case 'union':
      return [{ width: 0, grows: false }, ...type.fields.flatMap((field) => columnsOf(field.type))];
    default: {
      const [, digits] = /^DECIMAL\((\d+)/.exec(type.text) ?? [];
      const decimal = digits === undefined ? undefined : Number(digits);
      if (decimal !== undefined)
        return [{ width: decimal < 5 ? 2 : decimal < 10 ? 4 : decimal < 19 ? 8 : 16, grows: false }];
      const grows = type.text === 'VARCHAR' || type.text === 'BLOB';
      return [{ width: grows ? 4 : (widths[type.text] ?? 8), grows }];
    }
  }
}

/** Roughly how many bytes DuckDB needs for a table that it holds. */
export function tableMemory({ rows, columns, bytes }: TableSize): number {
  const kept = columns.flatMap(({ type }) => columnsOf(parseType(type)));
  const groups = Math.ceil(rows / groupRows);
  const blocksOf = (width: number): number => {
    const whole = Math.floor(rows / groupRows);
    const blocks = (count: number): number => Math.ceil((count * width) / blockBytes);
    return whole * blocks(groupRows) + blocks(rows % groupRows);
  };
  let total = 0;
  let elsewhere = 0;
  let fixed = 0;
  for (const { width, grows } of kept) {
    const first = vectorRows * (width + 1);
    const blocks = rows > vectorRows ? blocksOf(width) : 0;
    const validity = rows > firstValidityRows ? groups : 0;
    total += first + (blocks + validity) * blockBytes;
    // In Arrow an offset takes four bytes.
    fixed += rows * (grows ? 4 : width);
    if (grows) elsewhere += 1;
  }
  if (elsewhere === 0) return total;
  return total + (bytes === undefined ? rows * elsewhere * guessedBytes : Math.max(0, bytes - fixed));
}

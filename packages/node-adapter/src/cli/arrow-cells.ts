import { DataType, Precision, TimeUnit, type Decimal, type Field, type Table } from 'apache-arrow';

/** A column of an Arrow table as text and as JSON. */
export interface ArrowCells {
  readonly name: string;
  /** The type in DuckDB's words. */
  readonly type: string;
  readonly isNumber: boolean;
  /** Its texts are points in time, as `2026-11-22T13:05:54.123Z`. */
  readonly isTime: boolean;
  /** Null for null. */
  readonly texts: readonly (string | null)[];
  readonly values: readonly unknown[];
}

/** What an Arrow table holds, column by column. */
export function arrowCells(table: Table): ArrowCells[] {
  return table.schema.fields.map((field, index) => {
    const vector = table.getChildAt(index);
    const values = Array.from({ length: table.numRows }, (_, row) =>
      plainValue(vector?.get(row) ?? null, field.type as DataType),
    );
    return {
      name: field.name,
      type: typeName(field),
      isNumber: isNumber(field.type as DataType),
      isTime: DataType.isTimestamp(field.type),
      texts: values.map(textOf),
      values,
    };
  });
}

/** The rows as objects, for JSON. */
export function arrowRows(cells: readonly ArrowCells[]): Record<string, unknown>[] {
  const rows = cells[0]?.values.length ?? 0;
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(cells.map(({ name, values }) => [name, values[row]])),
  );
}

const isNumber = (type: DataType): boolean =>
  DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type);

/** A value as JSON takes it: points in time as ISO 8601, what is exact and does not fit a number as text. */
function plainValue(value: unknown, type: DataType): unknown {
  if (value === null || value === undefined) return null;
  if (DataType.isTimestamp(type)) return timestamp(value, type.unit, type.timezone != null);
  if (DataType.isDate(type)) return new Date(Number(value)).toISOString().slice(0, 10);
  if (DataType.isTime(type)) return timeOfDay(BigInt(value as number | bigint) * nanoseconds(type.unit));
  if (DataType.isDecimal(type)) return decimalText(value as Uint32Array, type);
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    const [child] = type.children;
    return Array.from(value as Iterable<unknown>, (item) => plainValue(item, child?.type as DataType));
  }
  if (DataType.isStruct(type)) {
    const fields = type.children;
    const struct = value as Record<string, unknown>;
    return Object.fromEntries(
      fields.map(({ name, type }) => [name, plainValue(struct[name], type as DataType)]),
    );
  }
  return typeof value === 'object' ? JSON.parse(JSON.stringify(value, bigints)) : value;
}

const bigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

function textOf(value: unknown): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function nanoseconds(unit: TimeUnit): bigint {
  return [1_000_000_000n, 1_000_000n, 1_000n, 1n][unit] ?? 1n;
}

/** apache-arrow hands out milliseconds, with fractions where the unit is finer. */
function timestamp(value: unknown, unit: TimeUnit, isUtc: boolean): string {
  const ms = Number(value);
  const whole = Math.floor(ms);
  const date = new Date(whole);
  if (Number.isNaN(date.getTime())) return String(value);
  const text = date.toISOString();
  const micro = unit >= TimeUnit.MICROSECOND ? Math.round((ms - whole) * 1000) : 0;
  const fraction = `${text.slice(20, 23)}${String(micro).padStart(3, '0')}`.replace(/0+$/, '');
  return `${text.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}${isUtc ? 'Z' : ''}`;
}

function timeOfDay(nanos: bigint): string {
  const seconds = nanos / 1_000_000_000n;
  const two = (part: bigint): string => String(part).padStart(2, '0');
  const fraction = String(nanos % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const time = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return fraction === '' ? time : `${time}.${fraction}`;
}

/** Arrow keeps a decimal as a little-endian two's complement number of 128 bits. */
function decimalText(words: Uint32Array, { scale }: Decimal): string {
  let number = 0n;
  for (let index = words.length - 1; index >= 0; index -= 1)
    number = (number << 32n) | BigInt(words[index] as number);
  number = BigInt.asIntN(words.length * 32, number);
  const digits = String(number < 0n ? -number : number).padStart(scale + 1, '0');
  const sign = number < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function typeName({ type }: Field): string {
  if (DataType.isUtf8(type)) return 'VARCHAR';
  if (DataType.isBool(type)) return 'BOOLEAN';
  if (DataType.isFloat(type)) return type.precision === Precision.DOUBLE ? 'DOUBLE' : 'FLOAT';
  if (DataType.isInt(type)) {
    const name = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bitWidth];
    return type.isSigned ? name : `U${name}`;
  }
  if (DataType.isTimestamp(type)) return type.timezone == null ? 'TIMESTAMP' : 'TIMESTAMPTZ';
  if (DataType.isDate(type)) return 'DATE';
  if (DataType.isTime(type)) return 'TIME';
  if (DataType.isDecimal(type)) return `DECIMAL(${type.precision},${type.scale})`;
  if (DataType.isBinary(type)) return 'BLOB';
  return String(type);
}

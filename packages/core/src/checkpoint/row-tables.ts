import type * as Arrow from 'apache-arrow';
import type { Builder, DataType, Table, Vector } from 'apache-arrow';
import type { Column } from '../pipeline/table.ts';
import type { Refusal } from './table-data.ts';

type Kind = 'boolean' | 'int' | 'float' | 'bigint' | 'string' | 'date' | 'bytes' | 'list' | 'struct';

function kindOf(value: unknown): Kind | 'null' | undefined {
  switch (typeof value) {
    case 'undefined':
      return 'null';
    case 'boolean':
    case 'bigint':
    case 'string':
      return typeof value as Kind;
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'int' : 'float';
    case 'object': {
      if (value === null) return 'null';
      if (value instanceof Date) return 'date';
      if (value instanceof Uint8Array) return 'bytes';
      if (Array.isArray(value)) return 'list';
      const prototype: unknown = Object.getPrototypeOf(value);
      return prototype === Object.prototype || prototype === null ? 'struct' : undefined;
    }
    default:
      return undefined;
  }
}

/** The one kind of all values: whole numbers widen to floats or bigints beside them, null fits everywhere. */
function commonKind(
  values: readonly unknown[],
  place: string,
  refuse: (what: string) => never,
): Kind | 'null' {
  let common: Kind | 'null' = 'null';
  values.forEach((value, row) => {
    const kind = kindOf(value) ?? refuse(`a value of no known type in row ${row}, column '${place}'`);
    if (kind === 'null' || kind === common) return;
    if (common === 'null' || (common === 'int' && (kind === 'float' || kind === 'bigint'))) common = kind;
    else if (!(kind === 'int' && (common === 'float' || common === 'bigint'))) {
      refuse(`rows whose column '${place}' mixes ${common} and ${kind} (row ${row})`);
    }
  });
  return common;
}

const keysOf = (values: readonly unknown[]): string[] => [
  ...new Set(values.flatMap((value) => Object.keys((value as object | null | undefined) ?? {}))),
];

const fieldOf = (value: unknown, name: string): unknown =>
  (value as Record<string, unknown> | null | undefined)?.[name];

/** Arrow compiles its check for nulls from text, which a page with a strict policy forbids: it gets this one. */
function takeNulls(builder: Builder): void {
  builder.isValid = (value: unknown) => value !== null;
  for (const child of builder.children) takeNulls(child);
}

function vectorOf(arrow: typeof Arrow, values: Iterable<unknown>, type: DataType): Vector {
  const builder = arrow.makeBuilder({ type, nullValues: [] });
  takeNulls(builder);
  for (const value of values) builder.append(value);
  return builder.finish().toVector();
}

/**
 * A complete Arrow IPC stream of rows whose columns are known: VARCHAR of strings, BIGINT of whole numbers, TIMESTAMP
 * WITH TIME ZONE of milliseconds since the epoch; null is null. There may be no rows.
 */
export async function streamOfColumns(
  columns: readonly Pick<Column, 'name' | 'type'>[],
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<Uint8Array> {
  const arrow = await import('apache-arrow');
  const vectors = columns.map(({ name, type }) => {
    const values = rows.map((row) => row[name]);
    if (type === 'BIGINT') return [name, vectorOf(arrow, values.map(toBigint), new arrow.Int64())] as const;
    const arrowType = type === 'VARCHAR' ? new arrow.Utf8() : new arrow.TimestampMillisecond('UTC');
    return [name, vectorOf(arrow, values, arrowType)] as const;
  });
  return arrow.tableToIPC(new arrow.Table(Object.fromEntries(vectors)), 'stream');
}

const toBigint = (value: unknown): bigint | null => (typeof value === 'number' ? BigInt(value) : null);

/**
 * A Table of row objects. A column's type comes from all its values: whole numbers BIGINT, other numbers DOUBLE,
 * bigints BIGINT (they must fit 64 bits), strings VARCHAR, booleans BOOLEAN, Dates TIMESTAMPTZ, bytes BLOB, arrays
 * LIST, plain objects STRUCT. Undefined and null are null; a column of nothing but nulls is VARCHAR.
 *
 * Mixed columns and other values are refused, naming row and column.
 */
export async function tableOfRows(rows: readonly unknown[], refusal: Refusal): Promise<Table> {
  const arrow = await import('apache-arrow');
  const refuse = (what: string): never => {
    throw refusal(what);
  };

  const typeOf = (values: readonly unknown[], place: string): DataType => {
    switch (commonKind(values, place, refuse)) {
      case 'boolean':
        return new arrow.Bool();
      case 'int':
      case 'bigint':
        return new arrow.Int64();
      case 'float':
        return new arrow.Float64();
      case 'date':
        return new arrow.TimestampMillisecond('UTC');
      case 'bytes':
        return new arrow.Binary();
      case 'list': {
        const items = values.flatMap((value) => (value ?? []) as readonly unknown[]);
        return new arrow.List(new arrow.Field('item', typeOf(items, `${place}[]`), true));
      }
      case 'struct':
        return new arrow.Struct(
          keysOf(values).map((name) => {
            const inner = values.map((value) => fieldOf(value, name));
            return new arrow.Field(name, typeOf(inner, `${place}.${name}`), true);
          }),
        );
      default:
        return new arrow.Utf8();
    }
  };

  const convert = (value: unknown, type: DataType, place: string): unknown => {
    if (value === undefined || value === null) return null;
    if (arrow.DataType.isInt(type)) {
      const big = BigInt(value as number | bigint);
      return BigInt.asIntN(64, big) === big ? big : refuse(`a bigint beyond 64 bits in column '${place}'`);
    }
    if (arrow.DataType.isTimestamp(type)) {
      const time = (value as Date).getTime();
      return Number.isNaN(time) ? refuse(`an invalid Date in column '${place}'`) : time;
    }
    if (arrow.DataType.isList(type)) {
      return (value as unknown[]).map((item) => convert(item, type.valueType as DataType, place));
    }
    if (arrow.DataType.isStruct(type)) {
      const fields = type.children.map((field) => [
        field.name,
        convert(fieldOf(value, field.name), field.type as DataType, place),
      ]);
      return Object.fromEntries(fields) as unknown;
    }
    return value;
  };

  rows.forEach((row, index) => {
    if (kindOf(row) !== 'struct') refuse(`an array whose item ${index} is no plain object`);
  });
  const names = keysOf(rows);
  if (names.length === 0) {
    refuse(
      rows.length === 0 ? 'no rows, so no columns (an Arrow Table can be empty)' : 'rows without columns',
    );
  }
  const columns = names.map((name) => {
    const values = rows.map((row) => fieldOf(row, name));
    const type = typeOf(values, name);
    const converted = values.map((value) => convert(value, type, name));
    return [name, vectorOf(arrow, converted, type)] as const;
  });
  return new arrow.Table(Object.fromEntries(columns));
}

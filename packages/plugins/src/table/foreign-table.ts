import type * as Arrow from 'apache-arrow';

/** A Table, whichever copy and version of apache-arrow made it, as far as it is known by. */
export interface TableLike {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  readonly batches: readonly { readonly numRows: number }[];
}

/** What is used of it. */
interface WholeTable {
  readonly schema: { readonly fields: readonly FieldLike[] };
  readonly batches: readonly { readonly numRows: number; readonly data: DataLike }[];
}

interface FieldLike {
  readonly name: string;
  readonly nullable: boolean;
  readonly type: TypeLike;
  readonly metadata?: ReadonlyMap<string, string>;
}

/** Types of all kinds: each has some of these. */
interface TypeLike {
  readonly typeId: Arrow.Type;
  readonly children?: readonly FieldLike[] | null;
  readonly isSigned: boolean;
  readonly bitWidth: number;
  readonly precision: number;
  readonly scale: number;
  readonly unit: number;
  readonly timezone?: string | null;
  readonly byteWidth: number;
  readonly listSize: number;
  readonly keysSorted: boolean;
  readonly dictionary: TypeLike;
  readonly indices: TypeLike;
  readonly id: number;
  readonly isOrdered: boolean;
}

interface DataLike {
  readonly type: TypeLike;
  readonly offset: number;
  readonly length: number;
  readonly nullCount: number;
  readonly valueOffsets?: unknown;
  readonly values?: unknown;
  readonly nullBitmap?: unknown;
  readonly typeIds?: unknown;
  readonly children: readonly DataLike[];
  readonly dictionary?: { readonly data: readonly DataLike[] };
}

/** Says whether a value is a Table of some copy of apache-arrow. */
export function isTableLike(value: unknown): value is TableLike {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, batches } = value as Partial<TableLike>;
  return Array.isArray(schema?.fields) && Array.isArray(batches);
}

/**
 * The same columns as Tables of this copy have them: classes of another copy are not known to it, their numbers of types and their
 * buffers are.
 *
 * @throws RangeError for a type that this copy has not
 */
export function adoptTable(
  arrow: typeof Arrow,
  like: TableLike,
): { readonly schema: Arrow.Schema; readonly batches: readonly Arrow.RecordBatch[] } {
  const table = like as WholeTable;
  const schema = new arrow.Schema(table.schema.fields.map((field) => adoptField(arrow, field)));
  const type = new arrow.Struct(schema.fields);
  const batches = table.batches
    .filter(({ numRows }) => numRows > 0)
    .map(({ numRows: length, data }) => {
      const children = data.children.map((child, index) =>
        adoptData(arrow, child, schema.fields[index]?.type ?? new arrow.Null()),
      );
      return new arrow.RecordBatch(schema, arrow.makeData({ type, length, children }));
    });
  return { schema, batches };
}

function adoptField(arrow: typeof Arrow, { name, nullable, type, metadata }: FieldLike): Arrow.Field {
  return new arrow.Field(name, adoptType(arrow, type), nullable, new Map(metadata ?? []));
}

function adoptType(arrow: typeof Arrow, type: TypeLike): Arrow.DataType {
  const children = (type.children ?? []).map((field) => adoptField(arrow, field));
  const only = children[0] as Arrow.Field;
  switch (type.typeId) {
    case arrow.Type.Null:
      return new arrow.Null();
    case arrow.Type.Int:
      return new arrow.Int(type.isSigned, type.bitWidth as 8);
    case arrow.Type.Float:
      return new arrow.Float(type.precision);
    case arrow.Type.Binary:
      return new arrow.Binary();
    case arrow.Type.LargeBinary:
      return new arrow.LargeBinary();
    case arrow.Type.Utf8:
      return new arrow.Utf8();
    case arrow.Type.LargeUtf8:
      return new arrow.LargeUtf8();
    case arrow.Type.Bool:
      return new arrow.Bool();
    case arrow.Type.Decimal:
      return new arrow.Decimal(type.scale, type.precision, type.bitWidth);
    case arrow.Type.Date:
      return new arrow.Date_(type.unit);
    case arrow.Type.Time:
      return new arrow.Time(type.unit, type.bitWidth as 32);
    case arrow.Type.Timestamp:
      return new arrow.Timestamp(type.unit, type.timezone ?? null);
    case arrow.Type.Interval:
      return new arrow.Interval(type.unit);
    case arrow.Type.Duration:
      return new arrow.Duration(type.unit);
    case arrow.Type.FixedSizeBinary:
      return new arrow.FixedSizeBinary(type.byteWidth);
    case arrow.Type.List:
      return new arrow.List(only);
    case arrow.Type.FixedSizeList:
      return new arrow.FixedSizeList(type.listSize, only);
    case arrow.Type.Struct:
      return new arrow.Struct(children);
    case arrow.Type.Map:
      return new arrow.Map_(only as Arrow.Field<Arrow.Struct>, type.keysSorted);
    case arrow.Type.Dictionary:
      return new arrow.Dictionary(
        adoptType(arrow, type.dictionary),
        adoptType(arrow, type.indices) as Arrow.Int32,
        type.id,
        type.isOrdered,
      );
    default:
      throw new RangeError(`its type ${String(type)} is not known here: give its Arrow IPC bytes instead`);
  }
}

function adoptData(arrow: typeof Arrow, data: DataLike, type: Arrow.DataType): Arrow.Data {
  const { offset, length, nullCount, valueOffsets, values, nullBitmap, typeIds, dictionary } = data;
  const inner = type.children ?? [];
  const children = data.children.map((child, index) =>
    adoptData(arrow, child, inner[index]?.type ?? new arrow.Null()),
  );
  const buffers = {
    0: valueOffsets,
    1: ownNumbers(values, arrow.DataType.isDictionary(type) ? type.indices : type),
    2: nullBitmap,
    3: typeIds,
  };
  const known =
    dictionary === undefined || !arrow.DataType.isDictionary(type)
      ? undefined
      : new arrow.Vector(dictionary.data.map((piece) => adoptData(arrow, piece, type.dictionary)));
  return new arrow.Data(
    type,
    offset,
    length,
    nullCount,
    buffers as ConstructorParameters<typeof Arrow.Data>[4],
    children,
    known,
  );
}

/** Values as this copy has them: what is a number of 64 bits here was two of 32 before version 15. */
function ownNumbers(values: unknown, type: Arrow.DataType): unknown {
  const { ArrayType } = type as { ArrayType?: new (...given: unknown[]) => Uint8Array };
  if (!ArrayBuffer.isView(values) || ArrayType === undefined || values instanceof ArrayType) return values;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  const { BYTES_PER_ELEMENT: width } = ArrayType as unknown as { readonly BYTES_PER_ELEMENT: number };
  return new ArrayType(bytes.buffer, 0, Math.floor(bytes.length / width));
}

import type { ColumnType } from '@cairn/core/plugin';
import type * as Arrow from 'apache-arrow';
import { concatBytes } from './bytes.ts';
import { decodeSchema, encodeStream } from './arrow-stream.ts';
import { endOfStream, messagesOf } from './ipc-message.ts';

/** Under this key Arrow fields say of what kind their bytes are; the engine knows this one. */
const extension = 'ARROW:extension:name';
const mark: ReadonlyMap<string, string> = new Map([[extension, 'arrow.uuid']]);
const uuidBytes = 16;

/**
 * Makes what marks some leaves of a schema as UUIDs, in streams of that schema.
 *
 * @param leaves Which of the columns, and of what is nested in them, are UUIDs, in order.
 */
export async function createMarker(leaves: readonly boolean[]): Promise<(stream: Uint8Array) => Uint8Array> {
  if (!leaves.includes(true)) return (stream) => stream;
  const arrow = await import('apache-arrow');
  let schema: Uint8Array | undefined;
  return (stream) => {
    const [first] = messagesOf(stream);
    if (first === undefined) return stream;
    schema ??= encodeStream(arrow, markLeaves(arrow, decodeSchema(arrow, stream), leaves), []).subarray(
      0,
      -endOfStream.length,
    );
    return concatBytes([schema, stream.subarray(first.bytes.length)]);
  };
}

function markLeaves(arrow: typeof Arrow, schema: Arrow.Schema, leaves: readonly boolean[]): Arrow.Schema {
  let leaf = 0;
  const visit = (field: Arrow.Field): Arrow.Field => {
    const { name, nullable, type } = field;
    if (type.children === null || type.children.length === 0) {
      leaf += 1;
      const isUuid = leaves[leaf - 1] === true && arrow.DataType.isFixedSizeBinary(type);
      return isUuid ? new arrow.Field(name, type, nullable, new Map(mark)) : field;
    }
    return new arrow.Field(name, withChildren(arrow, type, type.children.map(visit)), nullable);
  };
  return new arrow.Schema(schema.fields.map(visit));
}

/** A type that holds others, with other ones. */
function withChildren(
  arrow: typeof Arrow,
  type: Arrow.DataType,
  children: readonly Arrow.Field[],
): Arrow.DataType {
  const [only] = children as readonly [Arrow.Field];
  if (arrow.DataType.isStruct(type)) return new arrow.Struct([...children]);
  if (arrow.DataType.isList(type)) return new arrow.List(only);
  if (arrow.DataType.isFixedSizeList(type)) return new arrow.FixedSizeList(type.listSize, only);
  if (arrow.DataType.isMap(type)) return new arrow.Map_(only as Arrow.Field<Arrow.Struct>, type.keysSorted);
  return type;
}

/**
 * Turns the bytes of UUIDs, as the engine casts them, into UUIDs of Arrow.
 *
 * @param stream A complete Arrow IPC stream.
 * @param uuids The types of the columns that have some, by position.
 */
export async function packUuids(
  stream: Uint8Array,
  uuids: ReadonlyMap<number, ColumnType>,
): Promise<Uint8Array> {
  if (uuids.size === 0) return stream;
  const arrow = await import('apache-arrow');
  const table = arrow.tableFromIPC(stream);
  const schema = new arrow.Schema(
    table.schema.fields.map((field, index) => packField(arrow, field, uuids.get(index))),
  );
  const type = new arrow.Struct(schema.fields);
  // A table without rows has a batch that the library made up.
  const batches = table.batches
    .filter(({ numRows }) => numRows > 0)
    .map((batch) => {
      const children = batch.data.children.map((data, index) => packData(arrow, data, uuids.get(index)));
      return new arrow.RecordBatch(schema, arrow.makeData({ type, length: batch.numRows, children }));
    });
  return encodeStream(arrow, schema, batches);
}

function packField(arrow: typeof Arrow, field: Arrow.Field, of: ColumnType | undefined): Arrow.Field {
  if (of === undefined) return field;
  const { name, nullable } = field;
  const type: Arrow.DataType = field.type;
  if (of.text === 'UUID')
    return new arrow.Field(name, new arrow.FixedSizeBinary(uuidBytes), nullable, new Map(mark));
  const children = (type.children ?? []).map((child, index) =>
    packField(arrow, child, inside(of, index, child.name)),
  );
  return children.length === 0 ? field : new arrow.Field(name, withChildren(arrow, type, children), nullable);
}

function packData(arrow: typeof Arrow, data: Arrow.Data, of: ColumnType | undefined): Arrow.Data {
  if (of === undefined) return data;
  if (of.text === 'UUID') {
    const type = new arrow.FixedSizeBinary(uuidBytes);
    const { length, nullCount, nullBitmap, valueOffsets, values } = data;
    const packed = new Uint8Array(length * uuidBytes);
    for (let row = 0; row < length; row += 1) {
      const [start, end] = [Number(valueOffsets[row]), Number(valueOffsets[row + 1])];
      if (end - start === uuidBytes) packed.set(values.subarray(start, end), row * uuidBytes);
    }
    return arrow.makeData({ type, length, nullCount, nullBitmap, data: packed });
  }
  if (data.children.length === 0) return data;
  const fields = data.type.children ?? [];
  const children = data.children.map((child, index) =>
    packData(arrow, child, inside(of, index, fields[index]?.name ?? '')),
  );
  const type = withChildren(
    arrow,
    data.type,
    fields.map((field, index) => packField(arrow, field, inside(of, index, field.name))),
  );
  return data.clone(type, data.offset, data.length, data.nullCount, undefined, children);
}

/** The type of what a type holds at a position. */
function inside(of: ColumnType, index: number, name: string): ColumnType | undefined {
  switch (of.kind) {
    case 'list':
      return of.child;
    case 'struct':
      return of.fields[index]?.type;
    case 'map':
      // A map holds entries, which hold a key and a value.
      return name === 'entries' ? entriesOf(of) : undefined;
    default:
      return undefined;
  }
}

function entriesOf({ key, value }: ColumnType & { readonly kind: 'map' }): ColumnType {
  return {
    kind: 'struct',
    text: '',
    fields: [
      { name: 'key', type: key },
      { name: 'value', type: value },
    ],
  };
}

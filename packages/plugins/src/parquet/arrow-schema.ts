import type { DataType, Field } from 'apache-arrow';

/**
 * The same schema with microseconds wherever it has nanoseconds in one of the columns. A reader that is told so
 * counts old 96-bit timestamps in microseconds: in nanoseconds every year before 1677 or after 2262 comes out wrong.
 *
 * @param schema An Arrow IPC stream without rows.
 * @returns What Parquet files keep under `ARROW:schema`: the base64 of an Arrow IPC stream.
 */
export async function inMicroseconds(schema: Uint8Array, columns: ReadonlySet<string>): Promise<Uint8Array> {
  const arrow = await import('apache-arrow');
  const retyped = (field: Field): Field => new arrow.Field(field.name, retype(field.type), field.nullable, field.metadata);
  const retype = (type: DataType): DataType => {
    if (arrow.DataType.isTimestamp(type)) return new arrow.TimestampMicrosecond(type.timezone);
    if (arrow.DataType.isList(type)) return new arrow.List(retyped(type.children[0] as Field));
    if (arrow.DataType.isStruct(type)) return new arrow.Struct(type.children.map(retyped));
    if (arrow.DataType.isMap(type)) return new arrow.Map_(retyped(type.children[0] as Field) as never, type.keysSorted);
    return type;
  };
  const { fields, metadata } = arrow.tableFromIPC(schema).schema;
  const changed = fields.map((field) => (columns.has(field.name) ? retyped(field) : field));
  const stream = arrow.tableToIPC(new arrow.Table(new arrow.Schema(changed, metadata)), 'stream');
  return new TextEncoder().encode(btoa(String.fromCharCode(...stream)));
}

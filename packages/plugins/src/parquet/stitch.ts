import { concatBytes } from '../columnar/bytes.ts';
import { parquetField, parseFooter, type ParquetChunk, type ParquetFooter } from './footer.ts';
import {
  thriftInteger,
  thriftList,
  thriftStruct,
  thriftType,
  type ThriftField,
  type ThriftStruct,
} from './thrift.ts';

/** Puts whole Parquet files of one schema behind one another, to one file. */
export interface ParquetStitcher {
  /** Takes the next file; gives the bytes that come next in the one file. */
  add(file: Uint8Array): Uint8Array;
  /** The bytes that end the one file. */
  end(): Uint8Array;
}

const magic = new TextEncoder().encode('PAR1');
const field = parquetField;
const fixedBytes = 7;
const uuidBytes = 16;
const logicalUuid = 14;

/** Makes a stitcher. The schema and all that is said of the whole file are the first one's. */
export function createStitcher(): ParquetStitcher {
  const groups: Uint8Array[] = [];
  let first: ParquetFooter | undefined;
  let [rows, length] = [0, 0];
  return {
    add: (file) => {
      const size = new DataView(file.buffer, file.byteOffset + file.length - 8, 4).getUint32(0, true);
      const footer = parseFooter(file.subarray(file.length - 8 - size, file.length - 8), file.length);
      const isFirst = first === undefined;
      first ??= footer;
      // What stands behind the columns are indexes with positions in them, and nobody needs them.
      const end = footer.rowGroups
        .flatMap(({ chunks }) => chunks)
        .reduce((last, chunk) => Math.max(last, chunk.start + chunk.length), magic.length);
      const bytes = file.subarray(isFirst ? 0 : magic.length, end);
      const moved = isFirst ? 0 : length - magic.length;
      for (const { chunks, fields } of footer.rowGroups)
        groups.push(describeGroup(footer, fields, chunks, moved));
      rows += footer.rows;
      length += bytes.length;
      return bytes;
    },
    end: () => {
      if (first === undefined) throw new RangeError('there is no file to end');
      const { meta } = first;
      const fields = copy(first, meta);
      fields.set(field.file.schema, { type: thriftType.list, raw: thriftList(describeSchema(first)) });
      fields.set(field.file.rows, { type: thriftType.i64, raw: thriftInteger(rows) });
      fields.set(field.file.rowGroups, { type: thriftType.list, raw: thriftList(groups) });
      const footer = thriftStruct(fields);
      const size = new Uint8Array(4);
      new DataView(size.buffer).setUint32(0, footer.length, true);
      return concatBytes([footer, size, magic]);
    },
  };
}

function describeGroup(
  footer: ParquetFooter,
  group: ThriftStruct,
  chunks: readonly ParquetChunk[],
  moved: number,
): Uint8Array {
  const fields = copy(footer, group);
  fields.delete(field.group.ordinal);
  move(footer, group, fields, [field.group.fileOffset], moved);
  const described = chunks.map(({ meta, outer }) => {
    const inner = copy(footer, meta);
    inner.delete(field.meta.bloomFilterOffset);
    inner.delete(field.meta.bloomFilterLength);
    move(footer, meta, inner, [field.meta.dataPage, field.meta.indexPage, field.meta.dictionaryPage], moved);
    const around = new Map<number, ThriftField>();
    const offset = outer.get(field.chunk.fileOffset);
    if (offset !== undefined)
      around.set(field.chunk.fileOffset, { type: offset.type, raw: footer.reader.raw(offset) });
    move(footer, outer, around, [field.chunk.fileOffset], moved);
    around.set(field.chunk.meta, { type: thriftType.struct, raw: thriftStruct(inner) });
    return thriftStruct(around);
  });
  fields.set(field.group.chunks, { type: thriftType.list, raw: thriftList(described) });
  return thriftStruct(fields);
}

/** Moves positions in the file; 0 is none. */
function move(
  { reader }: ParquetFooter,
  from: ThriftStruct,
  to: Map<number, ThriftField>,
  ids: readonly number[],
  by: number,
): void {
  for (const id of ids) {
    const value = from.get(id);
    if (value === undefined) continue;
    const position = reader.integer(value);
    if (position > 0) to.set(id, { type: value.type, raw: thriftInteger(position + by) });
  }
}

/** The schema. Sixteen bytes that are nothing else are a UUID, which the encoder does not say. */
function describeSchema(footer: ParquetFooter): Uint8Array[] {
  const { meta, reader } = footer;
  const schema = meta.get(field.file.schema);
  const elements = schema === undefined ? [] : reader.list(schema);
  return elements.map((value) => {
    const element = reader.struct(value.start);
    const type = element.get(field.element.type);
    const length = element.get(field.element.length);
    const isUuid =
      type !== undefined &&
      reader.integer(type) === fixedBytes &&
      length !== undefined &&
      reader.integer(length) === uuidBytes &&
      !element.has(field.element.convertedType) &&
      !element.has(field.element.logicalType);
    if (!isUuid) return reader.raw(value);
    const uuid = thriftStruct(
      new Map([[logicalUuid, { type: thriftType.struct, raw: thriftStruct(new Map()) }]]),
    );
    return thriftStruct(
      copy(footer, element).set(field.element.logicalType, { type: thriftType.struct, raw: uuid }),
    );
  });
}

function copy({ reader }: ParquetFooter, struct: ThriftStruct): Map<number, ThriftField> {
  return new Map([...struct].map(([id, value]) => [id, { type: value.type, raw: reader.raw(value) }]));
}

import type { Ranges } from '../columnar/ranges.ts';
import { ThriftReader, type ThriftStruct, type ThriftValue } from './thrift.ts';

/** A column, or a leaf of a nested one, as the file declares it. */
export interface ParquetLeaf {
  /** The position of its top-level column. */
  readonly column: number;
  /** The names from the top-level column down. */
  readonly path: readonly string[];
  /** Its type, when the engine or the decoder has none that holds its values; undefined when they have. */
  readonly unsupported: string | undefined;
  /** True for the old 96-bit timestamps. */
  readonly int96: boolean;
  /** True for sixteen bytes that are a UUID. */
  readonly uuid: boolean;
  /** True where there is one value for each row: not inside of lists. */
  readonly flat: boolean;
  /** True when it has nanoseconds that the engine's type of the same meaning has not. */
  readonly nanoseconds: boolean;
}

/** A top-level column of a Parquet file. */
export interface ParquetColumn {
  readonly name: string;
  /** Its elements of the schema: itself, and what is nested in it. */
  readonly elements: readonly ThriftValue[];
}

/** The values of one leaf in one row group. */
export interface ParquetChunk {
  /** Its description as the file has it, and what stands around that. */
  readonly meta: ThriftStruct;
  readonly outer: ThriftStruct;
  readonly dataPage: number;
  /** 0 when there is none. */
  readonly dictionaryPage: number;
  /** The number of the compression. */
  readonly codec: number;
  readonly values: number;
  /** Where its pages begin in the file, and how many bytes they have. */
  readonly start: number;
  readonly length: number;
}

/** Rows that are stored together. */
export interface ParquetRowGroup {
  readonly rows: number;
  /** Bytes without compression; 0 when the file does not say. */
  readonly rawBytes: number;
  /** One for each leaf, in the leaves' order. */
  readonly chunks: readonly ParquetChunk[];
  /** Its description as the file has it. */
  readonly fields: ThriftStruct;
}

/** What the end of a Parquet file says about it. */
export interface ParquetFooter {
  readonly reader: ThriftReader;
  /** All that it says, by the numbers of the fields. */
  readonly meta: ThriftStruct;
  readonly rows: number;
  readonly root: ThriftStruct;
  readonly columns: readonly ParquetColumn[];
  readonly leaves: readonly ParquetLeaf[];
  /** The Arrow schema that the writer left, in base64; undefined when it left none. */
  readonly arrowSchema: Uint8Array | undefined;
  /** Those that have rows, in the file's order. */
  readonly rowGroups: readonly ParquetRowGroup[];
}

/** Numbers of the fields that are used, as parquet.thrift of format version 2.11 has them. */
export const parquetField = {
  file: {
    version: 1,
    schema: 2,
    rows: 3,
    rowGroups: 4,
    keyValues: 5,
    createdBy: 6,
    columnOrders: 7,
    encryption: 8,
  },
  keyValue: { key: 1, value: 2 },
  group: { chunks: 1, totalBytes: 2, rows: 3, fileOffset: 5, ordinal: 7 },
  chunk: { filePath: 1, fileOffset: 2, meta: 3 },
  meta: {
    codec: 4,
    values: 5,
    totalCompressed: 7,
    dataPage: 9,
    indexPage: 10,
    dictionaryPage: 11,
    statistics: 12,
    bloomFilterOffset: 14,
    bloomFilterLength: 15,
  },
  element: {
    type: 1,
    length: 2,
    repetition: 3,
    name: 4,
    children: 5,
    convertedType: 6,
    precision: 8,
    logicalType: 10,
  },
} as const;

/** A footer is read whole, so there is a limit to it; one of ten thousand columns has about a megabyte for each row group. */
const maxFooterBytes = 128 * 1024 * 1024;
/** Most footers are not larger, and come with the first read. */
const usualFooterBytes = 64 * 1024;
const maxDepth = 200;

/** The key under which writers leave an Arrow schema. */
export const arrowSchemaKey = 'ARROW:schema';

const field = parquetField;
const text = new TextDecoder();

/**
 * Reads the footer of a Parquet file.
 *
 * @throws RangeError when there is none, or when it makes no sense
 * @see https://github.com/apache/parquet-format
 */
export async function readFooter(file: Ranges): Promise<ParquetFooter> {
  if (file.size < 12) throw new RangeError(`it has ${file.size} bytes, too few for a Parquet file`);
  const first = Math.min(file.size, usualFooterBytes);
  const end = await file.read(file.size - first, first);
  const magic = text.decode(end.subarray(-4));
  if (magic === 'PARE') throw new RangeError('it is encrypted');
  if (magic !== 'PAR1') throw new RangeError('it does not end in PAR1: it is truncated, or no Parquet file');
  const length = new DataView(end.buffer, end.byteOffset + end.length - 8, 4).getUint32(0, true);
  if (length > file.size - 12) throw new RangeError(`its footer of ${length} bytes is longer than the file`);
  if (length > maxFooterBytes)
    throw new RangeError(`its footer has ${length} bytes, and ${maxFooterBytes} are the most that are read`);
  const isThere = length + 8 <= end.length;
  return parseFooter(
    isThere
      ? end.subarray(end.length - 8 - length, end.length - 8)
      : await file.read(file.size - 8 - length, length),
    file.size,
  );
}

/**
 * Reads what a footer says.
 *
 * @param bytes The footer alone.
 * @param fileSize Bytes of the file that it is of.
 * @throws RangeError when it makes no sense
 */
export function parseFooter(bytes: Uint8Array, fileSize: number): ParquetFooter {
  const reader = new ThriftReader(bytes);
  const meta = reader.struct(0);
  if (meta.has(field.file.encryption)) throw new RangeError('it is encrypted');
  const elements = reader.list(need(meta, field.file.schema, 'a schema'));
  const { columns, leaves } = readSchema(reader, elements);
  const keyValues = meta.get(field.file.keyValues);
  const rows = reader.integer(need(meta, field.file.rows, 'a number of rows'));
  const rowGroups = reader
    .list(need(meta, field.file.rowGroups, 'row groups'))
    .map((group) => reader.struct(group.start))
    .filter((group) => reader.integer(need(group, field.group.rows, 'how many rows a row group has')) > 0)
    .map((group) => readRowGroup(reader, group, fileSize, leaves.length));
  const sum = rowGroups.reduce((total, group) => total + group.rows, 0);
  if (sum !== rows) throw new RangeError(`it has ${rows} rows, and its row groups ${sum}`);
  let bytesOfAll = 0;
  for (const { chunks } of rowGroups) for (const { length } of chunks) bytesOfAll += length;
  if (bytesOfAll > fileSize) {
    throw new RangeError(`its columns are said to have ${bytesOfAll} bytes, in a file of ${fileSize}`);
  }
  return {
    reader,
    meta,
    rows,
    root: reader.struct((elements[0] as ThriftValue).start),
    columns,
    leaves,
    arrowSchema: keyValues === undefined ? undefined : valueOf(reader, keyValues, arrowSchemaKey),
    rowGroups,
  };
}

function need(struct: ThriftStruct, id: number, what: string): ThriftValue {
  const value = struct.get(id);
  if (value === undefined) throw new RangeError(`its footer does not say ${what}`);
  return value;
}

function valueOf(reader: ThriftReader, keyValues: ThriftValue, key: string): Uint8Array | undefined {
  for (const entry of reader.list(keyValues)) {
    const pair = reader.struct(entry.start);
    const value = pair.get(field.keyValue.value);
    if (text.decode(reader.binary(need(pair, field.keyValue.key, 'a key'))) === key && value)
      return reader.binary(value);
  }
  return undefined;
}

/** Reads the schema, which the file lists as a flattened tree. */
function readSchema(
  reader: ThriftReader,
  elements: readonly ThriftValue[],
): { columns: ParquetColumn[]; leaves: ParquetLeaf[] } {
  const columns: ParquetColumn[] = [];
  const leaves: ParquetLeaf[] = [];
  let next = 0;
  const take = (): ThriftStruct => {
    const value = elements[next];
    if (value === undefined) throw new RangeError('its schema ends too early');
    next += 1;
    return reader.struct(value.start);
  };
  const childrenOf = (element: ThriftStruct): number => {
    const count = element.get(field.element.children);
    return count === undefined ? 0 : reader.integer(count);
  };
  const visit = (above: readonly string[], column: number, isFlat: boolean): void => {
    if (above.length >= maxDepth) throw new RangeError(`its schema is nested more than ${maxDepth} deep`);
    const element = take();
    const path = [...above, text.decode(reader.binary(need(element, field.element.name, "a column's name")))];
    const type = element.get(field.element.type);
    const repetition = element.get(field.element.repetition);
    const flat = isFlat && (repetition === undefined || reader.integer(repetition) !== repeated);
    if (type === undefined) {
      for (let child = childrenOf(element); child > 0; child -= 1) visit(path, column, flat);
      return;
    }
    leaves.push({
      column,
      path,
      flat,
      int96: reader.integer(type) === 3,
      uuid: logicalTypeOf(reader, element)?.[0] === logicalUuid,
      nanoseconds: losesNanoseconds(reader, element),
      unsupported: unsupportedType(reader, element),
    });
  };
  const count = childrenOf(take());
  for (let column = 0; column < count; column += 1) {
    const start = next;
    visit([], column, true);
    const name = reader.struct((elements[start] as ThriftValue).start).get(field.element.name) as ThriftValue;
    columns.push({ name: text.decode(reader.binary(name)), elements: elements.slice(start, next) });
  }
  return { columns, leaves };
}

// Numbers in the union of logical types.
const logicalDecimal = 5;
const logicalTime = 7;
const logicalTimestamp = 8;
const logicalUuid = 14;
const logicalFloat16 = 15;
const convertedDecimal = 5;
const convertedInterval = 21;
const repeated = 2;

function logicalTypeOf(
  reader: ThriftReader,
  element: ThriftStruct,
): readonly [kind: number, value: ThriftStruct] | undefined {
  const union = element.get(field.element.logicalType);
  if (union === undefined) return undefined;
  for (const [kind, value] of reader.struct(union.start)) return [kind, reader.struct(value.start)];
  return undefined;
}

/** True for a TIME, or a TIMESTAMP that is an instant, in nanoseconds: the engine has microseconds there. */
function losesNanoseconds(reader: ThriftReader, element: ThriftStruct): boolean {
  const [kind, value] = logicalTypeOf(reader, element) ?? [];
  const unit = value?.get(2);
  if (unit === undefined || (kind !== logicalTime && kind !== logicalTimestamp)) return false;
  const isInstant = value?.get(1)?.type === 1;
  return reader.struct(unit.start).has(3) && (kind === logicalTime || isInstant);
}

/** Says which types the engine has no match for. */
function unsupportedType(reader: ThriftReader, element: ThriftStruct): string | undefined {
  const [kind] = logicalTypeOf(reader, element) ?? [];
  if (kind === logicalFloat16) return 'FLOAT16';
  const converted = element.get(field.element.convertedType);
  const precision = element.get(field.element.precision);
  if (converted !== undefined && reader.integer(converted) === convertedInterval) return 'INTERVAL';
  const isDecimal =
    kind === logicalDecimal || (converted !== undefined && reader.integer(converted) === convertedDecimal);
  const digits = precision === undefined ? 0 : reader.integer(precision);
  return isDecimal && digits > 38 ? `DECIMAL with ${digits} digits (38 are the most)` : undefined;
}

function readRowGroup(
  reader: ThriftReader,
  group: ThriftStruct,
  fileSize: number,
  leaves: number,
): ParquetRowGroup {
  const chunks = reader.list(need(group, field.group.chunks, 'the columns of a row group')).map((value) => {
    const chunk = reader.struct(value.start);
    if (chunk.has(field.chunk.filePath)) throw new RangeError('it keeps columns in other files');
    const meta = reader.struct(need(chunk, field.chunk.meta, 'where a column is').start);
    const dataPage = reader.integer(need(meta, field.meta.dataPage, 'where a column begins'));
    const dictionary = meta.get(field.meta.dictionaryPage);
    const dictionaryPage = dictionary === undefined ? 0 : reader.integer(dictionary);
    const start = dictionaryPage > 0 ? Math.min(dictionaryPage, dataPage) : dataPage;
    const length = reader.integer(need(meta, field.meta.totalCompressed, 'how long a column is'));
    if (start < 4 || length < 0 || start + length > fileSize) {
      throw new RangeError(
        `a column is said to be at byte ${start}, ${length} bytes long, in a file of ${fileSize}`,
      );
    }
    const codec = reader.integer(need(meta, field.meta.codec, 'how a column is compressed'));
    const values = reader.integer(need(meta, field.meta.values, 'how many values a column has'));
    return { meta, outer: chunk, dataPage, dictionaryPage, codec, values, start, length };
  });
  if (chunks.length !== leaves)
    throw new RangeError(`a row group has ${chunks.length} columns, and the schema ${leaves}`);
  const totalBytes = group.get(field.group.totalBytes);
  return {
    rows: reader.integer(group.get(field.group.rows) as ThriftValue),
    rawBytes: totalBytes === undefined ? 0 : reader.integer(totalBytes),
    chunks,
    fields: group,
  };
}

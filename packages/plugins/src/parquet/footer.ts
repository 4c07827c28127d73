import {
  concatBytes,
  thriftBinary,
  thriftInteger,
  thriftList,
  ThriftReader,
  thriftStruct,
  thriftType,
  type ThriftStruct,
  type ThriftValue,
} from './thrift.ts';

/** A column, or a part of a nested one, as the file declares it. */
export interface ParquetField {
  /** The names from the top-level column down. */
  readonly path: readonly string[];
  /** Why the engine cannot take it; undefined when it can. */
  readonly unsupported: string | undefined;
  /** True for the old 96-bit timestamps. */
  readonly int96: boolean;
  /** True when it has nanoseconds that the engine's type of the same meaning has not. */
  readonly nanoseconds: boolean;
}

/** Rows that are stored together, cut out as a Parquet file of their own. */
export interface RowGroup {
  readonly rows: number;
  /** Bytes in the file. */
  readonly bytes: number;
  /** Bytes without compression; 0 when the file does not say. */
  readonly rawBytes: number;
  /**
   * A whole Parquet file with this row group alone.
   *
   * @param arrowSchema Replaces the Arrow schema that the file states; undefined keeps it.
   */
  file(arrowSchema?: Uint8Array): Uint8Array;
}

/** What the end of a Parquet file says about it. */
export interface ParquetFooter {
  readonly rows: number;
  /** Every leaf, in the file's order. */
  readonly fields: readonly ParquetField[];
  /** The names of the top-level columns, in the file's order. */
  readonly columns: readonly string[];
  /** True when the writer left an Arrow schema. */
  readonly hasArrowSchema: boolean;
  /** Those that have rows, in the file's order. */
  readonly rowGroups: readonly RowGroup[];
  /** The file without any rows. */
  empty(): Uint8Array;
}

// Field numbers of parquet.thrift, format version 2.11.
const fileField = { schema: 2, rows: 3, rowGroups: 4, keyValues: 5, encryption: 8 } as const;
const groupField = { chunks: 1, totalBytes: 2, rows: 3 } as const;
const chunkField = { filePath: 1, fileOffset: 2, metaData: 3 } as const;
const columnField = {
  totalCompressed: 7,
  dataPage: 9,
  indexPage: 10,
  dictionaryPage: 11,
  statistics: 12,
  bloomFilterOffset: 14,
  bloomFilterLength: 15,
} as const;
const schemaField = { type: 1, name: 4, children: 5, convertedType: 6, precision: 8, logicalType: 10 } as const;

const magic = new TextEncoder().encode('PAR1');
const arrowSchemaKey = 'ARROW:schema';
const rowsOfGroup = 'how many rows a row group has';

/**
 * Reads the footer of a Parquet file.
 *
 * @throws RangeError when there is none, or when it makes no sense
 * @see https://github.com/apache/parquet-format
 */
export function readFooter(file: Uint8Array): ParquetFooter {
  if (file.length < 12) throw new RangeError(`it has ${file.length} bytes, too few for a Parquet file`);
  const tail = new TextDecoder().decode(file.subarray(-4));
  if (tail === 'PARE') throw new RangeError('it is encrypted');
  if (tail !== 'PAR1') throw new RangeError('it does not end in PAR1: it is truncated, or no Parquet file');
  const length = new DataView(file.buffer, file.byteOffset + file.length - 8, 4).getUint32(0, true);
  if (length > file.length - 12) throw new RangeError(`its footer of ${length} bytes is longer than the file`);

  const footer = file.subarray(file.length - 8 - length, file.length - 8);
  const reader = new ThriftReader(footer);
  const meta = reader.struct(0);
  if (meta.has(fileField.encryption)) throw new RangeError('it is encrypted');
  const { fields, columns } = readSchema(reader, reader.list(need(meta, fileField.schema, 'a schema')));

  /** A file of the same schema with other row groups. */
  const rebuild = (rows: number, groups: readonly Uint8Array[], pages: Uint8Array, arrowSchema?: Uint8Array) => {
    const parts = new Map<number, { type: number; raw: Uint8Array }>();
    for (const [id, value] of meta) parts.set(id, { type: value.type, raw: reader.raw(value) });
    parts.set(fileField.rows, { type: thriftType.i64, raw: thriftInteger(rows) });
    parts.set(fileField.rowGroups, { type: thriftType.list, raw: thriftList(groups) });
    if (arrowSchema !== undefined) {
      const entry = thriftStruct(
        new Map([
          [1, { type: thriftType.binary, raw: thriftBinary(new TextEncoder().encode(arrowSchemaKey)) }],
          [2, { type: thriftType.binary, raw: thriftBinary(arrowSchema) }],
        ]),
      );
      parts.set(fileField.keyValues, { type: thriftType.list, raw: thriftList([entry]) });
    }
    const made = thriftStruct(parts);
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, made.length, true);
    return concatBytes([magic, pages, made, size, magic]);
  };

  const keyValues = meta.get(fileField.keyValues);
  return {
    rows: reader.integer(need(meta, fileField.rows, 'a number of rows')),
    fields,
    columns,
    hasArrowSchema: keyValues !== undefined && hasKey(reader, keyValues, arrowSchemaKey),
    rowGroups: reader
      .list(need(meta, fileField.rowGroups, 'row groups'))
      .map((value) => reader.struct(value.start))
      .filter((group) => reader.integer(need(group, groupField.rows, rowsOfGroup)) > 0)
      .map((group) => readRowGroup(reader, group, file, rebuild)),
    empty: () => rebuild(0, [], new Uint8Array(0)),
  };
}

function need(struct: ThriftStruct, id: number, what: string): ThriftValue {
  const value = struct.get(id);
  if (value === undefined) throw new RangeError(`its footer does not say ${what}`);
  return value;
}

function hasKey(reader: ThriftReader, keyValues: ThriftValue, key: string): boolean {
  return reader.list(keyValues).some((entry) => {
    const name = reader.struct(entry.start).get(1);
    return name !== undefined && new TextDecoder().decode(reader.binary(name)) === key;
  });
}

/** The top-level columns and the leaves of the schema, which the file lists as a flattened tree. */
function readSchema(
  reader: ThriftReader,
  elements: readonly ThriftValue[],
): { columns: string[]; fields: ParquetField[] } {
  const columns: string[] = [];
  const fields: ParquetField[] = [];
  let next = 0;
  const visit = (path: readonly string[]): void => {
    const value = elements[next];
    if (value === undefined) throw new RangeError('its schema ends too early');
    const element = reader.struct(value.start);
    const root = next === 0;
    next += 1;
    const name = new TextDecoder().decode(reader.binary(need(element, schemaField.name, "a column's name")));
    const here = root ? [] : [...path, name];
    if (here.length === 1) columns.push(name);
    const type = element.get(schemaField.type);
    if (type === undefined) {
      const children = element.get(schemaField.children);
      const count = children === undefined ? 0 : reader.integer(children);
      for (let child = 0; child < count; child += 1) visit(here);
    } else {
      const physical = reader.integer(type);
      fields.push({
        path: here,
        int96: physical === 3,
        nanoseconds: losesNanoseconds(reader, element),
        unsupported: unsupported(reader, element),
      });
    }
  };
  visit([]);
  return { columns, fields };
}

/** True for a TIME, or a TIMESTAMP that is an instant, in nanoseconds: the engine has microseconds there. */
function losesNanoseconds(reader: ThriftReader, element: ThriftStruct): boolean {
  const logical = element.get(schemaField.logicalType);
  const [kind, value] = logical === undefined ? [] : ([...reader.struct(logical.start)][0] ?? []);
  if (value === undefined || (kind !== 7 && kind !== 8)) return false;
  const type = reader.struct(value.start);
  const unit = type.get(2);
  const instant = type.get(1)?.type === 1;
  return unit !== undefined && reader.struct(unit.start).has(3) && (kind === 7 || instant);
}

/** Says which types of a Parquet file the engine has no match for. */
function unsupported(reader: ThriftReader, element: ThriftStruct): string | undefined {
  const logical = element.get(schemaField.logicalType);
  const kind = logical === undefined ? undefined : [...reader.struct(logical.start)][0];
  if (kind?.[0] === 15) return 'FLOAT16';
  const converted = element.get(schemaField.convertedType);
  const precision = element.get(schemaField.precision);
  const decimal = kind?.[0] === 5 || (converted !== undefined && reader.integer(converted) === 5);
  if (decimal && precision !== undefined && reader.integer(precision) > 38) {
    return `DECIMAL with ${reader.integer(precision)} digits, which is more than 38`;
  }
  return undefined;
}

function readRowGroup(
  reader: ThriftReader,
  group: ThriftStruct,
  file: Uint8Array,
  rebuild: (rows: number, groups: readonly Uint8Array[], pages: Uint8Array, arrowSchema?: Uint8Array) => Uint8Array,
): RowGroup {
  const rows = reader.integer(need(group, groupField.rows, rowsOfGroup));
  const chunks = reader.list(need(group, groupField.chunks, 'the columns of a row group')).map((value) => {
    const chunk = reader.struct(value.start);
    if (chunk.has(chunkField.filePath)) throw new RangeError('it keeps columns in other files');
    const column = reader.struct(need(chunk, chunkField.metaData, 'where a column is').start);
    const dataPage = reader.integer(need(column, columnField.dataPage, 'where a column begins'));
    const dictionary = column.get(columnField.dictionaryPage);
    const dictionaryPage = dictionary === undefined ? 0 : reader.integer(dictionary);
    const start = dictionaryPage > 0 ? Math.min(dictionaryPage, dataPage) : dataPage;
    const length = reader.integer(need(column, columnField.totalCompressed, 'how long a column is'));
    if (start < 4 || length < 0 || start + length > file.length) {
      throw new RangeError(`a column is said to be at byte ${start}, ${length} bytes long, in a file of ${file.length}`);
    }
    return { column, dataPage, dictionaryPage, start, length };
  });

  const total = group.get(groupField.totalBytes);
  const rawBytes = total === undefined ? 0 : reader.integer(total);
  const start = Math.min(...chunks.map((chunk) => chunk.start));
  const end = Math.max(...chunks.map((chunk) => chunk.start + chunk.length));
  return {
    rows,
    bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    rawBytes,
    file: (arrowSchema) => {
      // The pages move to just behind the first PAR1, and whatever points at them moves along.
      const moved = (offset: number) => ({ type: thriftType.i64, raw: thriftInteger(offset - start + magic.length) });
      const columns = chunks.map(({ column, dataPage, dictionaryPage }) => {
        const parts = new Map<number, { type: number; raw: Uint8Array }>();
        for (const [id, value] of column) parts.set(id, { type: value.type, raw: reader.raw(value) });
        for (const id of [
          columnField.indexPage,
          columnField.dictionaryPage,
          columnField.statistics,
          columnField.bloomFilterOffset,
          columnField.bloomFilterLength,
        ]) {
          parts.delete(id);
        }
        parts.set(columnField.dataPage, moved(dataPage));
        if (dictionaryPage > 0) parts.set(columnField.dictionaryPage, moved(dictionaryPage));
        return thriftStruct(
          new Map([
            [chunkField.fileOffset, { type: thriftType.i64, raw: thriftInteger(0) }],
            [chunkField.metaData, { type: thriftType.struct, raw: thriftStruct(parts) }],
          ]),
        );
      });
      const made = thriftStruct(
        new Map([
          [groupField.chunks, { type: thriftType.list, raw: thriftList(columns) }],
          [groupField.totalBytes, { type: thriftType.i64, raw: thriftInteger(rawBytes) }],
          [groupField.rows, { type: thriftType.i64, raw: thriftInteger(rows) }],
        ]),
      );
      return rebuild(rows, [made], file.subarray(start, end), arrowSchema);
    },
  };
}

import { concatBytes } from '../columnar/bytes.ts';
import { countMicroseconds, fromBase64, keepColumns, toBase64, usePlainTypes } from './arrow-schema.ts';
import {
  arrowSchemaKey,
  type ParquetChunk,
  parquetField,
  type ParquetFooter,
  type ParquetRowGroup,
} from './footer.ts';
import {
  thriftBinary,
  thriftInteger,
  thriftList,
  thriftStruct,
  thriftType,
  type ThriftField,
  type ThriftStruct,
} from './thrift.ts';

/** Cuts small Parquet files out of a large one, so that no more than they hold has to be handed over and decoded. */
export interface ParquetCutter {
  /** A whole Parquet file with some of the row groups, of the chosen columns. */
  rowGroups(groups: readonly LoadedGroup[]): Promise<Uint8Array>;
  /** A whole Parquet file without rows. */
  empty(): Promise<Uint8Array>;
}

/** A row group and the bytes of its chosen columns. */
export interface LoadedGroup {
  readonly group: ParquetRowGroup;
  /** By the position of the leaf; those that are not chosen are missing. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

const magic = new TextEncoder().encode('PAR1');
const field = parquetField;

/**
 * Makes a cutter.
 *
 * @param kept Positions of the top-level columns to keep, ascending.
 * @param schemaOf Says what Arrow schema a reader makes of a file, as an Arrow IPC stream. Asked where there are 96-bit
 *   timestamps: readers count them in nanoseconds, in which every year before 1677 or after 2262 comes out wrong,
 *   unless an Arrow schema tells them to count in microseconds.
 */
export function createCutter(
  footer: ParquetFooter,
  kept: readonly number[],
  schemaOf: (file: Uint8Array) => Promise<Uint8Array>,
): ParquetCutter {
  const { reader } = footer;
  const schema = thriftList([
    thriftStruct(copy(footer, footer.root).set(field.element.children, integer(thriftType.i32, kept.length))),
    ...kept.flatMap((column) => footer.columns[column]?.elements.map((element) => reader.raw(element)) ?? []),
  ]);

  const version = { type: thriftType.i32, raw: thriftInteger(1) };
  const build = (
    rows: number,
    pages: readonly Uint8Array[],
    groups: readonly Uint8Array[],
    arrowSchema: Uint8Array | undefined,
  ) => {
    const fields = new Map<number, ThriftField>([
      [field.file.version, version],
      [field.file.schema, { type: thriftType.list, raw: schema }],
      [field.file.rows, integer(thriftType.i64, rows)],
      [field.file.rowGroups, { type: thriftType.list, raw: thriftList(groups) }],
    ]);
    if (arrowSchema !== undefined) {
      const pair = new Map<number, ThriftField>([
        [
          field.keyValue.key,
          { type: thriftType.binary, raw: thriftBinary(new TextEncoder().encode(arrowSchemaKey)) },
        ],
        [field.keyValue.value, { type: thriftType.binary, raw: thriftBinary(arrowSchema) }],
      ]);
      fields.set(field.file.keyValues, { type: thriftType.list, raw: thriftList([thriftStruct(pair)]) });
    }
    const made = thriftStruct(fields);
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, made.length, true);
    return concatBytes([magic, ...pages, made, size, magic]);
  };

  let known: Promise<Uint8Array | undefined> | undefined;
  const arrowSchema = (): Promise<Uint8Array | undefined> =>
    (known ??= findArrowSchema(footer, kept, () => schemaOf(build(0, [], [], undefined))));

  return {
    rowGroups: async (groups) => {
      const pages: Uint8Array[] = [];
      let end = magic.length;
      const described = groups.map(({ group, pages: loaded }) => {
        const chunks = [...loaded].map(([leaf, bytes]) => {
          pages.push(bytes);
          end += bytes.length;
          return describeChunk(footer, group.chunks[leaf] as ParquetChunk, end - bytes.length);
        });
        return thriftStruct(
          new Map([
            [field.group.chunks, { type: thriftType.list, raw: thriftList(chunks) }],
            [field.group.totalBytes, integer(thriftType.i64, group.rawBytes)],
            [field.group.rows, integer(thriftType.i64, group.rows)],
          ]),
        );
      });
      const rows = groups.reduce((sum, { group }) => sum + group.rows, 0);
      return build(rows, pages, described, await arrowSchema());
    },
    empty: async () => build(0, [], [], await arrowSchema()),
  };
}

/** Describes a column's values, which now begin at a position. */
function describeChunk(
  footer: ParquetFooter,
  { meta, dataPage, dictionaryPage, start }: ParquetChunk,
  position: number,
): Uint8Array {
  const moved = (offset: number): ThriftField => integer(thriftType.i64, offset - start + position);
  const fields = copy(footer, meta);
  // What points elsewhere in the old file, and what helps to skip values, which is not done.
  for (const id of [
    field.meta.indexPage,
    field.meta.dictionaryPage,
    field.meta.statistics,
    field.meta.bloomFilterOffset,
    field.meta.bloomFilterLength,
  ]) {
    fields.delete(id);
  }
  fields.set(field.meta.dataPage, moved(dataPage));
  if (dictionaryPage > 0) fields.set(field.meta.dictionaryPage, moved(dictionaryPage));
  return thriftStruct(
    new Map([
      [field.chunk.fileOffset, integer(thriftType.i64, 0)],
      [field.chunk.meta, { type: thriftType.struct, raw: thriftStruct(fields) }],
    ]),
  );
}

function integer(type: number, value: number): ThriftField {
  return { type, raw: thriftInteger(value) };
}

function copy({ reader }: ParquetFooter, struct: ThriftStruct): Map<number, ThriftField> {
  return new Map([...struct].map(([id, value]) => [id, { type: value.type, raw: reader.raw(value) }]));
}

/** The Arrow schema, in base64, that makes a reader take the kept columns for what they are; undefined: none is needed. */
async function findArrowSchema(
  { arrowSchema, columns, leaves }: ParquetFooter,
  kept: readonly number[],
  schemaOf: () => Promise<Uint8Array>,
): Promise<Uint8Array | undefined> {
  if (arrowSchema !== undefined) {
    const message = fromBase64(arrowSchema);
    usePlainTypes(message);
    if (kept.length < columns.length) keepColumns(message, kept);
    return toBase64(message);
  }
  const positions = new Map(kept.map((column, index) => [column, index]));
  const old = leaves.filter((leaf) => leaf.int96 && positions.has(leaf.column));
  if (old.length === 0) return undefined;
  const message = (await schemaOf()).slice();
  countMicroseconds(message, new Set(old.map((leaf) => positions.get(leaf.column) as number)));
  return toBase64(message);
}

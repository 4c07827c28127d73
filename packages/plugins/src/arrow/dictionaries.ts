import type * as Arrow from 'apache-arrow';
import { BatchBody } from './body.ts';
import { isValid, readColumn, type ColumnSource } from './columns.ts';
import type { FlatTable } from '../columnar/flatbuffer.ts';
import type { IncomingField } from './schema.ts';

const dictionaryField = { id: 0, data: 1, isDelta: 2 } as const;

/** The values of a column as a dictionary has them: each is some bytes, or null. */
interface Entries {
  readonly count: number;
  readonly data: Uint8Array;
  /** Where each begins, and where the last one ends. */
  readonly offsets: Int32Array;
  readonly nulls: Uint8Array | undefined;
}

/** What is common to all columns of a batch. */
interface Common {
  readonly length: number;
  readonly nullCount: number;
  readonly nullBitmap: Uint8Array | undefined;
}

/** The dictionaries of an Arrow IPC stream, as they are at one point in it. */
export interface Dictionaries {
  /** Takes a dictionary batch. @throws RangeError when it makes no sense */
  take(header: FlatTable, body: Uint8Array): Promise<void>;
  /** Puts a column's values in the place of their positions. @throws RangeError for a position that there is not */
  look(source: ColumnSource, field: IncomingField, positions: Uint8Array, common: Common): Arrow.Data;
}

/**
 * @param kept The columns that are read.
 * @param all All columns: dictionaries of the others are passed over.
 */
export function createDictionaries(
  arrow: typeof Arrow,
  kept: readonly IncomingField[],
  all: readonly IncomingField[],
): Dictionaries {
  const declared = declaredIn(kept);
  const others = declaredIn(all);
  const known = new Map<number, Entries[]>();
  /** A dictionary that went on is put together when it is needed. */
  const whole = (id: number): Entries | undefined => {
    const pieces = known.get(id);
    const one = pieces?.reduce(joined);
    if (one !== undefined) known.set(id, [one]);
    return one;
  };

  const self: Dictionaries = {
    take: async (header, bytes) => {
      const id = header.long(dictionaryField.id);
      const field = declared.get(id);
      const batch = header.table(dictionaryField.data);
      if (field === undefined && others.has(id)) return;
      if (field === undefined || batch === undefined)
        throw new RangeError(`no column has the dictionary ${id}`);
      const body = new BatchBody(batch, bytes);
      const values = { ...field, dictionary: undefined };
      const source = { arrow, body, dictionaries: self };
      const entries = entriesOf(field, await readColumn(source, values));
      const before = header.byte(dictionaryField.isDelta) === 0 ? [] : (known.get(id) ?? []);
      known.set(id, [...before, entries]);
    },

    look: ({ body }, field, positions, common) => {
      const { id, indexBytes, isSigned } = field.dictionary as NonNullable<IncomingField['dictionary']>;
      const entries = whole(id);
      if (entries === undefined && common.length > 0)
        throw new RangeError(`column '${field.name}': its dictionary is not there`);
      const { length, nullBitmap } = common;
      const nulls = new Uint8Array((length + 7) >> 3);
      const chosen = new Int32Array(length);
      const offsets = new Int32Array(length + 1);
      const read = readerOf(positions, indexBytes, isSigned);
      let [total, nullCount] = [0, 0];
      for (let row = 0; row < length; row += 1) {
        const isThere = isValid(nullBitmap, row);
        const at = isThere ? read(row) : 0;
        if (isThere && !(at >= 0 && at < (entries?.count ?? 0)))
          throw new RangeError(`column '${field.name}': its dictionary has no value ${at}`);
        if (isThere && isValid(entries?.nulls, at)) {
          nulls[row >> 3] = (nulls[row >> 3] as number) | (1 << (row & 7));
          chosen[row] = at;
          total += sizeOf(entries, at);
        } else {
          chosen[row] = -1;
          nullCount += 1;
        }
        if (total >= 2 ** 31)
          throw new RangeError(`column '${field.name}': its values are too many for one batch`);
        offsets[row + 1] = total;
      }
      const { layout } = field;
      const width = layout.kind === 'fixed' ? layout.bits / 8 : 0;
      const bytes = width > 0 ? width * length : total;
      body.spend(bytes);
      const data = new Uint8Array(bytes);
      for (let row = 0; row < length; row += 1) {
        const at = chosen[row] as number;
        if (at < 0 || entries === undefined) continue;
        const value = entries.data.subarray(entries.offsets[at], entries.offsets[at + 1]);
        data.set(value, width > 0 ? row * width : offsets[row]);
      }
      const made = { length, nullCount, nullBitmap: nullCount > 0 ? nulls : undefined };
      if (layout.kind === 'fixed') return arrow.makeData({ ...made, type: layout.type as Arrow.Int, data });
      if (layout.kind === 'bytes' || layout.kind === 'view')
        return arrow.makeData({ ...made, type: layout.type as Arrow.Utf8, valueOffsets: offsets, data });
      throw new RangeError(`column '${field.name}': dictionaries of such values cannot be read`);
    },
  };
  return self;
}

function declaredIn(fields: readonly IncomingField[]): Map<number, IncomingField> {
  const declared = new Map<number, IncomingField>();
  const find = (field: IncomingField): void => {
    if (field.dictionary !== undefined) declared.set(field.dictionary.id, field);
    for (const child of field.children) find(child);
  };
  for (const field of fields) find(field);
  return declared;
}

const sizeOf = (entries: Entries | undefined, at: number): number =>
  entries === undefined ? 0 : (entries.offsets[at + 1] as number) - (entries.offsets[at] as number);

function entriesOf(field: IncomingField, values: Arrow.Data): Entries {
  const { length, nullCount } = values;
  const nulls = nullCount > 0 ? values.nullBitmap : undefined;
  const { layout } = field;
  if (layout.kind === 'bytes' || layout.kind === 'view')
    return { count: length, data: values.values, offsets: values.valueOffsets, nulls };
  if (layout.kind !== 'fixed' || layout.bits % 8 !== 0)
    throw new RangeError(`column '${field.name}': dictionaries of such values cannot be read`);
  const width = layout.bits / 8;
  const { buffer, byteOffset } = values.values as Uint8Array;
  const offsets = Int32Array.from({ length: length + 1 }, (_, index) => index * width);
  return { count: length, data: new Uint8Array(buffer, byteOffset, length * width), offsets, nulls };
}

/** A dictionary that goes on. */
function joined(before: Entries, more: Entries): Entries {
  const [from, added] = [before.offsets[0] as number, more.offsets[0] as number];
  const end = before.offsets[before.count] as number;
  const size = (more.offsets[more.count] as number) - added;
  const data = new Uint8Array(end - from + size);
  data.set(before.data.subarray(from, end));
  data.set(more.data.subarray(added, added + size), end - from);
  const count = before.count + more.count;
  const offsets = new Int32Array(count + 1);
  for (let at = 0; at <= before.count; at += 1) offsets[at] = (before.offsets[at] as number) - from;
  for (let at = 1; at <= more.count; at += 1)
    offsets[before.count + at] = (more.offsets[at] as number) - added + end - from;
  let nulls: Uint8Array | undefined;
  if (before.nulls !== undefined || more.nulls !== undefined) {
    nulls = new Uint8Array((count + 7) >> 3);
    for (let at = 0; at < count; at += 1) {
      const isThere = at < before.count ? isValid(before.nulls, at) : isValid(more.nulls, at - before.count);
      if (isThere) nulls[at >> 3] = (nulls[at >> 3] as number) | (1 << (at & 7));
    }
  }
  return { count, data, offsets, nulls };
}

/** Reads a position. */
function readerOf(bytes: Uint8Array, width: number, isSigned: boolean): (row: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (width) {
    case 1:
      return isSigned ? (row) => view.getInt8(row) : (row) => view.getUint8(row);
    case 2:
      return isSigned ? (row) => view.getInt16(2 * row, true) : (row) => view.getUint16(2 * row, true);
    case 4:
      return isSigned ? (row) => view.getInt32(4 * row, true) : (row) => view.getUint32(4 * row, true);
    default:
      return (row) => Number(view.getBigInt64(8 * row, true));
  }
}

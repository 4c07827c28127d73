import type * as Arrow from 'apache-arrow';
import type { BatchBody } from './body.ts';
import { isText } from './check-text.ts';
import type { Dictionaries } from './dictionaries.ts';
import { typeOf } from './field-types.ts';
import type { IncomingField } from './schema.ts';

/** What reading a column needs. */
export interface ColumnSource {
  readonly arrow: typeof Arrow;
  readonly body: BatchBody;
  readonly dictionaries: Dictionaries;
}

function damaged(field: IncomingField, what: string): never {
  throw new RangeError(`column '${field.name}': ${what}`);
}

/**
 * Reads a column out of a batch, and all that is nested in it: plain, with every position within bounds.
 *
 * @throws RangeError when its buffers are not what its type and length need
 */
export async function readColumn(source: ColumnSource, field: IncomingField): Promise<Arrow.Data> {
  const { arrow, body, dictionaries } = source;
  const { layout, dictionary } = field;
  const { length, nulls } = body.node(layout.kind === 'null' && dictionary === undefined);
  if (layout.kind === 'unsupported') return damaged(field, `its type ${layout.name} cannot be read`);
  if (layout.kind === 'null' && dictionary === undefined)
    return arrow.makeData({ type: layout.type, length });

  const bitmap = await body.buffer();
  const hasNulls = nulls > 0 || (nulls < 0 && bitmap.length > 0);
  if (hasNulls && bitmap.length * 8 < length) damaged(field, 'what says which values are null is too short');
  const nullBitmap = hasNulls ? bitmap.subarray(0, (length + 7) >> 3) : undefined;
  // The count is made of the bits: what it is said to be decides only whether there are any.
  const common = { length, nullCount: hasNulls ? -1 : 0, nullBitmap };

  if (dictionary !== undefined) {
    const positions = await body.buffer();
    if (positions.length < length * dictionary.indexBytes) damaged(field, 'its positions are too short');
    return dictionaries.look(source, field, positions, common);
  }
  switch (layout.kind) {
    case 'fixed': {
      const data = await body.buffer();
      const bytes = Math.ceil((length * layout.bits) / 8);
      if (data.length < bytes) damaged(field, `${length} values have ${data.length} bytes`);
      return arrow.makeData({ ...common, type: layout.type as Arrow.Int, data: data.subarray(0, bytes) });
    }
    case 'bytes': {
      const valueOffsets = readOffsets(field, await body.buffer(), length, layout.offsetBytes);
      const data = await body.buffer();
      if ((valueOffsets[length] as number) > data.length)
        damaged(field, `its values end behind the ${data.length} bytes that there are`);
      if (layout.isText && !isText(data, valueOffsets)) damaged(field, 'it has text that is not UTF-8');
      return arrow.makeData({ ...common, type: layout.type as Arrow.Utf8, valueOffsets, data });
    }
    case 'view': {
      const views = await body.buffer();
      const buffers: Uint8Array[] = [];
      for (let left = body.variadic(); left > 0; left -= 1) buffers.push(await body.buffer());
      if (views.length < length * 16) damaged(field, `${length} views have ${views.length} bytes`);
      const { valueOffsets, data } = gatherViews(source, field, views, buffers, common);
      if (layout.isText && !isText(data, valueOffsets)) damaged(field, 'it has text that is not UTF-8');
      return arrow.makeData({ ...common, type: layout.type as Arrow.Utf8, valueOffsets, data });
    }
    case 'list': {
      const valueOffsets = readOffsets(field, await body.buffer(), length, layout.offsetBytes);
      const [item] = field.children as readonly [IncomingField];
      const child = await readColumn(source, item);
      const last = valueOffsets[length] as number;
      if (last > child.length)
        damaged(field, `its lists end behind the ${child.length} values that there are`);
      if (layout.isMap && hasNullKey(child)) damaged(field, 'a key of a map is null');
      const type = typeOf(arrow, field);
      return arrow.makeData({ ...common, type: type as Arrow.List, valueOffsets, child });
    }
    case 'fixedList': {
      const [item] = field.children as readonly [IncomingField];
      const child = await readColumn(source, item);
      const values = length * layout.size;
      if (child.length < values)
        damaged(field, `${length} lists of ${layout.size} have ${child.length} values`);
      const type = typeOf(arrow, field) as Arrow.FixedSizeList;
      return arrow.makeData({ ...common, type, child: exactly(child, values) });
    }
    case 'struct': {
      const children: Arrow.Data[] = [];
      for (const inner of field.children) {
        const child = await readColumn(source, inner);
        if (child.length < length) damaged(field, `${length} values have ${child.length} of '${inner.name}'`);
        children.push(exactly(child, length));
      }
      return arrow.makeData({ ...common, type: typeOf(arrow, field) as Arrow.Struct, children });
    }
    default:
      return damaged(field, 'it is of no known type');
  }
}

const exactly = (data: Arrow.Data, length: number): Arrow.Data =>
  data.length === length ? data : data.slice(0, length);

/** Offsets as numbers of 32 bits that never fall. */
function readOffsets(
  field: IncomingField,
  bytes: Uint8Array,
  length: number,
  offsetBytes: 4 | 8,
): Int32Array {
  if (length === 0) return new Int32Array(1);
  if (bytes.length < (length + 1) * offsetBytes) damaged(field, `${length} values have too few offsets`);
  let offsets: Int32Array;
  if (offsetBytes === 4) {
    offsets = new Int32Array(bytes.buffer, bytes.byteOffset, length + 1);
  } else {
    const long = new BigInt64Array(bytes.buffer, bytes.byteOffset, length + 1);
    offsets = new Int32Array(length + 1);
    for (let row = 0; row <= length; row += 1) {
      const offset = Number(long[row]);
      if (!(offset >= 0 && offset < 2 ** 31)) damaged(field, `it has the offset ${offset}`);
      offsets[row] = offset;
    }
  }
  let before = 0;
  // By position: an iterator over millions of offsets takes several times as long.
  for (let row = 0; row <= length; row += 1) {
    const offset = offsets[row] as number;
    if (offset < before) damaged(field, `it has the offset ${offset} behind ${before}`);
    before = offset;
  }
  return offsets;
}

const viewBytes = 16;
const inlineBytes = 12;

/** Puts the bytes that views point to behind one another. */
function gatherViews(
  { body }: ColumnSource,
  field: IncomingField,
  views: Uint8Array,
  buffers: readonly Uint8Array[],
  { length, nullBitmap }: { readonly length: number; readonly nullBitmap: Uint8Array | undefined },
): { readonly valueOffsets: Int32Array; readonly data: Uint8Array } {
  const view = new DataView(views.buffer, views.byteOffset, views.length);
  const valueOffsets = new Int32Array(length + 1);
  let total = 0;
  for (let row = 0; row < length; row += 1) {
    if (isValid(nullBitmap, row)) {
      const size = view.getInt32(row * viewBytes, true);
      if (size < 0) damaged(field, `it has a value of ${size} bytes`);
      total += size;
    }
    if (total >= 2 ** 31) damaged(field, 'its values are too many for one batch');
    valueOffsets[row + 1] = total;
  }
  body.spend(total);
  const data = new Uint8Array(total);
  for (let row = 0; row < length; row += 1) {
    const [start, end] = [valueOffsets[row] as number, valueOffsets[row + 1] as number];
    const size = end - start;
    if (size === 0) continue;
    const at = row * viewBytes;
    if (size <= inlineBytes) {
      data.set(views.subarray(at + 4, at + 4 + size), start);
      continue;
    }
    const [index, offset] = [view.getInt32(at + 8, true), view.getInt32(at + 12, true)];
    const buffer = buffers[index];
    if (buffer === undefined || offset < 0 || offset + size > buffer.length)
      damaged(field, 'a value lies outside of the buffers');
    else data.set(buffer.subarray(offset, offset + size), start);
  }
  return { valueOffsets, data };
}

/** Says whether a value is there. */
export function isValid(bitmap: Uint8Array | undefined, row: number): boolean {
  return bitmap === undefined || ((bitmap[row >> 3] as number) & (1 << (row & 7))) !== 0;
}

/** The engine breaks down on such a map. */
function hasNullKey(entries: Arrow.Data): boolean {
  return entries.nullCount > 0 || (entries.children[0]?.nullCount ?? 0) > 0;
}

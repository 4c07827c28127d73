/**
 * What Parquet writers keep of an Arrow schema, and what readers take types from: the base64 of an Arrow IPC message.
 * It is a flatbuffer, and these changes keep its layout: numbers are overwritten where they stand.
 *
 * @see https://github.com/apache/arrow/blob/main/format/Schema.fbs
 * @see https://flatbuffers.dev/internals/
 */

// Positions of fields in their tables, and of types in the union of types.
const messageHeader = 2;
const schemaFields = 1;
const fieldTypeKind = 2;
const fieldType = 3;
const fieldChildren = 5;
const timestampUnit = 0;
const timestampKind = 10;
const microsecond = 2;

/**
 * Types that only say how values are laid out (with long offsets, or as views), by the type that says the same of the
 * values: binary, text, list. Neither apache-arrow nor the engine takes all of them, and none has other fields.
 */
const plainKinds: ReadonlyMap<number, number> = new Map([
  [19, 4],
  [23, 4],
  [20, 5],
  [24, 5],
  [21, 12],
  [25, 12],
  [26, 12],
]);

/** Where a field of a flatbuffer table is; 0 when it is not there. */
function fieldAt(view: DataView, table: number, field: number): number {
  const vtable = table - view.getInt32(table, true);
  const slot = 4 + 2 * field;
  if (slot >= view.getUint16(vtable, true)) return 0;
  const offset = view.getUint16(vtable + slot, true);
  return offset === 0 ? 0 : table + offset;
}

const follow = (view: DataView, at: number): number => at + view.getUint32(at, true);

/** Where the entries of the vector of tables in a field begin, and how many they are. */
function vectorOf(
  view: DataView,
  table: number,
  field: number,
): { readonly start: number; readonly length: number } {
  const at = fieldAt(view, table, field);
  if (at === 0) return { start: 0, length: 0 };
  const vector = follow(view, at);
  return { start: vector + 4, length: view.getUint32(vector, true) };
}

/** The message without its frame (`ff ff ff ff` and a length), which may be missing. */
function open(message: Uint8Array): { readonly view: DataView; readonly schema: number } {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const root = view.getUint32(0, true) === 0xffffffff ? 8 : 0;
  return { view, schema: follow(view, fieldAt(view, follow(view, root), messageHeader)) };
}

/**
 * Keeps some of the columns.
 *
 * @param message Changed in place.
 * @param kept Their positions, ascending.
 */
export function keepColumns(message: Uint8Array, kept: readonly number[]): void {
  const { view, schema } = open(message);
  const { start } = vectorOf(view, schema, schemaFields);
  const targets = kept.map((index) => follow(view, start + 4 * index));
  view.setUint32(start - 4, kept.length, true);
  // An entry says how far ahead its table is, so an entry that moves to the front says a little more.
  for (const [index, target] of targets.entries()) {
    const at = start + 4 * index;
    view.setUint32(at, target - at, true);
  }
}

/** Calls `change` with the position of every field of some columns, nested ones too. */
function visitFields(view: DataView, field: number, change: (field: number) => void): void {
  change(field);
  const { start, length } = vectorOf(view, field, fieldChildren);
  for (let index = 0; index < length; index += 1) visitFields(view, follow(view, start + 4 * index), change);
}

/** Replaces the types of unusual layout by the plain ones. @param message Changed in place. */
export function usePlainTypes(message: Uint8Array): void {
  const { view, schema } = open(message);
  const { start, length } = vectorOf(view, schema, schemaFields);
  for (let index = 0; index < length; index += 1) {
    visitFields(view, follow(view, start + 4 * index), (field) => {
      const kind = fieldAt(view, field, fieldTypeKind);
      const plain = kind === 0 ? undefined : plainKinds.get(view.getUint8(kind));
      if (plain !== undefined) view.setUint8(kind, plain);
    });
  }
}

/**
 * Counts the timestamps in some of the columns in microseconds.
 *
 * @param message Changed in place.
 * @param columns Their positions.
 */
export function countMicroseconds(message: Uint8Array, columns: ReadonlySet<number>): void {
  const { view, schema } = open(message);
  const { start } = vectorOf(view, schema, schemaFields);
  for (const index of columns) {
    visitFields(view, follow(view, start + 4 * index), (field) => {
      const kind = fieldAt(view, field, fieldTypeKind);
      const type = fieldAt(view, field, fieldType);
      if (kind === 0 || type === 0 || view.getUint8(kind) !== timestampKind) return;
      const unit = fieldAt(view, follow(view, type), timestampUnit);
      if (unit !== 0) view.setInt16(unit, microsecond, true);
    });
  }
}

/** The message as Parquet files keep it. */
export function toBase64(message: Uint8Array): Uint8Array {
  let binary = '';
  for (const byte of message) binary += String.fromCharCode(byte);
  return new TextEncoder().encode(btoa(binary));
}

/** The message that a Parquet file keeps. */
export function fromBase64(text: Uint8Array): Uint8Array {
  return Uint8Array.from(atob(new TextDecoder().decode(text)), (character) => character.charCodeAt(0));
}

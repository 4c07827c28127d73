/**
 * Reads flatbuffers of which nothing is trusted: whatever lies outside of the bytes is a RangeError.
 *
 * @see https://flatbuffers.dev/internals/
 */
export class FlatTable {
  readonly view: DataView;
  /** Where the table is. */
  readonly at: number;

  private constructor(view: DataView, at: number) {
    this.view = view;
    this.at = at;
  }

  /** The root table of a buffer. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** Where a field is; undefined when it is not there, and has its default. */
  find(field: number): number | undefined {
    const vtable = this.at - this.view.getInt32(this.at, true);
    const slot = 4 + 2 * field;
    if (slot >= this.view.getUint16(vtable, true)) return undefined;
    const offset = this.view.getUint16(vtable + slot, true);
    return offset === 0 ? undefined : this.at + offset;
  }

  byte(field: number, otherwise: number = 0): number {
    const at = this.find(field);
    return at === undefined ? otherwise : this.view.getUint8(at);
  }

  short(field: number, otherwise: number = 0): number {
    const at = this.find(field);
    return at === undefined ? otherwise : this.view.getInt16(at, true);
  }

  int(field: number, otherwise: number = 0): number {
    const at = this.find(field);
    return at === undefined ? otherwise : this.view.getInt32(at, true);
  }

  /** A whole number of 64 bits, as far as numbers are exact. */
  long(field: number): number {
    const at = this.find(field);
    return at === undefined ? 0 : longAt(this.view, at);
  }

  table(field: number): FlatTable | undefined {
    const at = this.find(field);
    return at === undefined ? undefined : new FlatTable(this.view, this.#follow(at));
  }

  /** Where the entries of a vector begin, and how many they are. */
  vector(field: number, entryBytes: number): { readonly start: number; readonly length: number } {
    const at = this.find(field);
    if (at === undefined) return { start: 0, length: 0 };
    const vector = this.#follow(at);
    const length = this.view.getUint32(vector, true);
    if (vector + 4 + length * entryBytes > this.view.byteLength)
      throw new RangeError(`a list of ${length} entries is longer than what it is in`);
    return { start: vector + 4, length };
  }

  /** The tables of a vector of tables. */
  tables(field: number): FlatTable[] {
    const { start, length } = this.vector(field, 4);
    return Array.from({ length }, (_, index) => new FlatTable(this.view, this.#follow(start + 4 * index)));
  }

  text(field: number): string {
    const { start, length } = this.vector(field, 1);
    return new TextDecoder().decode(new Uint8Array(this.view.buffer, this.view.byteOffset + start, length));
  }

  #follow(at: number): number {
    return at + this.view.getUint32(at, true);
  }
}

/** A whole number of 64 bits. @throws RangeError when it is too large to be a size of anything */
export function longAt(view: DataView, at: number): number {
  const value = Number(view.getBigInt64(at, true));
  if (!Number.isSafeInteger(value)) throw new RangeError(`there is no size of ${value}`);
  return value;
}

/**
 * As much of Thrift's compact protocol as it takes to read a Parquet footer and to write a smaller one: values are
 * kept as the bytes that encode them.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

import { concatBytes } from '../columnar/bytes.ts';

/** The compact protocol's type numbers that are used here. */
export const thriftType: {
  readonly i32: 5;
  readonly i64: 6;
  readonly binary: 8;
  readonly list: 9;
  readonly struct: 12;
} = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 };

/** A value where it stands: its type and the range of bytes that encode it. */
export interface ThriftValue {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** The fields of a struct by their id. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

const bytesOfTrue = 1;
const bytesOfFalse = 2;
const maxDepth = 64;

/** Reads values out of bytes. Everything throws a RangeError where the bytes end too early or make no sense. */
export class ThriftReader {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The struct that starts at a position. */
  struct(start: number): ThriftStruct {
    return this.#fields(start, 0).fields;
  }

  /** The same, and where it ends. */
  structAt(start: number): { readonly fields: ThriftStruct; readonly end: number } {
    return this.#fields(start, 0);
  }

  /** The items of a list. */
  list(value: ThriftValue): readonly ThriftValue[] {
    this.#expect(value, thriftType.list);
    const items: ThriftValue[] = [];
    this.#items(value.start, 0, (item) => items.push(item));
    return items;
  }

  /** A whole number; of those beyond 2^53 the last digits are lost. */
  integer(value: ThriftValue): number {
    if (value.type < 4 || value.type > thriftType.i64)
      throw new RangeError(`a number is of type ${value.type}`);
    const { value: zigzag } = this.#varint(value.start);
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  /** The bytes of a string or a binary. */
  binary(value: ThriftValue): Uint8Array {
    this.#expect(value, thriftType.binary);
    return this.#bytes.subarray(this.#varint(value.start).end, value.end);
  }

  /** The bytes that encode a value. */
  raw(value: ThriftValue): Uint8Array {
    return this.#bytes.subarray(value.start, value.end);
  }

  #expect(value: ThriftValue, type: number): void {
    if (value.type !== type) throw new RangeError(`a value is of type ${value.type} and not of ${type}`);
  }

  #byte(at: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined) throw new RangeError('it ends in the middle of a value');
    return byte;
  }

  #varint(start: number): { value: number; end: number } {
    let value = 0;
    for (let at = start, factor = 1; at < start + 10; at += 1, factor *= 128) {
      const byte = this.#byte(at);
      value += (byte & 127) * factor;
      if (byte < 128) return { value, end: at + 1 };
    }
    throw new RangeError('a number has too many digits');
  }

  #fields(start: number, depth: number): { fields: Map<number, ThriftValue>; end: number } {
    if (depth > maxDepth) throw new RangeError('it is nested too deeply');
    const fields = new Map<number, ThriftValue>();
    let at = start;
    let id = 0;
    for (;;) {
      const head = this.#byte(at);
      at += 1;
      if (head === 0) return { fields, end: at };
      const type = head & 15;
      const delta = head >> 4;
      if (delta === 0) {
        const { value, end } = this.#varint(at);
        id = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
        at = end;
      } else {
        id += delta;
      }
      // A boolean field is its type: it has no bytes.
      const end = type === bytesOfTrue || type === bytesOfFalse ? at : this.#end(type, at, depth);
      fields.set(id, { type, start: at, end });
      at = end;
    }
  }

  /** Where a list ends that starts at a position. */
  #items(start: number, depth: number, take?: (item: ThriftValue) => void): number {
    const head = this.#byte(start);
    const type = head & 15;
    const long = head >> 4 === 15 ? this.#varint(start + 1) : undefined;
    const count = long?.value ?? head >> 4;
    let at = long?.end ?? start + 1;
    for (let index = 0; index < count; index += 1) {
      const end = type === bytesOfTrue || type === bytesOfFalse ? at + 1 : this.#end(type, at, depth);
      this.#byte(end - 1);
      take?.({ type, start: at, end });
      at = end;
    }
    return at;
  }

  /** Where a value of a type that starts at a position ends. */
  #end(type: number, at: number, depth: number): number {
    switch (type) {
      case 3:
        return at + 1;
      case 4:
      case thriftType.i32:
      case thriftType.i64:
        return this.#varint(at).end;
      case 7:
        return at + 8;
      case thriftType.binary: {
        const { value, end } = this.#varint(at);
        this.#byte(end + value - 1);
        return end + value;
      }
      case thriftType.list:
      case 10:
        return this.#items(at, depth + 1);
      case thriftType.struct:
        return this.#fields(at, depth + 1).end;
      default:
        throw new RangeError(`there is no type ${type}`);
    }
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

/** Encodes a whole number of at least zero. */
export function thriftInteger(value: number): Uint8Array {
  return varint(value * 2);
}

/** Encodes bytes. */
export function thriftBinary(value: Uint8Array): Uint8Array {
  return concatBytes([varint(value.length), value]);
}

/** Encodes a list of structs, given encoded. */
export function thriftList(items: readonly Uint8Array[]): Uint8Array {
  return concatBytes([Uint8Array.of(0xf0 | thriftType.struct), varint(items.length), ...items]);
}

/** A field to write: its type and the bytes that encode its value. */
export interface ThriftField {
  readonly type: number;
  readonly raw: Uint8Array;
}

/** Encodes a struct, given its fields by their ids. */
export function thriftStruct(fields: ReadonlyMap<number, ThriftField>): Uint8Array {
  const pieces: Uint8Array[] = [];
  let last = 0;
  for (const [id, { type, raw }] of [...fields].sort(([one], [other]) => one - other)) {
    const delta = id - last;
    pieces.push(
      delta < 16 ? Uint8Array.of((delta << 4) | type) : concatBytes([Uint8Array.of(type), varint(id * 2)]),
      raw,
    );
    last = id;
  }
  pieces.push(Uint8Array.of(0));
  return concatBytes(pieces);
}

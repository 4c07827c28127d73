import type { ByteWriter } from '../text/byte-writer.ts';
import { fieldNames, isJsonText, isSame, type Shape } from './shape.ts';
import { node, type Tape } from './tape.ts';
import { decodeText, unescape } from './texts.ts';

const [quote, apostrophe, backslash] = [0x22, 0x27, 0x5c] as const;

/** Writes a JSON value as a field of the CSV that the engine reads it from. */
export interface ValueWriter {
  /** A text as itself, and any other value as its JSON text. */
  plain(index: number): void;
  /** Any value as its JSON text. */
  json(index: number): void;
  /** Objects and lists as the engine casts them from text. @param shape What is known of them */
  nested(index: number, shape: Shape | undefined): void;
}

interface WrittenFields {
  readonly list: readonly { readonly raw: Uint8Array; readonly name: Uint8Array; readonly shape: Shape }[];
  readonly byKey: ReadonlyMap<string, number>;
}

/**
 * @param source The bytes and the tape that values are taken from.
 */
export function createValueWriter(
  out: ByteWriter,
  source: { readonly bytes: Uint8Array; readonly tape: Tape },
): ValueWriter {
  const prepared = new WeakMap<Shape, WrittenFields>();
  const encoder = new TextEncoder();

  /** A byte inside the quotes of a CSV field. */
  const inField = (byte: number): void => {
    if (byte === quote) out.byte(quote);
    out.byte(byte);
  };
  /** A byte of a text inside of a value that is cast from text. */
  const inNested = (byte: number): void => {
    if (byte === apostrophe || byte === backslash) out.byte(backslash);
    inField(byte);
  };

  const range = (index: number, put: (byte: number) => void): void => {
    const { bytes, tape } = source;
    const end = tape.ends[index] as number;
    for (let at = tape.starts[index] as number; at < end; at += 1) put(bytes[at] as number);
  };

  const textOf = (index: number, put: (byte: number) => void): void => {
    const { bytes, tape } = source;
    if (tape.kinds[index] === node.escaped) {
      unescape(bytes, tape.starts[index] as number, tape.ends[index] as number, put);
    } else range(index, put);
  };

  /** The JSON text of a value, without white space between its parts. */
  const jsonOf = (index: number, put: (byte: number) => void): void => {
    const { bytes, tape } = source;
    const kind = tape.kinds[index];
    const isText = kind === node.text || kind === node.escaped;
    const [start, end] = [tape.starts[index] as number, tape.ends[index] as number];
    let inside = isText;
    if (isText) put(quote);
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (!inside && (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))) continue;
      put(byte);
      if (byte === quote) inside = !inside;
      else if (byte === backslash) {
        at += 1;
        put(bytes[at] as number);
      }
    }
    if (isText) put(quote);
  };

  /** Writes a key, and gives what was written. */
  const keyBytes = (key: string): Uint8Array => {
    const before = out.length;
    out.byte(apostrophe);
    for (const byte of encoder.encode(key)) inNested(byte);
    out.byte(apostrophe);
    out.byte(0x3a);
    return out.tail(before);
  };

  /** The fields of a place with their names as they are written, in order and by key. */
  const fieldsOf = (shape: Shape): WrittenFields => {
    const known = prepared.get(shape);
    if (known !== undefined) return known;
    const names = fieldNames(shape);
    const before = out.length;
    const list = shape.fields.map((field, index) => ({
      raw: field.raw,
      shape: field.shape,
      name: keyBytes(names[index] as string),
    }));
    out.cut(before);
    const byKey = new Map(shape.fields.map(({ key }, index) => [key, index]));
    const made = { list, byKey };
    prepared.set(shape, made);
    return made;
  };

  /** Writes the members of an object. */
  const members = (index: number, shape: Shape | undefined): void => {
    const { bytes, tape } = source;
    const known = shape === undefined ? undefined : fieldsOf(shape);
    const end = tape.nexts[index] as number;
    let expected = 0;
    for (let at = index + 1; at < end; at = tape.nexts[at + 1] as number) {
      if (at > index + 1) out.byte(0x2c);
      let field = known?.list[expected];
      const fits =
        field !== undefined && isSame(field.raw, bytes, tape.starts[at] as number, tape.ends[at] as number);
      if (!fits) {
        const key = decodeText(bytes, tape, at);
        const found = known?.byKey.get(key);
        field = found === undefined ? undefined : known?.list[found];
        if (found !== undefined) expected = found;
        if (field === undefined) keyBytes(key);
      }
      if (field !== undefined) out.bytes(field.name, 0, field.name.length);
      expected += 1;
      nested(at + 1, field?.shape);
    }
  };

  const nested = (index: number, shape: Shape | undefined): void => {
    const { tape } = source;
    const kind = tape.kinds[index];
    if (kind === node.nothing) {
      out.text('NULL');
      return;
    }
    if (shape !== undefined && isJsonText(shape)) {
      out.byte(apostrophe);
      jsonOf(index, inNested);
      out.byte(apostrophe);
      return;
    }
    if (kind === node.text || kind === node.escaped) {
      out.byte(apostrophe);
      textOf(index, inNested);
      out.byte(apostrophe);
      return;
    }
    if (kind !== node.object && kind !== node.list) {
      range(index, inField);
      return;
    }
    if (kind === node.object) {
      out.byte(0x7b);
      members(index, shape);
      out.byte(0x7d);
      return;
    }
    const end = tape.nexts[index] as number;
    out.byte(0x5b);
    for (let at = index + 1; at < end; at = tape.nexts[at] as number) {
      if (at > index + 1) out.byte(0x2c);
      nested(at, shape?.item);
    }
    out.byte(0x5d);
  };

  const quoted = (write: () => void): void => {
    out.byte(quote);
    write();
    out.byte(quote);
  };

  return {
    plain: (index) => {
      const { bytes, tape } = source;
      const [start, end] = [tape.starts[index] as number, tape.ends[index] as number];
      switch (tape.kinds[index]) {
        case node.text:
          // It has no quotes in it: those would be escaped.
          out.byte(quote);
          out.bytes(bytes, start, end);
          out.byte(quote);
          return;
        case node.escaped:
          quoted(() => unescape(bytes, start, end, inField));
          return;
        case node.object:
        case node.list:
          quoted(() => jsonOf(index, inField));
          return;
        case node.nothing:
          return;
        default:
          out.bytes(bytes, start, end);
      }
    },
    json: (index) => {
      if (source.tape.kinds[index] !== node.nothing) quoted(() => jsonOf(index, inField));
    },
    nested: (index, shape) => {
      if (source.tape.kinds[index] !== node.nothing) quoted(() => nested(index, shape));
    },
  };
}

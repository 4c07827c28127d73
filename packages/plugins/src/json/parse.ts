import { JsonFault } from './json-fault.ts';
import { addNode, createTape, node, type Tape } from './tape.ts';

/** How deep values may be nested. */
export const mostDepth: number = 1000;

const [quote, backslash, comma, colon, lf] = [0x22, 0x5c, 0x2c, 0x3a, 0x0a] as const;
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d] as const;

/** 1 for white space, 2 for what ends or breaks a run of plain characters in a text. */
const white = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0a, 0x0d]) white[byte] = 1;
const special = new Uint8Array(256).fill(1, 0, 0x20);
special[quote] = 1;
special[backslash] = 1;

/** Reads values of RFC 8259 (https://www.rfc-editor.org/rfc/rfc8259) out of bytes that are known to be UTF-8. */
export interface JsonParser {
  /** The value read last. */
  readonly tape: Tape;
  /** The line that reading has come to. */
  line: number;
  /** Reads these bytes, up to a limit; whether anything comes after it. */
  look(bytes: Uint8Array, limit: number, last: boolean): void;
  /** Where white space ends. */
  skipWhite(at: number): number;
  /** Reads a value onto the tape, and gives where it ends; -1 when that is behind the bytes. @throws JsonFault */
  value(at: number): number;
  /** Reads a text the same way, which begins with a quote. */
  text(at: number): number;
  fault(message: string): JsonFault;
}

export function createJsonParser(): JsonParser {
  const tape = createTape();
  const stack = new Int32Array(mostDepth);
  let bytes: Uint8Array = new Uint8Array(0);
  let [limit, last, line] = [0, true, 1];

  const fault = (message: string): JsonFault => new JsonFault(line, message, true);

  /** What lies behind the bytes may come yet; or it is missing. */
  const behind = (): -1 => {
    if (last) throw fault('it ends in the middle of a value');
    return -1;
  };

  const skipWhite = (from: number): number => {
    if (from >= limit || white[bytes[from] as number] === 0) return from;
    let at = from;
    while (at < limit && white[bytes[at] as number] === 1) {
      if (bytes[at] === lf) line += 1;
      at += 1;
    }
    return at;
  };

  const add = (kind: number, start: number, end: number): number => {
    const index = addNode(tape, kind, start, end);
    if (index < 0) throw new JsonFault(line, 'it holds too many values for one row');
    return index;
  };

  const hex = (at: number): number => {
    let value = 0;
    for (let index = at; index < at + 4; index += 1) {
      const byte = bytes[index] as number;
      const digit =
        byte >= 48 && byte <= 57
          ? byte - 48
          : byte >= 97 && byte <= 102
            ? byte - 87
            : byte >= 65 && byte <= 70
              ? byte - 55
              : -1;
      if (digit < 0) throw fault('a \\u in a text is followed by four hexadecimal digits');
      value = value * 16 + digit;
    }
    return value;
  };

  /** Where an escape that begins here ends; -1 when that is behind the bytes. */
  const escapeEnd = (at: number): number => {
    if (at + 2 > limit) return behind();
    const kind = bytes[at + 1] as number;
    if (kind !== 0x75) {
      if (!'"\\/bfnrt'.includes(String.fromCharCode(kind))) throw fault('a text has an escape that is none');
      return at + 2;
    }
    if (at + 6 > limit) return behind();
    const unit = hex(at + 2);
    if (unit < 0xd800 || unit > 0xdfff) return at + 6;
    if (unit < 0xdc00) {
      if (at + 12 > limit && !last) return -1;
      if (at + 12 <= limit && bytes[at + 6] === backslash && bytes[at + 7] === 0x75) {
        const second = hex(at + 8);
        if (second >= 0xdc00 && second <= 0xdfff) return at + 12;
      }
    }
    throw fault('a text has half a surrogate pair, which is no character');
  };

  const text = (from: number): number => {
    // What is not assigned to in this function is read once.
    const [input, end, breaks] = [bytes, limit, special];
    let at = from + 1;
    let escaped = false;
    for (;;) {
      while (at < end && breaks[input[at] as number] === 0) at += 1;
      if (at >= end) return behind();
      const byte = input[at];
      if (byte === quote) break;
      if (byte !== backslash) throw fault('a text has a control character that is not escaped');
      escaped = true;
      at = escapeEnd(at);
      if (at < 0) return -1;
    }
    add(escaped ? node.escaped : node.text, from + 1, at);
    return at + 1;
  };

  const number = (from: number): number => {
    const [input, end] = [bytes, limit];
    const digitsEnd = (start: number): number => {
      let at = start;
      while (at < end && (input[at] as number) >= 48 && (input[at] as number) <= 57) at += 1;
      if (at === start && at < end) throw fault('there is a number that is none');
      return at;
    };
    const start = input[from] === 0x2d ? from + 1 : from;
    let at = digitsEnd(start);
    if (at - start > 1 && input[start] === 48) throw fault('there is a number with a leading zero');
    if (at < end && input[at] === 0x2e) at = digitsEnd(at + 1);
    if (at < end && (input[at] === 0x65 || input[at] === 0x45)) {
      at += 1;
      if (at < end && (input[at] === 0x2b || input[at] === 0x2d)) at += 1;
      at = digitsEnd(at);
    }
    // It may go on with more digits; or it ends before there is one.
    if (at >= end && !(last && isDigit(input[at - 1] as number))) return behind();
    add(node.number, from, at);
    return at;
  };

  const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

  const word = (at: number, expected: string, kind: number): number => {
    for (let index = 0; index < expected.length; index += 1) {
      if (at + index >= limit) return behind();
      if (bytes[at + index] !== expected.charCodeAt(index))
        throw fault(`there is a word that is not ${expected}`);
    }
    add(kind, at, at + expected.length);
    return at + expected.length;
  };

  const scalar = (at: number): number => {
    switch (bytes[at]) {
      case quote:
        return text(at);
      case 0x74:
        return word(at, 'true', node.boolean);
      case 0x66:
        return word(at, 'false', node.boolean);
      case 0x6e:
        return word(at, 'null', node.nothing);
      default: {
        const byte = bytes[at] as number;
        if (byte === 0x2d || (byte >= 48 && byte <= 57)) return number(at);
        throw fault(`a value is expected, and there is ${shown(byte)}`);
      }
    }
  };

  /** Reads a key and its colon; -1 when that goes on behind the bytes. */
  const key = (from: number): number => {
    if (from >= limit) return behind();
    if (bytes[from] !== quote)
      throw fault(`a key in quotes is expected, and there is ${shown(bytes[from] as number)}`);
    const end = text(from);
    if (end < 0) return -1;
    const at = skipWhite(end);
    if (at >= limit) return behind();
    if (bytes[at] !== colon) throw fault(`a colon is expected, and there is ${shown(bytes[at] as number)}`);
    return at + 1;
  };

  const value = (from: number): number => {
    tape.length = 0;
    let at = from;
    let depth = 0;
    for (;;) {
      // A value begins here.
      at = skipWhite(at);
      if (at >= limit) return behind();
      const byte = bytes[at] as number;
      let ended = true;
      if (byte === openBrace || byte === openBracket) {
        if (depth >= mostDepth) throw fault(`it is nested deeper than ${mostDepth} levels`);
        stack[depth] = add(byte === openBrace ? node.object : node.list, at, at);
        depth += 1;
        at = skipWhite(at + 1);
        if (at >= limit) return behind();
        if (bytes[at] !== (byte === openBrace ? closeBrace : closeBracket)) {
          ended = false;
          if (byte === openBrace) {
            at = key(at);
            if (at < 0) return -1;
          }
        }
      } else {
        at = scalar(at);
        if (at < 0) return -1;
      }
      if (!ended) continue;
      // A value has ended, or what holds it is empty.
      for (;;) {
        if (depth === 0) return at;
        const top = stack[depth - 1] as number;
        const isObject = tape.kinds[top] === node.object;
        at = skipWhite(at);
        if (at >= limit) return behind();
        const mark = bytes[at] as number;
        if (mark === (isObject ? closeBrace : closeBracket)) {
          at += 1;
          tape.ends[top] = at;
          tape.nexts[top] = tape.length;
          depth -= 1;
          continue;
        }
        if (mark !== comma) {
          throw fault(
            `a comma or the end of ${isObject ? 'an object' : 'a list'} is expected, and there is ${shown(mark)}`,
          );
        }
        at = isObject ? key(skipWhite(at + 1)) : at + 1;
        if (at < 0) return -1;
        break;
      }
    }
  };

  return {
    tape,
    get line() {
      return line;
    },
    set line(now) {
      line = now;
    },
    look: (given, until, isLast) => {
      bytes = given;
      limit = until;
      last = isLast;
    },
    skipWhite,
    value,
    text: (at) => {
      tape.length = 0;
      return text(at);
    },
    fault,
  };
}

/** A byte for messages. */
function shown(byte: number): string {
  return byte > 0x20 && byte < 0x7f
    ? `'${String.fromCharCode(byte)}'`
    : `the byte 0x${byte.toString(16).padStart(2, '0')}`;
}

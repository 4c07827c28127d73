import { createJsonParser } from './parse.ts';
import { mostRowBytes, refuseLong, type RowReader } from './rows.ts';
import { node } from './tape.ts';

/** Rows that stand in a line each (https://github.com/ndjson/ndjson-spec); blank lines are none. */
export function createLineRows(): RowReader {
  const parser = createJsonParser();
  const { tape } = parser;
  let bytes: Uint8Array = new Uint8Array(0);
  let [last, at, line, rowStart, rowEnd, rowLine] = [false, 0, 1, 0, 0, 1];

  /** Reads a row as most of them are, without looking for the line's end first; false when it is not one. */
  const readUsual = (): boolean => {
    if (bytes[at] !== 0x7b) return false;
    parser.line = line;
    parser.look(bytes, bytes.length, false);
    let end: number;
    try {
      end = parser.value(at);
    } catch {
      // What is wrong is told of the line alone.
      return false;
    }
    if (end < 0 || parser.line !== line) return false;
    while (bytes[end] === 0x0d || bytes[end] === 0x20) end += 1;
    if (bytes[end] !== 0x0a || end - at > mostRowBytes) return false;
    [rowStart, rowLine, rowEnd, at] = [at, line, end, end + 1];
    line += 1;
    return true;
  };

  const readRow = (end: number): boolean => {
    parser.line = rowLine;
    parser.look(bytes, end, true);
    const start = parser.skipWhite(rowStart);
    if (start === end) return false;
    const after = parser.skipWhite(parser.value(start));
    if (after !== end) throw parser.fault('a line holds one object, and this one goes on behind it');
    if (tape.kinds[0] !== node.object) throw parser.fault('a row is an object, and this is none');
    return true;
  };

  return {
    tape,
    get at() {
      return at;
    },
    get line() {
      return line;
    },
    get rowStart() {
      return rowStart;
    },
    get rowEnd() {
      return rowEnd;
    },
    get rowLine() {
      return rowLine;
    },
    look: (given, isLast) => {
      [bytes, last, at] = [given, isLast, 0];
    },
    next: () => {
      if (readUsual()) return true;
      for (;;) {
        const found = bytes.indexOf(10, at);
        if (found < 0 && (!last || at === bytes.length)) {
          refuseLong(bytes.length - at, line);
          return false;
        }
        [rowStart, rowLine, rowEnd] = [at, line, found < 0 ? bytes.length : found];
        at = found < 0 ? bytes.length : found + 1;
        if (found >= 0) line += 1;
        if (rowEnd - rowStart > 0) {
          refuseLong(rowEnd - rowStart, rowLine);
          if (readRow(rowEnd)) return true;
        }
      }
    },
  };
}

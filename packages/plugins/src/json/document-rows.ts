import { JsonFault } from './json-fault.ts';
import { createJsonParser } from './parse.ts';
import { refuseLong, type RowReader } from './rows.ts';
import { node } from './tape.ts';
import { decodeText } from './texts.ts';

/** An object or a list on the way to the array. */
interface Level {
  readonly isObject: boolean;
  /** The key or position that leads on. */
  readonly wanted: string;
  found: boolean;
  /** How many members were read. */
  count: number;
}

const end = { object: 0x7d, list: 0x5d } as const;
const comma = 0x2c;

/** Rows that are the items of an array in a document, which is found by the keys and positions of a JSON pointer. */
export function createDocumentRows(pointer: readonly string[]): RowReader {
  const parser = createJsonParser();
  const { tape } = parser;
  const shown = `'/${pointer.join('/')}'`;
  let bytes: Uint8Array = new Uint8Array(0);
  let [last, at, rowStart, rowEnd, rowLine] = [false, 0, 0, 0, 1];
  const levels: Level[] = [];
  let phase: 'value' | 'members' | 'rows' | 'end' = 'value';
  let rows = 0;

  const fatal = (message: string): JsonFault => new JsonFault(parser.line, message);

  /** Goes into what the pointer leads to next. */
  const enter = (): void => {
    const mark = bytes[at];
    const wanted = pointer[levels.length];
    if (wanted === undefined) {
      if (mark !== 0x5b) {
        throw fatal(
          pointer.length === 0
            ? "an array is expected; say where it is with 'pointer', or that there is an object in each line with format: 'lines'"
            : `there is no array at ${shown}`,
        );
      }
      phase = 'rows';
    } else {
      if (mark !== 0x5b && mark !== 0x7b) throw fatal(`there is nothing at ${shown}`);
      levels.push({ isObject: mark === 0x7b, wanted, found: false, count: 0 });
      phase = 'members';
    }
    at += 1;
  };

  /** Leaves what has ended. */
  const leave = (): void => {
    at += 1;
    phase = levels.length === 0 ? 'end' : 'members';
  };

  /** Goes past the comma before a member, if there has to be one; undefined when what holds them ends. */
  const separated = (from: number, count: number, closing: number): number | undefined => {
    const mark = bytes[from];
    if (mark === closing) return undefined;
    if (count === 0) return from;
    if (mark !== comma) throw fatal('a comma or an end is expected');
    return parser.skipWhite(from + 1);
  };

  /** Reads a member of what leads to the array; false when it goes on behind the bytes. */
  const member = (level: Level): boolean => {
    const from = separated(at, level.count, level.isObject ? end.object : end.list);
    if (from === undefined) {
      if (!level.found) throw fatal(`there is nothing at ${shown}`);
      levels.pop();
      leave();
      return true;
    }
    if (from >= bytes.length) return behind();
    let name = String(level.count);
    let start = from;
    if (level.isObject) {
      if (bytes[from] !== 0x22) throw fatal('a key in quotes is expected');
      const after = parser.text(from);
      if (after < 0) return false;
      name = decodeText(bytes, tape, 0);
      start = parser.skipWhite(after);
      if (start >= bytes.length) return behind();
      if (bytes[start] !== 0x3a) throw fatal('a colon is expected');
      start = parser.skipWhite(start + 1);
    }
    if (name === level.wanted && !level.found) {
      if (start >= bytes.length) return behind();
      [level.found, phase, at] = [true, 'value', start];
    } else {
      const after = parser.value(start);
      if (after < 0) return false;
      if (name === level.wanted) throw fatal(`what the pointer ${shown} leads to is there twice`);
      at = after;
    }
    level.count += 1;
    return true;
  };

  const behind = (): false => {
    if (last) throw fatal('it ends in the middle of a value');
    return false;
  };

  /** Reads what comes next; gives whether that is a row, undefined when it goes on behind the bytes. */
  const step = (): boolean | undefined => {
    at = parser.skipWhite(at);
    if (phase === 'end') {
      if (at < bytes.length) throw fatal('it goes on behind its end');
      return undefined;
    }
    if (at >= bytes.length) {
      behind();
      return undefined;
    }
    if (phase === 'value') {
      enter();
      return false;
    }
    if (phase === 'members') return member(levels.at(-1) as Level) ? false : undefined;
    const from = separated(at, rows, end.list);
    if (from === undefined) {
      leave();
      return false;
    }
    const startLine = parser.line;
    const after = parser.value(from);
    if (after < 0) return undefined;
    // A document may end right here only where it is cut, and a value may go on only there.
    [rowStart, rowEnd, rowLine, at] = [from, after, startLine, after];
    rows += 1;
    refuseLong(rowEnd - rowStart, rowLine);
    if (tape.kinds[0] !== node.object)
      throw new JsonFault(startLine, 'a row is an object, and this is none', true);
    return true;
  };

  return {
    tape,
    get at() {
      return at;
    },
    get line() {
      return parser.line;
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
      parser.look(bytes, bytes.length, last);
    },
    next: () => {
      for (;;) {
        const [before, line] = [at, parser.line];
        const found = step();
        if (found === true) return true;
        if (found === undefined) {
          [at, parser.line] = [before, line];
          refuseLong(bytes.length - at, line);
          return false;
        }
      }
    },
  };
}

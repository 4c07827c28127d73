import type { Dialect } from './dialect.ts';

/** What is wrong with a CSV file, and where. */
export class CsvFault extends Error {
  /** Counted from 1. */
  readonly line: number;
  /** Where to go on behind it. */
  readonly after: 'record' | 'line' | 'first line' | 'nothing';

  constructor(line: number, message: string, after: CsvFault['after'] = 'nothing') {
    super(message);
    this.line = line;
    this.after = after;
  }
}

const lf = 10;
const cr = 13;
const lineBreaks: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'nothing', text: '\n' },
  { name: 'LF', text: '\n' },
  { name: 'CR LF', text: '\r\n' },
  { name: 'CR', text: '\r' },
];

/** The most bytes of a record. */
export const mostRecordBytes: number = 64 * 1024 * 1024;
const most = `${mostRecordBytes / 1024 / 1024} MiB`;

/** Where the reader is, and what it has read. */
export interface RecordReader {
  /** Where it goes on in the bytes that it looks at. */
  readonly at: number;
  /** The number of the line that begins there. */
  readonly line: number;
  /** The line break that all lines end in. */
  readonly lineBreak: string;
  /** Where the record read last begins, and in which line. */
  readonly recordStart: number;
  readonly recordLine: number;
  /** How long that record is, without its line break. */
  readonly recordBytes: number;
  /** True when that record has a line break inside. */
  readonly manyLines: boolean;
  /** Where the fields read last begin and end, without quotes, and which had some (1). */
  readonly firsts: Int32Array;
  readonly lasts: Int32Array;
  readonly quoted: Uint8Array;
  /**
   * Goes on at the beginning of other bytes: what was not read yet, and more. A record that goes on behind the bytes is not
   * read, unless they are the last.
   */
  look(bytes: Uint8Array, last: boolean): void;
  /** Goes past a line, whatever it is. False when it goes on behind the bytes. @throws CsvFault */
  skipLine(): boolean;
  /**
   * Reads a record. Gives how many fields it has; 0 for a blank line; -1 when there is none, or not all of it.
   *
   * @throws CsvFault
   */
  next(): number;
  /** Goes past what was wrong. False, and nothing has happened, when that goes on behind the bytes. */
  recover(fault: CsvFault): boolean;
  /** Goes back to before the record read last. */
  back(): void;
}

/**
 * Reads records of RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180): quotes must stand at the ends of fields, and all
 * lines end alike.
 *
 * @param lineBreak How lines end, where that is known. @default as the first one does
 */
export function createRecordReader(
  dialect: Pick<Dialect, 'delimiter' | 'quote' | 'escape'>,
  lineBreak?: string,
  firstLine: number = 1,
): RecordReader {
  const delimiter = dialect.delimiter.charCodeAt(0);
  const quote = dialect.quote === '' ? -1 : dialect.quote.charCodeAt(0);
  const escape = dialect.quote === '' || dialect.escape === '' ? -1 : dialect.escape.charCodeAt(0);
  const ends = new Uint8Array(256);
  for (const byte of [delimiter, lf, cr, quote]) if (byte >= 0) ends[byte] = 1;

  let bytes: Uint8Array = new Uint8Array(0);
  let [size, last, at, line] = [0, false, 0, firstLine];
  let breaks =
    lineBreak === undefined ? 0 : lineBreaks.findIndex(({ text }, index) => index > 0 && text === lineBreak);
  let [recordStart, recordLine, recordBytes, manyLines] = [0, firstLine, 0, false];
  let firsts = new Int32Array(16);
  let lasts = new Int32Array(16);
  let quoted = new Uint8Array(16);

  const grow = (): void => {
    const more = <Kind extends Int32Array | Uint8Array>(larger: Kind, from: Kind): Kind => {
      larger.set(from);
      return larger;
    };
    firsts = more(new Int32Array(firsts.length * 4), firsts);
    lasts = more(new Int32Array(lasts.length * 4), lasts);
    quoted = more(new Uint8Array(quoted.length * 4), quoted);
  };

  const breakAt = (): number => (bytes[at] === lf ? 1 : bytes[at + 1] === lf ? 2 : 3);

  /** Goes past a line break; false when it may go on behind the bytes. */
  const endLine = (): boolean => {
    if (at + 1 >= size && !last) return false;
    const kind = breakAt();
    if (breaks === 0) breaks = kind;
    if (kind !== breaks) {
      const [here, before] = [lineBreaks[kind], lineBreaks[breaks]];
      throw new CsvFault(
        line,
        `the line ends in ${here?.name}, and the ones before it in ${before?.name}`,
        'line',
      );
    }
    at += kind === 2 ? 2 : 1;
    line += 1;
    return true;
  };

  /** Where the quoted field that begins here ends; -1 when that is behind the bytes. */
  const quotedEnd = (): number => {
    let end = at + 1;
    const until = Math.min(size, recordStart + mostRecordBytes);
    while (end < until) {
      const byte = bytes[end];
      if (byte === quote || byte === escape) {
        if (byte === escape && (escape !== quote || bytes[end + 1] === quote)) {
          end += 2;
          continue;
        }
        if (byte === quote) return end;
      }
      if (byte === lf || (byte === cr && bytes[end + 1] !== lf)) {
        line += 1;
        manyLines = true;
      }
      end += 1;
    }
    if (until < size) {
      throw new CsvFault(recordLine, `a quote is opened and not closed within ${most}`, 'first line');
    }
    if (!last) return -1;
    throw new CsvFault(recordLine, 'a quote is opened and never closed', 'first line');
  };

  /** Reads what begins here, and says how many fields it has; -1 when it goes on behind the bytes. */
  const fields = (): number => {
    let count = 0;
    for (;;) {
      let first = at;
      let end: number;
      const isQuoted = bytes[at] === quote && at < size;
      if (isQuoted) {
        end = quotedEnd();
        if (end < 0) return -1;
        first += 1;
        at = end + 1;
        if (at < size) {
          const next = bytes[at];
          if (next !== delimiter && next !== lf && next !== cr) {
            throw new CsvFault(line, 'a quoted field goes on after its closing quote', 'line');
          }
        }
      } else {
        while (at < size && ends[bytes[at] as number] === 0) at += 1;
        if (at < size && bytes[at] === quote) {
          throw new CsvFault(line, 'there is a quote inside a field that does not begin with one', 'line');
        }
        end = at;
      }
      if (count === firsts.length) grow();
      firsts[count] = first;
      lasts[count] = end;
      quoted[count] = isQuoted ? 1 : 0;
      count += 1;
      if (at >= size) {
        if (!last) return -1;
        break;
      }
      if (bytes[at] === delimiter) {
        at += 1;
        continue;
      }
      break;
    }
    recordBytes = at - recordStart;
    if (recordBytes > mostRecordBytes) throw new CsvFault(recordLine, `the record is longer than ${most}`);
    if (at < size && !endLine()) return -1;
    return count;
  };

  const back = (): void => {
    [at, line] = [recordStart, recordLine];
  };

  const refuseLong = (): void => {
    if (size - recordStart > mostRecordBytes) {
      throw new CsvFault(recordLine, `the record is longer than ${most}`);
    }
  };

  /** Goes past the end of this line, whatever it ends in. */
  const passLine = (): boolean => {
    while (at < size && bytes[at] !== lf && bytes[at] !== cr) at += 1;
    if (!last && at + 1 >= size) {
      refuseLong();
      return false;
    }
    if (at < size) {
      at += breakAt() === 2 ? 2 : 1;
      line += 1;
    }
    return true;
  };

  return {
    get at() {
      return at;
    },
    get line() {
      return line;
    },
    get lineBreak() {
      return lineBreaks[breaks]?.text ?? '\n';
    },
    get recordStart() {
      return recordStart;
    },
    get recordLine() {
      return recordLine;
    },
    get recordBytes() {
      return recordBytes;
    },
    get manyLines() {
      return manyLines;
    },
    get firsts() {
      return firsts;
    },
    get lasts() {
      return lasts;
    },
    get quoted() {
      return quoted;
    },
    look: (given, isLast) => {
      [bytes, size, last, at] = [given, given.length, isLast, 0];
    },
    skipLine: () => {
      [recordStart, recordLine] = [at, line];
      while (at < size && bytes[at] !== lf && bytes[at] !== cr) at += 1;
      if (at >= size ? last : endLine()) return true;
      back();
      refuseLong();
      return false;
    },
    next: () => {
      [recordStart, recordLine, manyLines, recordBytes] = [at, line, false, 0];
      if (at >= size) return -1;
      if (bytes[at] === lf || bytes[at] === cr) {
        if (endLine()) return 0;
        return -1;
      }
      const count = fields();
      if (count < 0) {
        back();
        refuseLong();
      }
      return count;
    },
    recover: ({ after }) => {
      if (after === 'record') return true;
      if (after === 'first line') back();
      if (passLine()) return true;
      back();
      return false;
    },
    back,
  };
}

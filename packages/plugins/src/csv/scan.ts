import { possible, possibleTypes, typeOf } from './infer.ts';
import type { Dialect } from './dialect.ts';

/** What a CSV file turned out to hold. */
export interface CsvScan {
  /** Names and types of its columns, in order; the names are unique without regard to case. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: number;
  /**
   * True when the first record, which is the header where there is one, is the first line: nothing before it but a BOM,
   * no line break in it.
   */
  readonly plain: boolean;
  /** Where the first record begins that is no header. */
  readonly bodyStart: number;
  /** The number of the line that begins there. */
  readonly bodyLine: number;
  /** The line break that all lines end in. */
  readonly lineBreak: string;
  /** The length of its longest record in bytes. */
  readonly longest: number;
  /** True when every record is one line, so that records can be counted as lines. */
  readonly oneLineEach: boolean;
}

/** What is wrong with a CSV file, and where. */
export class CsvFault extends Error {
  /** Counted from 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
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
/** Few enough that scanning them takes no longer than a millisecond or two. */
const sliceBytes = 256 * 1024;

/**
 * Reads a CSV file from end to end: every record must have the same number of fields, quotes must be closed and stand
 * at the ends of fields, all lines must end alike, and the text must be UTF-8. Says what types its columns have.
 *
 * Types are not left to the engine's own sniffer, which skips lines and guesses at dates: see docs of `fromCsv`.
 *
 * @param pause Called after every millisecond or two of work, and awaited; may throw to stop it.
 * @throws CsvFault
 */
export async function scanCsv(
  bytes: Uint8Array,
  dialect: Dialect,
  pause: (done: number) => Promise<void> | undefined,
): Promise<CsvScan> {
  refuseForeign(bytes);
  const scan = startScan(bytes, dialect);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let decoded = 0;
  do {
    const until = Math.min(bytes.length, decoded + sliceBytes);
    try {
      decoder.decode(bytes.subarray(decoded, until), { stream: until < bytes.length });
    } catch {
      throw notUtf8(bytes);
    }
    decoded = until;
    scan.run(until);
    const pausing = pause(until);
    if (pausing !== undefined) await pausing;
  } while (decoded < bytes.length);
  return scan.result();
}

/** The content of a line, or the beginning of a long one. */
export function lineAt(bytes: Uint8Array, line: number): string {
  let start = 0;
  for (let count = 1; count < line; count += 1) {
    const end = lineEnd(bytes, start);
    start = end + (bytes[end] === cr && bytes[end + 1] === lf ? 2 : 1);
  }
  const content = new TextDecoder().decode(
    bytes.subarray(start, Math.min(lineEnd(bytes, start), start + 800)),
  );
  return content;
}

function lineEnd(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end] !== lf && bytes[end] !== cr) end += 1;
  return end;
}

function refuseForeign(bytes: Uint8Array): void {
  const [first, second] = bytes;
  if (first === 0x1f && second === 0x8b)
    throw new CsvFault(1, 'it is compressed (gzip): decompress it first');
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new CsvFault(1, 'it is UTF-16: convert it to UTF-8 first');
  }
}

function notUtf8(bytes: Uint8Array): CsvFault {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = lineEnd(bytes, start);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end));
    } catch {
      break;
    }
    start = end + (bytes[end] === cr && bytes[end + 1] === lf ? 2 : 1);
  }
  return new CsvFault(line, 'it is not UTF-8: convert it first');
}

interface RunningScan {
  /** Goes on to the end of the last record that begins before a position. */
  run(until: number): void;
  result(): CsvScan;
}

function startScan(bytes: Uint8Array, dialect: Dialect): RunningScan {
  const size = bytes.length;
  const delimiter = dialect.delimiter.charCodeAt(0);
  const quote = dialect.quote === '' ? -1 : dialect.quote.charCodeAt(0);
  const escape = dialect.escape === '' ? -1 : dialect.escape.charCodeAt(0);
  const nullText = new TextEncoder().encode(dialect.nullText);
  const withoutDates = dialect.dateFormat === undefined ? 0 : possible.date;
  const withoutTimestamps =
    dialect.timestampFormat === undefined ? 0 : possible.timestamp | possible.timestamptz;
  const allowed = possible.anything & ~(withoutDates | withoutTimestamps);

  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let line = 1;
  /** Which of `lineBreaks` the file uses; 0 while unknown. */
  let breaks = 0;
  let names: string[] | undefined;
  let bits: number[] = [];
  let stated: boolean[] = [];
  let rows = 0;
  let longest = 0;
  let plain = true;
  let bodyStart = 0;
  let bodyLine = 1;
  let oneLineEach = true;

  /** Goes past a line break. */
  const endLine = (): void => {
    const kind = bytes[at] === lf ? 1 : bytes[at + 1] === lf ? 2 : 3;
    if (breaks === 0) breaks = kind;
    if (kind !== breaks) {
      const [here, before] = [lineBreaks[kind], lineBreaks[breaks]];
      throw new CsvFault(line, `the line ends in ${here?.name}, and the ones before it in ${before?.name}`);
    }
    at += kind === 2 ? 2 : 1;
    line += 1;
  };

  const quotedEnd = (recordLine: number): number => {
    let end = at + 1;
    for (;;) {
      if (end >= size) throw new CsvFault(recordLine, 'a quote is opened and never closed');
      const byte = bytes[end];
      if (byte === escape && (escape !== quote || bytes[end + 1] === quote)) end += 2;
      else if (byte === quote) return end;
      else {
        if (byte === lf || (byte === cr && bytes[end + 1] !== lf)) {
          line += 1;
          oneLineEach = false;
        }
        end += 1;
      }
    }
  };

  const begin = (): void => {
    for (let skipped = 0; skipped < dialect.skipRows && at < size; skipped += 1) {
      at = lineEnd(bytes, at);
      if (at < size) endLine();
    }
    while (at < size && (bytes[at] === lf || bytes[at] === cr)) endLine();
    if (at >= size) {
      throw new CsvFault(
        line,
        dialect.header
          ? 'there is no header: the file is empty'
          : 'the file is empty, so its columns are not known',
      );
    }
    const fields: string[] = [];
    const [from, fromLine] = [at, line];
    readRecord((first, last, quoted) => {
      fields.push(fieldText(bytes, first, last, quoted ? dialect.escape : ''));
    });
    plain = fromLine === 1 && oneLineEach;
    if (dialect.header) {
      names = uniqueNames(fields);
    } else {
      names = fields.map((_, index) => `column${index}`);
      [at, line] = [from, fromLine];
    }
    [bodyStart, bodyLine, oneLineEach] = [at, line, true];
    bits = names.map(() => allowed);
    stated = names.map((name) => Object.hasOwn(dialect.columns, name));
  };

  /** Reads the record that begins here, and goes past its end. Ranges are without the quotes. */
  const readRecord = (field: (first: number, last: number, quoted: boolean) => void): number => {
    const recordStart = at;
    const recordLine = line;
    let count = 0;
    for (;;) {
      let first = at;
      let last: number;
      const quoted = bytes[at] === quote;
      if (quoted) {
        first += 1;
        last = quotedEnd(recordLine);
        at = last + 1;
        const next = bytes[at];
        if (at < size && next !== delimiter && next !== lf && next !== cr) {
          throw new CsvFault(line, 'a quoted field goes on after its closing quote');
        }
      } else {
        let byte = bytes[at];
        while (at < size && byte !== delimiter && byte !== lf && byte !== cr) {
          if (byte === quote)
            throw new CsvFault(line, 'there is a quote inside a field that does not begin with one');
          at += 1;
          byte = bytes[at];
        }
        last = at;
      }
      field(first, last, quoted);
      count += 1;
      if (bytes[at] === delimiter && at < size) {
        at += 1;
        continue;
      }
      if (at - recordStart > longest) longest = at - recordStart;
      if (at < size) endLine();
      return count;
    }
  };

  const isNull = (first: number, last: number): boolean => {
    if (last - first !== nullText.length) return false;
    for (let index = 0; index < nullText.length; index += 1)
      if (bytes[first + index] !== nullText[index]) return false;
    return true;
  };

  let column = 0;
  const classify = (first: number, last: number, quoted: boolean): void => {
    const index = column;
    column += 1;
    const before = bits[index];
    if (before === undefined || before === 0 || stated[index] === true) return;
    if (!quoted && isNull(first, last)) return;
    bits[index] = last === first ? 0 : before & possibleTypes(bytes, first, last);
  };

  return {
    run: (until) => {
      if (names === undefined) begin();
      const width = bits.length;
      while (at < until) {
        // A blank line is a record of a file with one column, and nothing in one with several.
        if (width > 1 && (bytes[at] === lf || bytes[at] === cr)) {
          endLine();
          continue;
        }
        if (width === 1 && nullText.length > 0 && (bytes[at] === lf || bytes[at] === cr)) {
          throw new CsvFault(
            line,
            `the line is blank, which is neither null ('${dialect.nullText}') nor the empty text ("")`,
          );
        }
        column = 0;
        const recordLine = line;
        const count = readRecord(classify);
        if (count !== width) {
          throw new CsvFault(
            recordLine,
            `the line has ${count} ${count === 1 ? 'field' : 'fields'}, and the ${dialect.header ? 'header' : 'first line'} has ${width}`,
          );
        }
        rows += 1;
      }
    },
    result: () => ({
      columns: (names ?? []).map((name, index) => ({
        name,
        type:
          dialect.columns[name] ??
          typeOf(bits[index] === allowed ? possible.anything : (bits[index] as number)),
      })),
      rows,
      plain,
      bodyStart,
      bodyLine,
      lineBreak: lineBreaks[breaks]?.text ?? '\n',
      longest,
      oneLineEach,
    }),
  };
}

/** A field's text; a character after an escape stands for itself. */
function fieldText(bytes: Uint8Array, first: number, last: number, escape: string): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(first, last));
  return escape === '' ? text : text.replace(new RegExp(`\\${escape}(.)`, 'gs'), '$1');
}

/** Names as the engine makes them unique: an empty one by its position, a repeated one by a number. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const seen = new Set<string>();
  return names.map((name, index) => {
    const wanted = name === '' ? `column${index}` : name;
    let unique = wanted;
    for (
      let count = 1;
      seen.has(unique.toLowerCase()) || (count > 1 && taken.has(unique.toLowerCase()));
      count += 1
    ) {
      unique = `${wanted}_${count}`;
    }
    seen.add(unique.toLowerCase());
    return unique;
  });
}

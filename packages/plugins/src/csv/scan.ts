import type { Text } from '../text/text.ts';
import { TextFault } from '../text/text.ts';
import { windowOf } from '../text/window.ts';
import type { Dialect } from './dialect.ts';
import { possible, possibleTypes, typeOf } from './infer.ts';
import { createRecordReader, CsvFault, type RecordReader } from './record-reader.ts';
import { uniqueNames } from '../text/unique-names.ts';

/** A run of whole records. */
export interface CsvPiece {
  /** Where they begin and end in the text, in bytes. */
  readonly start: number;
  readonly end: number;
  /** The number of the first line. */
  readonly line: number;
  /** How many records are good, and how many are not. */
  readonly rows: number;
  readonly bad: number;
  /** The length of the longest record in bytes. */
  readonly longest: number;
  /** True when every good record is one line, so that records can be counted as lines. */
  readonly oneLineEach: boolean;
}

/** What a CSV file turned out to hold. */
export interface CsvScan {
  /** Names and types of its columns, in order; the names are unique without regard to case. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** How many records are good, and how many are not. */
  readonly rows: number;
  readonly bad: number;
  /** All records but the header, in order. */
  readonly pieces: readonly CsvPiece[];
  /** The line break that all lines end in. */
  readonly lineBreak: string;
}

/** A fault with the content of its line, as much of it as there is at hand. */
export class CsvLineFault extends Error {
  readonly line: number | undefined;
  readonly content: string;

  constructor(line: number | undefined, message: string, content: string, cause: unknown) {
    super(message, { cause });
    this.line = line;
    this.content = content;
  }
}

/** What is told of the work. */
export interface CsvScanOptions {
  /** Whether bad records are counted, or the first one ends the scan. */
  readonly collect: boolean;
  /** Called after every millisecond or two of work with the bytes done, and awaited; may throw to stop it. */
  pause(done: number): Promise<void> | undefined;
}

/** How many bytes a piece has at least, so that handing it over costs little. */
const pieceBytes = 4 * 1024 * 1024;
/** At most that many, and one record, also when its rows do not fill the engine's vectors. */
const mostPieceBytes = 32 * 1024 * 1024;
/** Rows in a vector of the engine: pieces of whole vectors are the cheapest. */
const vectorRows = 2048;

/**
 * Reads a CSV file from end to end: every record must have the same number of fields, quotes must be closed and stand
 * at the ends of fields, all lines must end alike, and the text must decode. Says what types its columns have, and where it
 * can be cut.
 *
 * Types are not left to the engine's own sniffer, which skips lines and guesses at dates: see docs of `fromCsv`.
 *
 * @throws CsvLineFault
 */
export async function scanCsv(text: Text, dialect: Dialect, options: CsvScanOptions): Promise<CsvScan> {
  const window = windowOf(text.chunks());
  const reader = createRecordReader(dialect);
  const scan = startScan(reader, dialect, options.collect);
  try {
    for (let done = 0; ; done = reader.at) {
      await window.advance(done);
      reader.look(window.bytes, window.last);
      scan.run(window.bytes, window.start, window.last);
      const pausing = options.pause(window.start + reader.at);
      if (pausing !== undefined) await pausing;
      if (window.last) return scan.result(window.start + reader.at);
    }
  } catch (error) {
    if (error instanceof CsvFault) {
      throw new CsvLineFault(error.line, error.message, contentOf(window.bytes, reader, error.line), error);
    }
    if (error instanceof TextFault) throw new CsvLineFault(error.line, error.message, '', error);
    throw error;
  } finally {
    await window.close();
  }
}

/** The content of a line of the record that the reader is at, or the beginning of it. */
function contentOf(bytes: Uint8Array, { recordStart, recordLine }: RecordReader, line: number): string {
  const isEnd = (at: number): boolean => bytes[at] === 10 || bytes[at] === 13;
  let start = recordStart;
  for (let number = recordLine; number < line && start < bytes.length; start += 1) {
    if (bytes[start] === 10 || (bytes[start] === 13 && bytes[start + 1] !== 10)) number += 1;
  }
  let end = start;
  while (end < bytes.length && end < start + 800 && !isEnd(end)) end += 1;
  return new TextDecoder().decode(bytes.subarray(start, end));
}

interface RunningScan {
  /** Goes on as far as the bytes allow. @param start Where they begin in the text */
  run(bytes: Uint8Array, start: number, last: boolean): void;
  result(end: number): CsvScan;
}

function startScan(reader: RecordReader, dialect: Dialect, collect: boolean): RunningScan {
  const nullText = new TextEncoder().encode(dialect.nullText);
  const withoutDates = dialect.dateFormat === undefined ? 0 : possible.date;
  const withoutTimestamps =
    dialect.timestampFormat === undefined ? 0 : possible.timestamp | possible.timestamptz;
  const allowed = possible.anything & ~(withoutDates | withoutTimestamps);

  let skipped = 0;
  let names: string[] | undefined;
  let bits: number[] = [];
  let [rows, bad] = [0, 0];
  const pieces: CsvPiece[] = [];
  const started = { start: 0, line: 1, rows: 0, bad: 0, longest: 0, oneLineEach: true };
  let piece = { ...started };

  /** Reads the header; false when it goes on behind the bytes. */
  const begin = (bytes: Uint8Array, start: number, last: boolean): boolean => {
    for (; skipped < dialect.skipRows && (reader.at < bytes.length || !last); skipped += 1) {
      if (!reader.skipLine()) return false;
    }
    let count: number;
    do count = reader.next();
    while (count === 0);
    if (count < 0) {
      if (!last) return false;
      throw new CsvFault(
        reader.line,
        dialect.header
          ? 'there is no header: the file is empty'
          : 'the file is empty, so its columns are not known',
      );
    }
    const { firsts, lasts, quoted } = reader;
    if (dialect.header) {
      const fields = Array.from({ length: count }, (_, index) =>
        fieldText(
          bytes,
          firsts[index] as number,
          lasts[index] as number,
          quoted[index] === 1 ? dialect.escape : '',
        ),
      );
      if (fields.some((name) => name.includes('\0'))) {
        throw new CsvFault(reader.recordLine, 'a name holds the character U+0000, which no name can');
      }
      names = uniqueNames(fields, (index) => `column${index}`);
    } else {
      names = Array.from({ length: count }, (_, index) => `column${index}`);
      reader.back();
    }
    bits = names.map((name) => (Object.hasOwn(dialect.columns, name) ? 0 : allowed));
    piece = { ...started, start: start + reader.at, line: reader.line };
    return true;
  };

  const isNull = (bytes: Uint8Array, first: number, last: number): boolean => {
    if (last - first !== nullText.length) return false;
    for (let index = 0; index < nullText.length; index += 1)
      if (bytes[first + index] !== nullText[index]) return false;
    return true;
  };

  const classify = (bytes: Uint8Array): void => {
    const { firsts, lasts, quoted } = reader;
    for (let index = 0; index < bits.length; index += 1) {
      const before = bits[index] as number;
      if (before === 0) continue;
      const first = firsts[index] as number;
      const last = lasts[index] as number;
      if (quoted[index] === 0 && isNull(bytes, first, last)) continue;
      bits[index] = last === first ? 0 : before & possibleTypes(bytes, first, last);
    }
  };

  const endPiece = (end: number): void => {
    pieces.push({ ...piece, end });
    piece = { ...started, start: end, line: reader.line };
  };

  const countBad = (fault: unknown): boolean => {
    if (!collect || !(fault instanceof CsvFault) || fault.after === 'nothing') throw fault;
    if (!reader.recover(fault)) return false;
    bad += 1;
    piece.bad += 1;
    return true;
  };

  return {
    run: (bytes, start, last) => {
      if (names === undefined && !begin(bytes, start, last)) return;
      const width = bits.length;
      for (;;) {
        try {
          const count = reader.next();
          if (count < 0) return;
          if (count === 0 && width > 1) continue;
          checkCount(count, width, reader, dialect);
          if (count > 0) classify(bytes);
          rows += 1;
          piece.rows += 1;
          if (reader.recordBytes > piece.longest) piece.longest = reader.recordBytes;
          if (reader.manyLines) piece.oneLineEach = false;
        } catch (fault) {
          if (!countBad(fault)) return;
        }
        const size = start + reader.at - piece.start;
        if ((size >= pieceBytes && piece.rows % vectorRows === 0) || size >= mostPieceBytes) {
          endPiece(start + reader.at);
        }
      }
    },
    result: (end) => {
      if (end > piece.start || pieces.length === 0) endPiece(end);
      return {
        columns: (names ?? []).map((name, index) => ({
          name,
          type:
            (Object.hasOwn(dialect.columns, name) ? dialect.columns[name] : undefined) ??
            typeOf(bits[index] === allowed ? possible.anything : (bits[index] as number)),
        })),
        rows,
        bad,
        pieces,
        lineBreak: reader.lineBreak,
      };
    },
  };
}

/** @throws CsvFault unless a record has as many fields as there are columns; 0 is a blank line */
export function checkCount(
  count: number,
  width: number,
  reader: RecordReader,
  { header, nullText }: Pick<Dialect, 'header' | 'nullText'>,
): void {
  if (count === 0 && nullText.length > 0) {
    throw new CsvFault(
      reader.recordLine,
      `the line is blank, which is neither null ('${nullText}') nor the empty text ("")`,
      'record',
    );
  }
  if (count !== width && count > 0) {
    throw new CsvFault(
      reader.recordLine,
      `the line has ${count} ${count === 1 ? 'field' : 'fields'}, and the ${header ? 'header' : 'first line'} has ${width}`,
      'record',
    );
  }
}

/** A field's text; a character after an escape stands for itself. */
function fieldText(bytes: Uint8Array, first: number, last: number, escape: string): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(first, last));
  return escape === '' ? text : text.replace(new RegExp(`\\${escape}(.)`, 'gs'), '$1');
}

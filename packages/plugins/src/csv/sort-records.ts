import type { Dialect } from './dialect.ts';
import { createRecordReader, CsvFault } from './record-reader.ts';
import { checkCount, type CsvPiece, type CsvScan } from './scan.ts';

/** Is told of each record of a piece: its range with its line break, its line, and what is wrong with it. */
export interface SortedRecords {
  good(start: number, end: number, line: number): void;
  bad(start: number, end: number, line: number, reason: string): void;
}

/** Tells the good records of a piece from the bad ones, as the scan did. */
export function sortRecords(
  bytes: Uint8Array,
  piece: CsvPiece,
  scan: CsvScan,
  dialect: Dialect,
  sorted: SortedRecords,
): void {
  const reader = createRecordReader(dialect, scan.lineBreak, piece.line);
  reader.look(bytes, true);
  const width = scan.columns.length;
  while (reader.at < bytes.length) {
    try {
      const count = reader.next();
      if (count === 0 && width > 1) continue;
      checkCount(count, width, reader, dialect);
      sorted.good(reader.recordStart, reader.at, reader.recordLine);
    } catch (fault) {
      if (!(fault instanceof CsvFault)) throw fault;
      reader.recover(fault);
      sorted.bad(reader.recordStart, reader.at, reader.recordLine, fault.message);
    }
  }
}

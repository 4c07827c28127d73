import type { SourcePiece } from '@cairn/core/plugin';
import { createRejectWriter, noRejects, rejectsOf } from '../text/rejects.ts';
import { slicesOf } from '../text/slices.ts';
import type { Text } from '../text/text.ts';
import { pieceHeader, readPiece } from './csv-query.ts';
import type { Dialect } from './dialect.ts';
import type { CsvScan } from './scan.ts';
import { sortRecords } from './sort-records.ts';
import { triedColumns, untried } from './stated-types.ts';
import { createByteWriter } from '../text/byte-writer.ts';

/** The bad records of a scanned file, as the queries whose answers are the table of them. */
export async function* rejectedPieces(
  text: Text,
  scan: CsvScan,
  dialect: Dialect,
): AsyncGenerator<SourcePiece> {
  const tried = triedColumns(scan, dialect);
  const wanted = tried.length > 0 ? scan.pieces : scan.pieces.filter(({ bad }) => bad > 0);
  // Queries need a piece at least, and it decides about the columns.
  yield noRejects();
  if (wanted.length === 0) return;
  const header = pieceHeader(scan, dialect);
  for await (const [piece, slice] of slicesOf(text.chunks(), wanted, header)) {
    const bytes = slice.subarray(header.length);
    const good = createByteWriter(tried.length > 0 ? slice.length : 0);
    const [told, refused] = [createRejectWriter(), createRejectWriter()];
    good.bytes(header, 0, tried.length > 0 ? header.length : 0);
    sortRecords(bytes, piece, scan, dialect, {
      good: (start, end, line) => {
        if (tried.length === 0) return;
        good.bytes(bytes, start, end);
        told.add(line, '', bytes, start, end);
      },
      bad: (start, end, line, reason) => refused.add(line, reason, bytes, start, end),
    });
    if (tried.length === 0) yield refused.piece();
    else
      yield rejectsOf(readPiece(untried(scan.columns, tried), dialect, piece, 'good'), tried, dialect, {
        good: good.take(),
        told: told.take(),
        refused: refused.take(),
      });
  }
}

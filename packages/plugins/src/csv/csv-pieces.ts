import { sql, type SourcePiece } from '@cairn/core/plugin';
import { createByteWriter } from '../text/byte-writer.ts';
import { slicesOf } from '../text/slices.ts';
import type { Text } from '../text/text.ts';
import { pieceHeader, readPiece } from './csv-query.ts';
import type { Dialect } from './dialect.ts';
import { pieceName } from './explain.ts';
import type { CsvPiece, CsvScan } from './scan.ts';
import { sortRecords } from './sort-records.ts';
import { attempt, fails, triedColumns, untried } from './stated-types.ts';

/** The good records of a scanned file, as the queries whose answers are its table. */
export async function* csvPieces(text: Text, scan: CsvScan, dialect: Dialect): AsyncGenerator<SourcePiece> {
  const tried = triedColumns(scan, dialect);
  const columns = untried(scan.columns, tried);
  const values = scan.columns.map((column) =>
    tried.includes(column)
      ? sql`${attempt(column, dialect)} as ${sql.id(column.name)}`
      : sql`${sql.id(column.name)}`,
  );
  const broken = tried.map((column) => fails(column, dialect));
  const header = pieceHeader(scan, dialect);
  for await (const [piece, bytes] of slicesOf(text.chunks(), scan.pieces, header)) {
    const name = pieceName(piece);
    const file = readPiece(columns, dialect, piece, name);
    yield {
      query:
        tried.length === 0
          ? sql`select * from ${file}`
          : sql`select ${sql.join(values)} from ${file} where not (${sql.join(broken, sql` or `)})`,
      files: {
        [name]: { bytes: piece.bad === 0 ? bytes : onlyGood(bytes, header.length, piece, scan, dialect) },
      },
    };
  }
}

function onlyGood(
  bytes: Uint8Array,
  headerBytes: number,
  piece: CsvPiece,
  scan: CsvScan,
  dialect: Dialect,
): Uint8Array {
  const good = createByteWriter(bytes.length);
  good.bytes(bytes, 0, headerBytes);
  const records = bytes.subarray(headerBytes);
  sortRecords(records, piece, scan, dialect, {
    good: (start, end) => good.bytes(records, start, end),
    bad: () => undefined,
  });
  return good.take();
}

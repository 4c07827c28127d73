import type { CairnError } from '@cairn/core/plugin';
import type { Input } from '../input/input.ts';
import { lineFault } from '../text/line-fault.ts';
import { slicesOf } from '../text/slices.ts';
import type { Text } from '../text/text.ts';
import type { Dialect } from './dialect.ts';
import { createRecordReader } from './record-reader.ts';
import type { CsvPiece, CsvScan } from './scan.ts';

/** The file's name as the engine's errors show it: it says where the piece begins. */
export function pieceName({ line }: CsvPiece): string {
  return `from line ${line}`;
}

/**
 * The engine found a value that is not of its column's type. It shows the record, which it counts in its piece, the piece's
 * header and blank lines included; the name of the piece, which is in the SQL, says which one it is.
 */
export async function explain(
  input: Input,
  text: Text,
  scan: CsvScan,
  dialect: Dialect,
  failure: CairnError,
): Promise<CairnError> {
  const said = /CSV Error on Line: (\d+)\nOriginal Line: ([\s\S]*?)\n+(Error when converting [^\n]*)/u.exec(
    failure.message,
  );
  const from = /'from line (\d+)'/u.exec(String(failure.details?.['sql'] ?? ''))?.[1];
  const piece = scan.pieces.find(({ line }) => line === Number(from));
  if (said === null || piece === undefined) return failure;
  const [, at = '', content = '', what = ''] = said;
  const line = await lineOf(Number(at) - 2, piece, text, scan, dialect);
  return lineFault(input, line, what.replace(/\.$/u, ''), content.trim(), failure);
}

/** The line in which a record begins. @param index Counted from 0 in its piece, blank lines included */
async function lineOf(
  index: number,
  piece: CsvPiece,
  text: Text,
  scan: CsvScan,
  dialect: Dialect,
): Promise<number> {
  if (piece.oneLineEach) return piece.line + index;
  const reader = createRecordReader(dialect, scan.lineBreak, piece.line);
  for await (const [, bytes] of slicesOf(text.chunks(), [piece], new Uint8Array(0))) {
    reader.look(bytes, true);
    for (let count = 0; count <= index && reader.at < bytes.length; count += 1) reader.next();
  }
  return reader.recordLine;
}

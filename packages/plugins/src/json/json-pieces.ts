import { invalidData, sql, type Sql, type SourcePiece } from '@cairn/core/plugin';
import { readPiece } from '../csv/csv-query.ts';
import type { Dialect } from '../csv/dialect.ts';
import { attempt, fails, type StatedColumn, triedColumns, untried } from '../csv/stated-types.ts';
import { createByteWriter } from '../text/byte-writer.ts';
import { createRejectWriter, noRejects, rejectsOf } from '../text/rejects.ts';
import type { Text } from '../text/text.ts';
import { JsonFault } from './json-fault.ts';
import { overRows } from './over-rows.ts';
import { createRowWriter } from './row-writer.ts';
import type { JsonScan } from './scan-json.ts';
import { createLearner } from './shape.ts';

/** How many bytes a piece has at least, and at most with one row more. */
const [pieceBytes, mostPieceBytes] = [4 * 1024 * 1024, 32 * 1024 * 1024];
/** Rows in a vector of the engine: pieces of whole vectors are the cheapest. */
const vectorRows = 2048;

/** How rows are written down for the engine. */
export function writtenDialect({
  columns,
  badRows,
}: {
  readonly columns: Readonly<Record<string, string>>;
  readonly badRows: 'fail' | 'collect';
}): Dialect {
  return {
    header: true,
    delimiter: ',',
    quote: '"',
    escape: '"',
    nullText: '',
    skipRows: 0,
    dateFormat: undefined,
    timestampFormat: undefined,
    encoding: undefined,
    compression: undefined,
    maxTextBytes: 0,
    columns,
    badRows,
  };
}

/** Rows written down as CSV, and the lines that are none. */
interface Written {
  /** The number of the first row, counted from 0. */
  readonly first: number;
  readonly csv: Uint8Array;
  readonly longest: number;
  readonly told: Uint8Array;
  readonly refused: Uint8Array;
}

/** @param telling Whether each row's line and text is kept beside it. */
async function* writeRows(text: Text, scan: JsonScan, telling: boolean): AsyncGenerator<Written> {
  const header = `${scan.columns.map((_, index) => `c${index}`).join(',')}\n`;
  const out = createByteWriter(2 * pieceBytes);
  const writer = createRowWriter(out, scan.columns);
  const [told, refused] = [createRejectWriter(), createRejectWriter()];
  // Keys that come twice are found by what is learnt.
  const learner = scan.bad > 0 ? createLearner() : undefined;
  let [first, rows, longest, bad] = [0, 0, 0, 0];
  const take = (): Written => {
    const written = { first, longest, csv: out.take(), told: told.take(), refused: refused.take() };
    first += rows;
    [rows, longest, bad] = [0, 0, 0];
    out.text(header);
    return written;
  };
  out.text(header);
  for await (const { bytes, reader } of overRows(text, () => scan.form)) {
    for (;;) {
      try {
        if (!reader.next()) break;
        learner?.learn(bytes, reader.tape, reader.rowLine);
      } catch (error) {
        if (!(error instanceof JsonFault)) throw error;
        // The first time there was no such fault: the bytes have changed, which is told when they are closed.
        if (!error.row || scan.bad === 0)
          throw invalidData(`It has changed while it was read: ${error.message}`, {}, error);
        if (telling) refused.add(error.line, error.message, bytes, reader.rowStart, reader.rowEnd);
        bad += 1;
        continue;
      }
      const before = out.length;
      writer.write(bytes, reader.tape);
      longest = Math.max(longest, out.length - before);
      if (telling) told.add(reader.rowLine, '', bytes, reader.rowStart, reader.rowEnd);
      rows += 1;
      if ((out.length >= pieceBytes && rows % vectorRows === 0) || out.length >= mostPieceBytes) yield take();
    }
  }
  if (rows > 0 || first === 0 || bad > 0) yield take();
}

/** The rows of a scanned file, as the queries whose answers are its table. */
export async function* jsonPieces(text: Text, scan: JsonScan, dialect: Dialect): AsyncGenerator<SourcePiece> {
  const tried = triedColumns(scan, dialect);
  const columns = untried(scan.columns, tried);
  const values = scan.columns.map((column): Sql =>
    tried.includes(column)
      ? sql`${attempt(column, dialect)} as ${sql.id(column.name)}`
      : sql`${sql.id(column.name)}`,
  );
  const broken = tried.map((column) => fails(column, dialect));
  for await (const { csv, first, longest } of writeRows(text, scan, false)) {
    const name = pieceName(first);
    const file = readPiece(columns, dialect, { longest }, name);
    yield {
      query:
        tried.length === 0
          ? sql`select * from ${file}`
          : sql`select ${sql.join(values)} from ${file} where not (${sql.join(broken, sql` or `)})`,
      files: { [name]: { bytes: csv } },
    };
  }
}

/** The lines that are no rows of a scanned file, as the queries whose answers are the table of them. */
export async function* jsonRejected(
  text: Text,
  scan: JsonScan,
  dialect: Dialect,
): AsyncGenerator<SourcePiece> {
  const tried: StatedColumn[] = triedColumns(scan, dialect);
  yield noRejects();
  if (tried.length === 0 && scan.bad === 0) return;
  for await (const { csv, told, refused, longest } of writeRows(text, scan, true)) {
    const file = readPiece(untried(scan.columns, tried), dialect, { longest }, 'good');
    yield rejectsOf(file, tried, dialect, { good: csv, told, refused });
  }
}

/** The file's name as the engine's errors show it: it says where the piece begins. */
export function pieceName(first: number): string {
  return `from row ${first}`;
}

import {
  createPace,
  type ConnectorContext,
  didYouMean,
  invalidData,
  isCairnError,
  type SourceRead,
} from '@cairn/core/plugin';
import type { Input } from '../input/input.ts';
import { readInput } from '../input/open-input.ts';
import type { Place } from '../input/place.ts';
import { lineFault } from '../text/line-fault.ts';
import { tellRejected } from '../text/tell-rejected.ts';
import { openText, type Text, TextFault } from '../text/text.ts';
import { csvPieces } from './csv-pieces.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { explain } from './explain.ts';
import { rejectedPieces } from './rejected.ts';
import { CsvLineFault, type CsvScan, scanCsv } from './scan.ts';
import { triedColumns } from './stated-types.ts';

type Read = (context: ConnectorContext) => Promise<SourceRead>;

/** Reads the good records. */
export function readCsv(place: Place): Read {
  return (context) =>
    readInput(place, context, async (input) => {
      const { dialect, text, scan } = await look(input, context);
      const exact = triedColumns(scan, dialect).length === 0;
      return {
        identity: await input.identity(),
        ...(exact && { rows: scan.rows }),
        data: { queries: csvPieces(text, scan, dialect) },
        ...(dialect.badRows === 'collect' && {
          result: (rows: number) => tellRejected(scan.rows + scan.bad - rows, input, context),
        }),
        close: async (failure?: unknown) => {
          if (isCairnError(failure, 'sql_failed')) {
            throw await explain(input, text, scan, dialect, failure);
          }
        },
      };
    });
}

/** Reads the bad ones. */
export function readRejected(place: Place): Read {
  return (context) =>
    readInput(place, context, async (input) => {
      const { dialect, text, scan } = await look(input, context);
      return {
        identity: await input.identity(),
        data: { queries: rejectedPieces(text, scan, dialect) },
      };
    });
}

async function look(
  input: Input,
  context: ConnectorContext,
): Promise<{ readonly dialect: Dialect; readonly text: Text; readonly scan: CsvScan }> {
  const dialect = dialectOf(context.options);
  const pace = createPace();
  let text: Text;
  let scan: CsvScan;
  try {
    text = await openText(input, dialect);
    scan = await scanCsv(text, dialect, {
      collect: dialect.badRows === 'collect',
      pause: (done) =>
        pace()?.then(() => {
          context.progress(done, input.size);
          context.signal.throwIfAborted();
        }),
    });
  } catch (error) {
    if (error instanceof TextFault) throw lineFault(input, error.line, error.message, '', error);
    if (!(error instanceof CsvLineFault)) throw error;
    throw lineFault(input, error.line, error.message, error.content, error);
  }
  context.progress(input.size ?? 0, input.size);
  checkStated(input, scan, dialect);
  return { dialect, text, scan };
}

function checkStated({ label, name: input }: Input, scan: CsvScan, dialect: Dialect): void {
  const columns = scan.columns.map(({ name }) => name);
  const column = Object.keys(dialect.columns).find((name) => !columns.includes(name));
  if (column === undefined) return;
  throw invalidData(
    `${label} has no column '${column}', which the option 'columns' states${didYouMean(column, columns)}`,
    { input, column, columns },
  );
}

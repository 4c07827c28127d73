import {
  type CairnError,
  createPace,
  type ConnectorContext,
  invalidData,
  isCairnError,
  type SourceRead,
} from '@cairn/core/plugin';
import type { Dialect } from '../csv/dialect.ts';
import { triedColumns } from '../csv/stated-types.ts';
import type { Input } from '../input/input.ts';
import { readInput } from '../input/open-input.ts';
import type { Place } from '../input/place.ts';
import { lineFault } from '../text/line-fault.ts';
import { openText, type Text, TextFault } from '../text/text.ts';
import { tellRejected } from '../text/tell-rejected.ts';
import { jsonPieces, jsonRejected, writtenDialect } from './json-pieces.ts';
import { jsonSettings } from './json-options.ts';
import { overRows } from './over-rows.ts';
import { contentOf, type JsonScan, JsonRowFault, scanJson } from './scan-json.ts';

type Read = (context: ConnectorContext) => Promise<SourceRead>;

/** Reads the rows. */
export function readJson(place: Place): Read {
  return (context) =>
    readInput(place, context, async (input) => {
      const { dialect, text, scan } = await look(input, context);
      const exact = triedColumns(scan, dialect).length === 0;
      return {
        identity: await input.identity(),
        ...(exact && { rows: scan.rows }),
        data: { queries: jsonPieces(text, scan, dialect) },
        ...(dialect.badRows === 'collect' && {
          result: (rows: number) => tellRejected(scan.rows + scan.bad - rows, input, context),
        }),
        close: async (failure?: unknown) => {
          if (isCairnError(failure, 'sql_failed')) throw await explain(input, text, scan, failure);
        },
      };
    });
}

/** Reads the lines that are none. */
export function readJsonRejected(place: Place): Read {
  return (context) =>
    readInput(place, context, async (input) => {
      const { dialect, text, scan } = await look(input, context);
      return {
        identity: await input.identity(),
        data: { queries: jsonRejected(text, scan, dialect) },
      };
    });
}

async function look(
  input: Input,
  context: ConnectorContext,
): Promise<{ readonly dialect: Dialect; readonly text: Text; readonly scan: JsonScan }> {
  const settings = jsonSettings(context.options);
  const pace = createPace();
  let text: Text;
  let scan: JsonScan;
  try {
    text = await openText(input, settings);
    scan = await scanJson(text, settings, (done) =>
      pace()?.then(() => {
        context.progress(done, input.size);
        context.signal.throwIfAborted();
      }),
    );
  } catch (error) {
    if (error instanceof TextFault) throw lineFault(input, error.line, error.message, '', error);
    if (!(error instanceof JsonRowFault)) throw error;
    throw lineFault(input, error.line, error.message, error.content, error);
  }
  context.progress(input.size ?? 0, input.size);
  if (scan.columns.length === 0) {
    throw invalidData(
      `${input.label} has no ${scan.rows === 0 ? 'rows' : 'keys in its rows'}, so its columns are not known: state them with 'columns'`,
      { input: input.name },
    );
  }
  return { dialect: writtenDialect(settings), text, scan };
}

/** The engine found a value that is not of its column's type, and shows the record that was written for it. */
async function explain(input: Input, text: Text, scan: JsonScan, failure: CairnError): Promise<CairnError> {
  const said = /CSV Error on Line: (\d+)\n[\s\S]*?\n+(Error when converting [^\n]*)/u.exec(failure.message);
  const from = /'from row (\d+)'/u.exec(String(failure.details?.['sql'] ?? ''))?.[1];
  if (said === null || from === undefined) return failure;
  const [, at = '', what = ''] = said;
  let left = Number(from) + Number(at) - 2;
  for await (const window of overRows(text, () => scan.form)) {
    const { bytes, form, reader } = window;
    while (reader.next()) {
      left -= 1;
      if (left >= 0) continue;
      const content =
        form.format === 'lines'
          ? contentOf(window)
          : new TextDecoder().decode(
              bytes.subarray(reader.rowStart, Math.min(reader.rowEnd, reader.rowStart + 800)),
            );
      return lineFault(input, reader.rowLine, what.replace(/\.$/u, ''), content, failure);
    }
  }
  return failure;
}

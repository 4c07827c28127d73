import { type ConnectorContext, invalidArgument, type TableView } from '@cairn/core/plugin';
import { isBoolean, keepOptions, type OptionCheck } from '../input/options.ts';
import { csvHeader, csvLines } from './csv-text.ts';
import { isMark, isNullText } from './dialect.ts';

const checks: Readonly<Record<string, OptionCheck>> = {
  header: isBoolean,
  delimiter: isMark,
  nullText: isNullText,
};
const defaults = { header: true, delimiter: ',', nullText: '' };

/** The names of the options that say how the text is written. */
export const textOptionNames: readonly string[] = Object.keys(checks);

/** Checks what is known now, and keeps what differs from the defaults. @throws CairnError `invalid_argument` */
export function defineText(options: object): Readonly<Record<string, unknown>> {
  return keepOptions('toCsv', options, checks, defaults);
}

/** The text of a table, piece by piece. @throws CairnError `invalid_argument` */
export async function* csvBytes(input: TableView, context: ConnectorContext): AsyncGenerator<Uint8Array> {
  const format = {
    ...defaults,
    ...(keepOptions('toCsv', context.options, checks, {}) as Partial<typeof defaults>),
  };
  if (format.nullText.includes(format.delimiter) || format.nullText.includes('"')) {
    throw invalidArgument('toCsv.nullText', 'it holds neither the delimiter nor a quote');
  }
  if (format.delimiter === '"') throw invalidArgument('toCsv.delimiter', 'it is not the quote');
  if (format.header) yield csvHeader(input.columns, format);
  let rows = 0;
  for await (const { batches, numRows } of input.batches(csvLines(input.columns, format))) {
    for (const batch of batches) {
      // The engine has written the lines one behind the other: their bytes are the file's.
      const data = batch.data.children[0];
      if (data === undefined) continue;
      const offsets = data.valueOffsets as Int32Array;
      yield (data.values as Uint8Array).subarray(offsets[0], offsets[data.length]);
    }
    rows += numRows;
    context.progress(rows, input.rows);
  }
}

import { type ConnectorContext, invalidArgument, type TableView } from '@cairn/core/plugin';
import { isBoolean, keepOptions, type OptionCheck } from '../input/options.ts';
import { lineBytes } from '../text/line-bytes.ts';
import { isOneOf } from '../text/text-options.ts';
import { type TextOutput, textOutputChecks, writeText } from '../text/text-output.ts';
import { type CsvFormat, csvHeader, csvLines } from './csv-text.ts';
import { isFormat, isMark, isNullText } from './dialect.ts';

const checks: Readonly<Record<string, OptionCheck>> = {
  header: isBoolean,
  delimiter: isMark,
  quote: isMark,
  escape: isMark,
  quoting: isOneOf(['needed', 'all']),
  nullText: isNullText,
  lineEnd: isOneOf(['lf', 'crlf']),
  dateFormat: isFormat,
  timestampFormat: isFormat,
  ...textOutputChecks,
};
const defaults = {
  header: true,
  delimiter: ',',
  quote: '"',
  quoting: 'needed',
  nullText: '',
  lineEnd: 'lf',
  encoding: 'utf-8',
  compression: 'none',
} as const;

/** The names of the options that say how the text is written. */
export const textOptionNames: readonly string[] = Object.keys(checks);

/** Checks what is known now, and keeps what differs from the defaults. @throws CairnError `invalid_argument` */
export function defineText(options: object): Readonly<Record<string, unknown>> {
  return keepOptions('toCsv', options, checks, defaults);
}

/** The file of a table, piece by piece. @throws CairnError `invalid_argument`, `invalid_data` */
export async function* csvBytes(input: TableView, context: ConnectorContext): AsyncGenerator<Uint8Array> {
  const given = keepOptions('toCsv', context.options, checks, {}) as Partial<CsvFormat> & TextOutput;
  const quote = given.quote ?? defaults.quote;
  const format: CsvFormat = {
    ...defaults,
    escape: quote,
    dateFormat: undefined,
    timestampFormat: undefined,
    ...given,
  };
  if (format.nullText.includes(format.delimiter) || format.nullText.includes(quote)) {
    throw invalidArgument('toCsv.nullText', 'it holds neither the delimiter nor a quote');
  }
  if (format.delimiter === quote || format.delimiter === format.escape) {
    throw invalidArgument('toCsv.delimiter', 'it is none of quote and escape');
  }
  yield* writeText(csvText(input, format, context), given);
}

async function* csvText(
  input: TableView,
  format: CsvFormat,
  context: ConnectorContext,
): AsyncGenerator<Uint8Array> {
  if (format.header) yield csvHeader(input.columns, format);
  yield* lineBytes(input, csvLines(input.columns, format), context);
}

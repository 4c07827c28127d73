import type { Param, ParamsIn, Secret, SinkConnector } from '@cairn/core/plugin';
import { checkOptionNames, type Exactly } from '../input/options.ts';
import { together } from '../input/together.ts';
import { defineTarget, type TargetOptions, targetOptionNames } from '../output/define-target.ts';
import { targetSink } from '../output/target-sink.ts';
import { contentTypeOf, type TextOutputOptions } from '../text/text-output.ts';
import { csvBytes, defineText, textOptionNames } from './csv-bytes.ts';

type Given<Value> = Value | Param | Secret;

/** What `toCsv` takes: exactly one of path, onBlob, download and handle, and how the text is written. */
export interface ToCsvOptions extends TargetOptions, TextOutputOptions {
  /** Whether the first line names the columns. @default true */
  readonly header?: Given<boolean>;
  /** Between fields: one ASCII character. @default ',' */
  readonly delimiter?: Given<string>;
  /** Around fields: one ASCII character. @default '"' */
  readonly quote?: Given<string>;
  /** Before a quote inside a quoted field: one ASCII character. @default the quote itself */
  readonly escape?: Given<string>;
  /** Which fields are in quotes: those that need them, or all that are not null. @default 'needed' */
  readonly quoting?: Given<'needed' | 'all'>;
  /** What stands for null, without quotes. @default '' */
  readonly nullText?: Given<string>;
  /** What lines end in: LF, or CR LF. @default 'lf' */
  readonly lineEnd?: Given<'lf' | 'crlf'>;
  /** How values of DATE are written, such as `%d.%m.%Y`. @default ISO 8601 */
  readonly dateFormat?: Given<string>;
  /** The same for TIMESTAMP; one with time zone stays as it is. @default ISO 8601 */
  readonly timestampFormat?: Given<string>;
}

/**
 * Writes a table as a CSV file (RFC 4180, unless it is said otherwise with lines that end in LF and in UTF-8 without a byte order
 * mark), its rows in the table's order. Null is an empty field and the empty text is `""`, so that `fromCsv` tells them apart. Values are
 * written as the engine casts them to text; nested ones are quoted.
 *
 * With `path`, the file is written aside, as `<path>.<run id>.<step>.cairn-tmp`, and renamed when it is whole: whoever looks sees
 * the old file or the new one. The receipt is `{ path, bytes, rows, sha256 }`; the sink is done again when the file is not
 * any more what the receipt says. With `handle` the browser writes beside the file and swaps them; the receipt is the same without the path.
 *
 * With `onBlob` or `download`, the file is made in the platform's memory and handed over when it is whole; the receipt is
 * `{ bytes, rows, sha256 }`. What a killed page had made is gone with it, and made anew.
 *
 * Writing fails with `path_not_supported` where there are no local files, `file_not_readable`, or `invalid_argument` for
 * a `download` where there is no page, before anything is written.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const save = sink('save', byOrigin, toCsv({ path: 'out/by-origin.csv' }));
 * const show = sink('show', byOrigin, toCsv({ onBlob: (blob) => { link.href = URL.createObjectURL(blob); } }));
 */
export function toCsv<const Options extends ToCsvOptions>(
  options: Exactly<ToCsvOptions, Options>,
): SinkConnector<ParamsIn<Options>> {
  const [, target, settings] = together('toCsv', [
    () => checkOptionNames('toCsv', options, [...targetOptionNames, ...textOptionNames]),
    () => defineTarget('toCsv', options, contentTypeOf('text/csv', options)),
    () => defineText(options),
  ]);
  return targetSink(target, {
    type: 'csv',
    options: settings,
    chunks: csvBytes,
  });
}

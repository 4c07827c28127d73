import {
  invalidArgument,
  type Param,
  type ParamsIn,
  type Secret,
  type SinkConnector,
} from '@cairn/core/plugin';
import { checkOptionNames, type Exactly, isPlaceholder, kindOf } from '../input/options.ts';
import { checkPlace } from '../input/place.ts';
import { callbackTarget, checkDownload, downloadTarget, type OnBlob } from './blob-target.ts';
import { defineText, textOptionNames } from './csv-bytes.ts';
import { fileTarget, type Target } from './file-target.ts';

type Given<Value> = Value | Param | Secret;

/** What `toCsv` takes: exactly one of path, onBlob and download, and how the text is written. */
export interface ToCsvOptions {
  /** The local file to write; its folder is made when it is missing. */
  readonly path?: Given<string>;
  /**
   * Is given the file as a `Blob` of type `text/csv`, when it is whole. A `Blob` lives as long as its page, so the step is
   * done in every run, also when nothing changed.
   */
  readonly onBlob?: OnBlob;
  /**
   * The name of a file that the browser downloads. Where it went is not known, so it is downloaded once: a run that finds
   * nothing changed does not do it again, unless `force` names the step. With the step's option `checkpoint:
   * 'correlation'` each task downloads its own.
   */
  readonly download?: Given<string>;
  /** Whether the first line names the columns. @default true */
  readonly header?: Given<boolean>;
  /** Between fields: one ASCII character. @default ',' */
  readonly delimiter?: Given<string>;
  /** What stands for null, without quotes. @default '' */
  readonly nullText?: Given<string>;
}

const kinds = ['path', 'onBlob', 'download'] as const;

/**
 * Writes a table as a CSV file (RFC 4180 with lines that end in LF, UTF-8 without a byte order mark), its rows in the
 * table's order. Null is an empty field and the empty text is `""`, so that `fromCsv` tells them apart. Values are
 * written as the engine casts them to text; nested ones are quoted.
 *
 * With `path`, the file is written aside, as `<path>.<run id>.cairn-tmp`, and renamed when it is whole: whoever looks sees
 * the old file or the new one. The receipt is `{ path, bytes, rows, sha256 }`; the sink is done again when the file is not
 * any more what the receipt says.
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
  checkOptionNames('toCsv', options, [...kinds, ...textOptionNames]);
  const { target, location } = defineTarget(options);
  return { type: 'csv', location: Object.freeze(location), options: defineText(options), ...target };
}

function defineTarget(options: ToCsvOptions): { target: Target; location: Record<string, unknown> } {
  const given = kinds.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    const what = kind === undefined ? 'none of them' : given.join(' and ');
    throw invalidArgument(
      'toCsv',
      `it takes exactly one of path, onBlob and download, and was given ${what}`,
    );
  }
  const { path, onBlob, download } = options;
  switch (kind) {
    case 'path':
      if (!isPlaceholder(path)) checkPlace('toCsv', 'path', path);
      return { target: fileTarget, location: { path } };
    case 'onBlob':
      if (typeof onBlob !== 'function') {
        throw invalidArgument('toCsv.onBlob', `it is a function, and was given ${kindOf(onBlob)}`);
      }
      // The function is no data and does not enter the fingerprint.
      return { target: callbackTarget(onBlob), location: { onBlob: true } };
    case 'download':
      if (!isPlaceholder(download)) checkDownload(download);
      return { target: downloadTarget(), location: { download } };
  }
}

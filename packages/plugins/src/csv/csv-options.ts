import type { Param, Secret } from '@cairn/core/plugin';
import type { IdentityOptions, PlaceOptions } from '../input/place.ts';
import type { TextFileOptions } from '../text/text-options.ts';

type Given<Value> = Value | Param | Secret;

/** What `fromCsv` takes. */
export interface FromCsvOptions extends PlaceOptions, IdentityOptions, TextFileOptions {
  /** Whether the first record names the columns; if not, they are `column0`, `column1`... @default true */
  readonly header?: Given<boolean>;
  /** Between fields: one ASCII character. @default ',' */
  readonly delimiter?: Given<string>;
  /** Around fields: one ASCII character, or nothing where fields are never quoted. @default '"' */
  readonly quote?: Given<string>;
  /** Before a quote inside a quoted field: one ASCII character. @default the quote itself */
  readonly escape?: Given<string>;
  /** What stands for null, without quotes. A quoted field is never null. @default '' */
  readonly nullText?: Given<string>;
  /** The engine's types of columns by name, such as `{ zip: 'VARCHAR' }`; the others' are found out. */
  readonly columns?: Given<Readonly<Record<string, string>>>;
  /** Lines before the header that are no data. @default 0 */
  readonly skipRows?: Given<number>;
  /** How columns stated as DATE are written, such as `%d.%m.%Y`. No column is then found out to be a date. @default ISO 8601 */
  readonly dateFormat?: Given<string>;
  /** The same for columns stated as TIMESTAMP. @default ISO 8601 */
  readonly timestampFormat?: Given<string>;
  /**
   * What becomes of records that are not as they should be. `fail`: the first one fails the step, and the message shows its
   * line. `collect`: they are left out, and `rejected` reads them as a table of their own.
   *
   * @default 'fail'
   */
  readonly badRows?: 'fail' | 'collect';
}

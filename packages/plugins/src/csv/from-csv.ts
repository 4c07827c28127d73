import {
  createPace,
  type CairnError,
  didYouMean,
  invalidData,
  isCairnError,
  type Param,
  type ParamsIn,
  type Secret,
  type SourceConnector,
  type SourceRead,
} from '@cairn/core/plugin';
import type { Input } from '../input/input.ts';
import { identifyInput, readInput } from '../input/open-input.ts';
import { checkOptionNames, type Exactly } from '../input/options.ts';
import { definePlace, type IdentityOptions, type PlaceOptions, placeOptionNames } from '../input/place.ts';
import { csvFile, csvQuery } from './csv-query.ts';
import { defineDialect, type Dialect, dialectOf, dialectOptionNames } from './dialect.ts';
import { CsvFault, type CsvScan, lineAt, scanCsv } from './scan.ts';

type Given<Value> = Value | Param | Secret;

/** What `fromCsv` takes. */
export interface FromCsvOptions extends PlaceOptions, IdentityOptions {
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
}

/**
 * Reads a CSV file (RFC 4180, UTF-8, with or without a byte order mark; lines end in LF, CR LF or CR, all alike).
 *
 * Nothing is guessed, skipped or padded. A record with another number of fields than the header, a quote inside an
 * unquoted field or after a closing one, a quote that is never closed, lines that end in different ways, text that is
 * not UTF-8, and a value that is not of its column's stated type fail with `invalid_data`, which shows the line.
 * Blank lines are nulls in a file of one column and nothing in one of several. An empty field is null and `""` is the
 * empty text. Columns without a name are called by their position (`column2`), repeated names get a number (`a_1`).
 *
 * Types that `columns` does not state are found out from the whole file: a column is BOOLEAN (`true`, `false`), BIGINT,
 * HUGEINT, DOUBLE, DATE, TIME, TIMESTAMP or TIMESTAMP WITH TIME ZONE (all of ISO 8601) when each of its values can be
 * that without losing what it says, and else VARCHAR. So `007`, `+1`, `01/02/2020` and numbers of more digits than
 * their type holds stay text.
 *
 * Memory: the file's bytes, here and in the engine.
 *
 * Reading fails with `file_not_found`, `file_not_readable`, `path_not_supported` or `invalid_data`.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const airports = source('airports', fromCsv({ path: 'data/airports.csv', columns: { zip: 'VARCHAR' } }));
 */
export function fromCsv<const Options extends FromCsvOptions>(
  options: Exactly<FromCsvOptions, Options>,
): SourceConnector<ParamsIn<Options>> {
  checkOptionNames('fromCsv', options, [...placeOptionNames, ...dialectOptionNames]);
  const place = definePlace('fromCsv', options);
  return {
    type: 'csv',
    location: place.location,
    options: defineDialect(options),
    identifiedBy: place.identity,
    identity: (context) => identifyInput(place, context),
    read: (context) =>
      readInput(place, context, async (input) => {
        const dialect = dialectOf(context.options);
        const bytes = await input.bytes();
        const pace = createPace();
        const scan = await scanOrFail(input, bytes, dialect, (done) =>
          pace()?.then(() => {
            context.progress(done, bytes.length);
            context.signal.throwIfAborted();
          }),
        );
        context.progress(bytes.length, bytes.length);
        return readOf(input, bytes, await input.identity(), scan, dialect);
      }),
  };
}

async function scanOrFail(
  input: Input,
  bytes: Uint8Array,
  dialect: Dialect,
  pause: (done: number) => Promise<void> | undefined,
): Promise<CsvScan> {
  let scan: CsvScan;
  try {
    scan = await scanCsv(bytes, dialect, pause);
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    throw fault(input, `line ${error.line}`, lineAt(bytes, error.line), error.message, error);
  }
  const names = scan.columns.map(({ name }) => name);
  const missing = Object.keys(dialect.columns).find((name) => !names.includes(name));
  if (missing === undefined) return scan;
  throw invalidData(
    `${input.label} has no column '${missing}', which the option 'columns' states${didYouMean(missing, names)}`,
    {
      input: input.name,
      column: missing,
      columns: names,
    },
  );
}

function readOf(
  { label, name }: Input,
  whole: Uint8Array,
  identity: string,
  scan: CsvScan,
  dialect: Dialect,
): SourceRead {
  const { bodyLine, oneLineEach, plain, rows } = scan;
  // Bytes and not a path, also for local files: the engine keeps what it once read under a path, takes `*` in it for a
  // pattern and `a=1` for a column, and bytes are as fast.
  const bytes = plain ? whole : bodyOf(whole, scan, dialect);
  const header = plain ? dialect.header : true;
  // The engine counts what it calls lines from 1, and the header, when it has one, is the first of them.
  const place = { label, name, oneLineEach, offset: bodyLine - (header ? 2 : 1) };
  return {
    identity,
    rows,
    data: { query: csvQuery(scan, dialect, header), files: { [csvFile]: { bytes } } },
    close: async (failure?: unknown) => {
      if (isCairnError(failure, 'sql_failed')) throw explain(place, failure);
    },
  };
}

/**
 * The records below a header of our own. The engine takes the first line break that it sees for the one that ends all
 * lines, also inside a quoted field; and it has its own idea of skipped and of blank lines.
 */
function bodyOf(
  bytes: Uint8Array,
  { columns, bodyStart, lineBreak }: CsvScan,
  { delimiter }: Dialect,
): Uint8Array {
  const header = new TextEncoder().encode(columns.map((_, index) => `c${index}`).join(delimiter) + lineBreak);
  const body = bytes.subarray(bodyStart);
  const whole = new Uint8Array(header.length + body.length);
  whole.set(header);
  whole.set(body, header.length);
  return whole;
}

/**
 * The engine found a value that is not of its column's type. It shows the record, which it counts from where it began
 * to read, the header and blank lines included.
 */
function explain(
  place: { label: string; name: string; oneLineEach: boolean; offset: number },
  failure: CairnError,
): CairnError {
  const said = /CSV Error on Line: (\d+)\nOriginal Line: ([\s\S]*?)\n+(Error when converting [^\n]*)/u.exec(
    failure.message,
  );
  if (said === null) return failure;
  const [, at, content = '', what = ''] = said;
  const where = place.oneLineEach ? `line ${Number(at) + place.offset}` : `record ${at}`;
  return fault(place, where, content.trim(), what.replace(/\.$/u, ''), failure);
}

function fault(
  { label, name }: { readonly label: string; readonly name: string },
  where: string,
  content: string,
  what: string,
  cause: unknown,
): CairnError {
  const shown = content.length > 200 ? `${content.slice(0, 200)}...` : content;
  const quoted = shown === '' ? '' : `: ${JSON.stringify(shown)}`;
  return invalidData(`${label}, ${where}: ${what}${quoted}`, { input: name, where, content: shown }, cause);
}

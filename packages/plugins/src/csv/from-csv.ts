import type { ParamsIn, SourceConnector } from '@cairn/core/plugin';
import { identifyInput } from '../input/open-input.ts';
import { checkOptionNames, type Exactly } from '../input/options.ts';
import { definePlace, placeOptionNames } from '../input/place.ts';
import { together } from '../input/together.ts';
import type { FromCsvOptions } from './csv-options.ts';
import { defineDialect, dialectOptionNames } from './dialect.ts';
import { readCsv, readRejected } from './read-csv.ts';

/** A source that leaves bad rows out, beside one that reads them. */
export interface CollectingSource<Params extends string = string> extends SourceConnector<Params> {
  /** Reads the rows that the source leaves out: their `line`, the `reason` and the `raw` text. */
  readonly rejected: SourceConnector<Params>;
}

/** What `fromCsv` gives: with `badRows: 'collect'` a source with another one beside it. */
export type CsvSource<Options> = Options extends { readonly badRows: 'collect' }
  ? CollectingSource<ParamsIn<Options>>
  : SourceConnector<ParamsIn<Options>>;

/**
 * Reads a CSV file (RFC 4180; lines end in LF, CR LF or CR, all alike). It is UTF-8, or UTF-16 with a byte order mark, or
 * what `encoding` says, and may be compressed with gzip.
 *
 * Nothing is guessed, skipped or padded. A record with another number of fields than the header, a quote inside an
 * unquoted field or after a closing one, a quote that is never closed, lines that end in different ways, text that does
 * not decode, and a value that is not of its column's stated type fail with `invalid_data`, which shows the line.
 * Blank lines are nulls in a file of one column and nothing in one of several. An empty field is null and `""` is the
 * empty text. Columns without a name are called by their position (`column2`), repeated names get a number (`a_1`).
 *
 * Types that `columns` does not state are found out from the whole file: a column is BOOLEAN (`true`, `false`), BIGINT,
 * HUGEINT, DOUBLE, DATE, TIME, TIMESTAMP or TIMESTAMP WITH TIME ZONE (all of ISO 8601) when each of its values can be
 * that without losing what it says, and else VARCHAR. So `007`, `+1`, `01/02/2020` and numbers of more digits than
 * their type holds stay text.
 *
 * With `badRows: 'collect'` bad records are left out instead: with another number of fields, misplaced quotes, another line
 * break, or a value that is not of its column's stated type. A misplaced quote costs its line, a quote that is never closed
 * the line that it is opened in. How many there were is a warning and the step's result, `{ rejected }`; what they were is
 * the table of the source `rejected`: their `line`, the `reason`, and the `raw` text (its first 64 KiB). What does not
 * decode, and a header that is none, fails all the same.
 *
 * Memory: the file is read twice, in pieces of some 4 MB, of which three are in memory, and at least two of its longest
 * records. A record of more than 64 MiB fails.
 *
 * Reading fails with `file_not_found`, `file_not_readable`, `path_not_supported` or `invalid_data`.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const airports = source('airports', fromCsv({ path: 'data/airports.csv', columns: { zip: 'VARCHAR' } }));
 * @example
 * const orders = fromCsv({ path: 'data/orders.csv', badRows: 'collect' });
 * const good = source('orders', orders);
 * const bad = source('orders_rejected', orders.rejected);
 */
export function fromCsv<const Options extends FromCsvOptions>(
  options: Exactly<FromCsvOptions, Options>,
): CsvSource<Options> {
  const [, place, settings] = together('fromCsv', [
    () => checkOptionNames('fromCsv', options, [...placeOptionNames, ...dialectOptionNames]),
    () => definePlace('fromCsv', options),
    () => defineDialect(options),
  ]);
  const shared: Omit<SourceConnector, 'type' | 'read'> = {
    location: place.location,
    options: settings,
    identifiedBy: place.identity,
    identity: (context) => identifyInput(place, context),
  };
  const source = { type: 'csv', ...shared, read: readCsv(place) };
  const rejected = { type: 'csv_rejected', ...shared, read: readRejected(place) };
  return (options.badRows === 'collect' ? { ...source, rejected } : source) as CsvSource<Options>;
}

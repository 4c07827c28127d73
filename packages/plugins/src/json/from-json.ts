import type { ParamsIn, SourceConnector } from '@cairn/core/plugin';
import type { CollectingSource } from '../csv/from-csv.ts';
import { identifyInput } from '../input/open-input.ts';
import { checkOptionNames, type Exactly } from '../input/options.ts';
import { definePlace, placeOptionNames } from '../input/place.ts';
import { together } from '../input/together.ts';
import { defineJson, type FromJsonOptions, jsonOptionNames } from './json-options.ts';
import { readJson, readJsonRejected } from './read-json.ts';

/** What `fromJson` gives: with `badRows: 'collect'` a source with another one beside it. */
export type JsonSource<Options> = Options extends { readonly badRows: 'collect' }
  ? CollectingSource<ParamsIn<Options>>
  : SourceConnector<ParamsIn<Options>>;

/**
 * Reads JSON (RFC 8259): an array of objects, or an object in each line (NDJSON). The file is UTF-8, or UTF-16 with a byte
 * order mark, or what `encoding` says, and may be compressed with gzip.
 *
 * Each key is a column, in the order in which keys are first seen; a row without a key has null there. Keys that differ in
 * case alone get a number (`a`, `A_2`), an empty one is called by its position. Types are found out from the whole file, and
 * none loses what a value says: BOOLEAN; BIGINT, HUGEINT or DOUBLE where each number can be that; VARCHAR for texts, also
 * those that look like dates; STRUCT for objects and lists for arrays, nested likewise. What no one type holds is kept as its
 * JSON text, in a VARCHAR: values of several kinds at one place, numbers that no type holds exactly, objects that are empty
 * in all rows, with more than 1,000 different keys, or deeper than 24 levels. `columns` states types: `VARCHAR` takes texts
 * as they are and the JSON text of all else, `JSON` the JSON text of everything.
 *
 * A key that comes twice in an object, half a surrogate pair, values nested deeper than 1,000 levels, and a row that is no object
 * fail with `invalid_data`, which says the line, as what is no JSON does. With `badRows: 'collect'` lines that are no rows, or
 * whose values are not of the stated types, are left out instead: how many there were is a warning and the step's result,
 * `{ rejected }`, and the table of the source `rejected` has their `line`, the `reason`, and the `raw` text (its first 64 KiB).
 *
 * Memory: the file is read twice, in pieces of some 4 MB, of which three are in memory, and a few times its longest row. A row
 * of more than 64 MiB fails, and so does one of more than 8 million values.
 *
 * Reading fails with `file_not_found`, `file_not_readable`, `path_not_supported` or `invalid_data`.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const events = source('events', fromJson({ path: 'data/events.ndjson', columns: { at: 'TIMESTAMP' } }));
 * const items = source('items', fromJson({ url: 'https://example.org/items', pointer: '/data/items' }));
 */
export function fromJson<const Options extends FromJsonOptions>(
  options: Exactly<FromJsonOptions, Options>,
): JsonSource<Options> {
  const [, place, settings] = together('fromJson', [
    () => checkOptionNames('fromJson', options, [...placeOptionNames, ...jsonOptionNames]),
    () => definePlace('fromJson', options),
    () => defineJson(options),
  ]);
  const shared: Omit<SourceConnector, 'type' | 'read'> = {
    location: place.location,
    options: settings,
    identifiedBy: place.identity,
    identity: (context) => identifyInput(place, context),
  };
  const source = { type: 'json', ...shared, read: readJson(place) };
  const rejected = { type: 'json_rejected', ...shared, read: readJsonRejected(place) };
  return (options.badRows === 'collect' ? { ...source, rejected } : source) as JsonSource<Options>;
}

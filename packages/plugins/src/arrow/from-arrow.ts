import type { Param, ParamsIn, SourceConnector } from '@cairn/core/plugin';
import { isColumnList } from '../columnar/column-list.ts';
import { identifyInput, readInput } from '../input/open-input.ts';
import { checkOptionNames, type Exactly, keepOptions } from '../input/options.ts';
import { definePlace, type IdentityOptions, type PlaceOptions, placeOptionNames } from '../input/place.ts';
import { together } from '../input/together.ts';
import { readArrow } from './read-arrow.ts';

/** What `fromArrow` takes. */
export interface FromArrowOptions extends PlaceOptions, IdentityOptions {
  /** The columns to read, by name; they come in the file's order. @default all */
  readonly columns?: readonly string[] | Param;
}

const checks = { columns: isColumnList };
/**
 * Reads Arrow IPC: a file (`ARROW1`, also called Feather, version 2) or a stream, told apart by how it begins; little-endian, its buffers
 * plain or compressed with LZ4 or ZSTD. Types come as the schema states them. Dictionaries, long offsets and views only say how values
 * are laid out, and come as the values. No engine type holds FLOAT16, DECIMAL of more than 38 digits, and intervals of nanoseconds;
 * unions, run-end encoded columns and list views are not read: such columns fail, unless `columns` leaves them out.
 * Nanoseconds of times of day and of timestamps with a time zone are cut to microseconds, which is logged.
 *
 * Every length, offset and position is checked before the engine gets to see it. A stream that has no end marker is truncated.
 *
 * Memory: one record batch, of at most 1 GiB once it is decompressed, and the dictionaries.
 *
 * Reading fails with `file_not_found`, `file_not_readable`, `path_not_supported`, or `invalid_data` (damaged, truncated or no Arrow IPC,
 * types that the engine has not, changed while it was read).
 *
 * @throws CairnError `invalid_argument` naming the option
 * @see https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 * @example
 * const flights = source('flights', fromArrow({ path: 'data/flights.arrow', columns: ['origin', 'delay'] }));
 */
export function fromArrow<const Options extends FromArrowOptions>(
  options: Exactly<FromArrowOptions, Options>,
): SourceConnector<ParamsIn<Options>> {
  const [, place, settings] = together('fromArrow', [
    () => checkOptionNames('fromArrow', options, [...placeOptionNames, ...Object.keys(checks)]),
    () => definePlace('fromArrow', options),
    () => keepOptions('fromArrow', options, checks, {}),
  ]);
  return {
    type: 'arrow',
    location: place.location,
    options: settings,
    identifiedBy: place.identity,
    identity: (context) => identifyInput(place, context),
    read: (context) =>
      readInput(place, context, async (input) => {
        const { columns } = keepOptions('fromArrow', context.options, checks, {}) as {
          columns?: readonly string[];
        };
        return {
          identity: await input.identity(),
          data: { streams: readArrow(input, columns, context), own: true },
        };
      }),
  };
}

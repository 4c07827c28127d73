import {
  type ConnectorContext,
  didYouMean,
  invalidData,
  isCairnError,
  type Param,
  type ParamsIn,
  type SourceConnector,
  takeTurns,
} from '@cairn/core/plugin';
import type { Input } from '../input/input.ts';
import { identifyInput, readInput } from '../input/open-input.ts';
import { checkOptionNames, type Exactly, keepOptions } from '../input/options.ts';
import { definePlace, type IdentityOptions, type PlaceOptions, placeOptionNames } from '../input/place.ts';
import { together } from '../input/together.ts';
import { isColumnList } from '../columnar/column-list.ts';
import { rangesOf, type Ranges } from '../columnar/ranges.ts';
import { createMarker } from '../columnar/uuids.ts';
import { createCutter } from './cut.ts';
import { type ParquetFooter, type ParquetRowGroup, readFooter } from './footer.ts';
import { createGroupLoader } from './load-groups.ts';
import { DecoderBroke, type ParquetReader } from './reader.ts';
import { openParquetReader } from '#parquet-reader';

/** What `fromParquet` takes. */
export interface FromParquetOptions extends PlaceOptions, IdentityOptions {
  /** The columns to read, by name; they come in the file's order. @default all */
  readonly columns?: readonly string[] | Param;
}

/**
 * As many bytes as a slice comes to, more or less. It is decoded in one go, so the event loop waits for it; but a row group that is decoded in
 * several slices is begun anew for each. How many rows that is, is told by the slices before: by the file alone, so that a table is cut the
 * same each time.
 */
const sliceBytes = 24 * 1024 * 1024;
const vectorRows = 2048;
const firstRows = 32 * vectorRows;
const maxRows = 512 * vectorRows;
const maxSlicesOfGroup = 32;

/**
 * Reads a Parquet file: of any compression but LZO, unencrypted, nested types included. Types come as the file states
 * them. The engine has no FLOAT16 and no DECIMAL of more than 38 digits: such columns fail, unless `columns` leaves them
 * out. Nanoseconds of times of day and of timestamps with a time zone are cut to microseconds,
 * which is logged.
 *
 * In a browser, 5 MB of WebAssembly come from where the bundle is, and work in a worker that ends with the reading: a page's
 * Content-Security-Policy must allow them with `script-src 'wasm-unsafe-eval'; worker-src 'self'`. Where there can be no worker,
 * the page decodes, in turns.
 *
 * Memory: a row group's chosen columns as they are stored, and two slices of about 24 MiB of it decoded.
 *
 * Reading fails with `file_not_found`, `file_not_readable`, `path_not_supported`, or `invalid_data` (damaged, encrypted or no
 * Parquet file, types that the engine has not, changed while it was read).
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const flights = source('flights', fromParquet({ path: 'data/flights.parquet', columns: ['origin', 'delay'] }));
 */
export function fromParquet<const Options extends FromParquetOptions>(
  options: Exactly<FromParquetOptions, Options>,
): SourceConnector<ParamsIn<Options>> {
  const checks = { columns: isColumnList };
  const [, place, settings] = together('fromParquet', [
    () => checkOptionNames('fromParquet', options, [...placeOptionNames, 'columns']),
    () => definePlace('fromParquet', options),
    () => keepOptions('fromParquet', options, checks, {}),
  ]);
  return {
    type: 'parquet',
    location: place.location,
    options: settings,
    identifiedBy: place.identity,
    identity: (context) => identifyInput(place, context),
    read: (context) =>
      readInput(place, context, async (input) => {
        const { columns } = keepOptions('fromParquet', context.options, checks, {}) as {
          columns?: readonly string[];
        };
        const file = await rangesOf(input);
        const footer = await damage(input, () => readFooter(file));
        const kept = chooseColumns(input, footer, columns);
        checkTypes(input, footer, kept, context);
        const identity = await input.identity();
        const reader = await openParquetReader();
        return {
          identity,
          rows: footer.rows,
          data: { streams: streamsOf(reader, input, file, footer, kept, context), own: true },
          close: async () => reader.close(),
        };
      }),
  };
}

/** The positions of the columns to read, ascending. */
function chooseColumns(
  { label, name }: Input,
  footer: ParquetFooter,
  columns: readonly string[] | undefined,
): number[] {
  const names = footer.columns.map((column) => column.name);
  if (names.length === 0) throw invalidData(`${label} has no columns`, { input: name });
  const known = new Set(names);
  const missing = columns?.find((column) => !known.has(column));
  if (missing !== undefined) {
    throw invalidData(`${label} has no column '${missing}'${didYouMean(missing, names)}`, {
      input: name,
      column: missing,
      columns: names,
    });
  }
  const positions = [...names.keys()];
  if (columns === undefined) return positions;
  const wanted = new Set(columns);
  return positions.filter((at) => wanted.has(names[at] as string));
}

function checkTypes(
  { label, name }: Input,
  { leaves }: ParquetFooter,
  kept: readonly number[],
  { logger, step }: ConnectorContext,
): void {
  const columns = new Set(kept);
  for (const leaf of leaves) {
    if (!columns.has(leaf.column)) continue;
    const column = leaf.path.join('.');
    if (leaf.unsupported !== undefined) {
      throw invalidData(
        `${label} has the column '${column}' of type ${leaf.unsupported}, which cannot be read: leave it out with the option 'columns'`,
        { input: name, column },
      );
    }
    if (leaf.nanoseconds) {
      logger.warn(
        { step, input: name, column },
        'nanoseconds are cut to microseconds, the finest that the engine has for this type',
      );
    }
  }
}

/** The slices in order. One is decoded while the one before is used: there are two in memory. */
async function* streamsOf(
  reader: ParquetReader,
  input: Input,
  file: Ranges,
  footer: ParquetFooter,
  kept: readonly number[],
  context: ConnectorContext,
): AsyncGenerator<Uint8Array> {
  const slices = slicesOf(reader, input, file, footer, kept, context);
  let ahead = slices.next();
  for (;;) {
    const slice = await ahead;
    if (slice.done === true) return;
    // Whoever waits for the event loop gets it, even when the streams are taken without waiting for anything.
    await takeTurns();
    ahead = slices.next();
    // It is awaited in the next round, if there is one.
    ahead.catch(() => undefined);
    yield slice.value;
  }
}

async function* slicesOf(
  reader: ParquetReader,
  input: Input,
  file: Ranges,
  footer: ParquetFooter,
  kept: readonly number[],
  context: ConnectorContext,
): AsyncGenerator<Uint8Array> {
  const cutter = createCutter(footer, kept, reader.schema);
  const columns = new Set(kept);
  const mark = await createMarker(
    footer.leaves.filter(({ column }) => columns.has(column)).map(({ uuid }) => uuid),
  );
  if (footer.rows === 0) {
    yield await damage(input, async () =>
      mark(await reader.rows(await cutter.empty(), { offset: 0, limit: 0 })),
    );
    return;
  }
  const loader = createGroupLoader(file, footer, columns);
  const [least, most] = rowLimits(footer);
  let usual = Math.max(least, Math.min(firstRows, most));
  let decoded = 0;
  let firstOfGroup = 0;
  let first = 0;
  for (let start = 0; start < footer.rows;) {
    context.signal.throwIfAborted();
    // The row groups that the slice begins and ends in, and those in between.
    while (firstOfGroup + rowsOf(footer, first) <= start) {
      firstOfGroup += rowsOf(footer, first);
      first += 1;
    }
    const limit = Math.min(usual, footer.rows - start);
    let last = first;
    for (let end = firstOfGroup; end < start + limit; last += 1) end += rowsOf(footer, last);
    const offset = start - firstOfGroup;
    const slice = await damage(input, async () => {
      const groups = await loader.load(first, last);
      return mark(await reader.rows(await cutter.rowGroups(groups), { offset, limit }));
    });
    start += limit;
    decoded += slice.length;
    usual = Math.max(least, Math.min(most, wholeVectors((sliceBytes * start) / decoded)));
    yield slice;
    context.progress(start, footer.rows);
  }
}

function rowsOf(footer: ParquetFooter, group: number): number {
  return (footer.rowGroups[group] as ParquetRowGroup).rows;
}

/**
 * The fewest and the most rows that are decoded at once. A row group's bytes are handed over for each of its slices, so of a very large one
 * there are not very many; and what the rows before came to says nothing of longer ones that follow, which the footer does.
 */
function rowLimits({ rowGroups }: ParquetFooter): readonly [least: number, most: number] {
  let [largest, rowBytes] = [0, sliceBytes / maxRows];
  for (const { rows, rawBytes } of rowGroups) {
    largest = Math.max(largest, rows);
    rowBytes = Math.max(rowBytes, rawBytes / rows);
  }
  return [wholeVectors(largest / maxSlicesOfGroup), wholeVectors(sliceBytes / rowBytes)];
}

/** So that the engine need not lay the table out anew; at least four, for a slice has its own cost. */
function wholeVectors(rows: number): number {
  return Math.max(4, Math.floor(rows / vectorRows)) * vectorRows;
}

/** Runs what fails on a damaged file, and says so. */
async function damage<T>({ label, name }: Input, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCairnError(error)) throw error;
    const said = error instanceof Error ? error.message : String(error);
    const why =
      error instanceof DecoderBroke ? `it is damaged, and the reader broke down on it (${said})` : said;
    throw invalidData(`${label} cannot be decoded as Parquet: ${why}`, { input: name }, error);
  }
}

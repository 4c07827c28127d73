import {
  type ConnectorContext,
  didYouMean,
  fileNotReadable,
  invalidArgument,
  invalidData,
  type Param,
  type ParamsIn,
  type SourceConnector,
} from '@cairn/core';
import { identifyInput, type Input, openInput } from '../input/open-input.ts';
import { checkOptionNames, keepOptions, kindOf, type OptionCheck } from '../input/options.ts';
import { definePlace, type IdentityOptions, type PlaceOptions, placeOptionNames } from '../input/place.ts';
import { inMicroseconds } from './arrow-schema.ts';
import { readFooter, type ParquetFooter, type RowGroup } from './footer.ts';
import { loadParquetReader, type ParquetReader } from './reader.ts';

/** What `fromParquet` takes. */
export interface FromParquetOptions extends PlaceOptions, IdentityOptions {
  /** The columns to read, by name; they come in the file's order. @default all */
  readonly columns?: readonly string[] | Param;
}

/** How messages name the input. */
type Named = Pick<Input, 'label' | 'name'>;

/** A slice of a row group is decoded in one go, so it is kept small: the event loop waits for it. */
const sliceBytes = 64 * 1024 * 1024;
const sliceRows = 262_144;

const isColumnList: OptionCheck = (where, value) => {
  if (!Array.isArray(value) || value.length === 0 || !value.every((name) => typeof name === 'string')) {
    throw invalidArgument(where, `it is a list of at least one column's name, and was given ${kindOf(value)}`);
  }
  const twice = value.find((name, index) => value.indexOf(name) !== index) as string | undefined;
  if (twice !== undefined) throw invalidArgument(where, `it names the column '${twice}' twice`);
};

/**
 * Reads a Parquet file: of any compression but LZO, unencrypted, nested types included. Types come as the file states
 * them. The engine has no FLOAT16 and no DECIMAL of more than 38 digits: such columns fail, unless `columns` leaves them
 * out. Nanoseconds of times of day and of timestamps with a time zone are cut to microseconds,
 * which is logged.
 *
 * Memory: the file's bytes, and one slice of at most 262,144 rows at a time.
 *
 * Reading fails with `file_not_found`, `file_not_readable`, `path_not_supported`, or `invalid_data` (damaged, encrypted or no
 * Parquet file, types that the engine has not, changed while it was read).
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const flights = source('flights', fromParquet({ path: 'data/flights.parquet', columns: ['origin', 'delay'] }));
 */
export function fromParquet<const Options extends FromParquetOptions>(
  options: Options,
): SourceConnector<ParamsIn<Options>> {
  checkOptionNames('fromParquet', options, [...placeOptionNames, 'columns']);
  const place = definePlace('fromParquet', options);
  const checks = { columns: isColumnList };
  return {
    type: 'parquet',
    location: place.location,
    options: keepOptions('fromParquet', options, checks, {}),
    identity: (context) => identifyInput(place, context),
    read: async (context) => {
      const { columns } = keepOptions('fromParquet', context.options, checks, {}) as { columns?: readonly string[] };
      const input = await openInput(place, context);
      const footer = damage(input, () => readFooter(input.bytes));
      checkColumns(input, footer, columns, context);
      const reader = await loadParquetReader();
      return {
        identity: input.identity,
        rows: footer.rows,
        data: { streams: streamsOf(reader, input, footer, columns, context) },
      };
    },
  };
}

function checkColumns(
  { label, name }: Named,
  footer: ParquetFooter,
  columns: readonly string[] | undefined,
  { logger, step }: ConnectorContext,
): void {
  if (footer.columns.length === 0) throw invalidData(`${label} has no columns`, { input: name });
  for (const column of columns ?? []) {
    if (footer.columns.includes(column)) continue;
    const hint = didYouMean(column, footer.columns);
    throw invalidData(`${label} has no column '${column}'${hint}`, { input: name, column });
  }
  for (const { path, unsupported, nanoseconds } of footer.fields) {
    if (columns !== undefined && !columns.includes(path[0] as string)) continue;
    const column = path.join('.');
    if (unsupported !== undefined) {
      throw invalidData(
        `${label} has the column '${column}' of type ${unsupported}, which the engine does not have: leave it out with the option 'columns'`,
        { input: name, column },
      );
    }
    if (nanoseconds) logger.warn({ step, file: name, column }, 'nanoseconds are cut to microseconds, the finest that the engine has here');
  }
}

async function* streamsOf(
  reader: ParquetReader,
  input: Named,
  footer: ParquetFooter,
  columns: readonly string[] | undefined,
  context: ConnectorContext,
): AsyncGenerator<Uint8Array> {
  const selected = columns === undefined ? {} : { columns: [...columns] };
  const schema = await arrowSchema(reader, input, footer);
  if (footer.rowGroups.length === 0) {
    yield damage(input, () => reader.rows(footer.empty(), { ...selected, offset: 0, limit: 0 }));
    return;
  }
  const total = footer.rowGroups.reduce((sum, group) => sum + group.bytes, 0);
  let done = 0;
  for (const group of footer.rowGroups) {
    const file = group.file(schema);
    const limit = rowsPerSlice(group);
    for (let offset = 0; offset < group.rows; offset += limit) {
      context.signal.throwIfAborted();
      const stream = damage(input, () => reader.rows(file, { ...selected, offset, limit }));
      yield stream;
      // Whoever waits for the event loop gets it, even when the streams are taken without waiting for anything.
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
    }
    done += group.bytes;
    context.progress(done, total);
  }
}

/** How many rows of a group are decoded at once: a pure function of the file, so that a table is cut the same each time. */
function rowsPerSlice({ rows, rawBytes }: RowGroup): number {
  const fitting = Math.floor((sliceBytes * rows) / Math.max(rawBytes, 1));
  return Math.min(sliceRows, Math.max(8192, fitting));
}

/** Replaces the file's Arrow schema where the reader would take 96-bit timestamps for nanoseconds. */
async function arrowSchema(reader: ParquetReader, input: Named, footer: ParquetFooter): Promise<Uint8Array | undefined> {
  const old = new Set(footer.fields.filter((field) => field.int96).map((field) => field.path[0] as string));
  if (old.size === 0 || footer.hasArrowSchema) return undefined;
  return inMicroseconds(damage(input, () => reader.schema(footer.empty())), old);
}

let traps = 0;
/** Traps leave a little less of the WebAssembly stack each; some five hundred use it up. */
const maxTraps = 100;

/** Runs what fails on a damaged file, and says so. */
function damage<T>({ label, name }: Named, decode: () => T): T {
  if (traps >= maxTraps) {
    throw fileNotReadable(name, new Error(`the Parquet reader broke down on ${traps} damaged files before: start the program anew`));
  }
  try {
    return decode();
  } catch (error) {
    if (error instanceof Error && error.name === 'RuntimeError') traps += 1;
    const why = error instanceof Error ? error.message : String(error);
    throw invalidData(`${label} cannot be decoded as Parquet: ${why}`, { input: name }, error);
  }
}

import {
  type ConnectorContext,
  invalidArgument,
  type Param,
  type ParamsIn,
  type Secret,
  type SinkConnector,
  type TableView,
} from '@cairn/core/plugin';
import { castFailed, outgoing } from '../columnar/outgoing-types.ts';
import { packUuids } from '../columnar/uuids.ts';
import { viewStreams } from '../columnar/view-streams.ts';
import { checkOptionNames, type Exactly, keepOptions, kindOf, type OptionCheck } from '../input/options.ts';
import { together } from '../input/together.ts';
import { defineTarget, type TargetOptions, targetOptionNames } from '../output/define-target.ts';
import { targetSink } from '../output/target-sink.ts';
import type { ParquetCompression } from './decoder.ts';
import { rowGroupsOf } from './row-groups.ts';
import { createStitcher } from './stitch.ts';
import { openParquetReader } from '#parquet-reader';

type Given<Value> = Value | Param | Secret;

/** What `toParquet` takes: exactly one of path, onBlob, download and handle, and how the file is written. */
export interface ToParquetOptions extends TargetOptions {
  /** How pages are compressed. @default 'zstd' */
  readonly compression?: Given<'zstd' | 'snappy' | 'none'>;
  /**
   * How many rows are stored together, rounded up to whole batches of 2,048. A row group is in memory while it is encoded, so one of
   * wide rows ends earlier, at 64 MiB before compression. @default 122_880
   */
  readonly rowGroupRows?: Given<number>;
}

const compressions: readonly string[] = ['zstd', 'snappy', 'none'] satisfies ParquetCompression[];

const isCompression: OptionCheck = (where, value) => {
  if (typeof value !== 'string' || !compressions.includes(value)) {
    throw invalidArgument(where, `it is one of ${compressions.join(', ')}`, String(value), compressions);
  }
};

const isRowCount: OptionCheck = (where, value) => {
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    throw invalidArgument(where, `it is a whole number of at least 1, and was given ${kindOf(value)}`);
};

const checks = { compression: isCompression, rowGroupRows: isRowCount };
const defaults = { compression: 'zstd', rowGroupRows: 122_880 } as const;

/**
 * Writes a table as a Parquet file, its rows in the table's order, row group by row group: the whole table is never in memory.
 *
 * Types are kept: what `fromParquet` reads back is equal. HUGEINT and UHUGEINT become DECIMAL(38,0) (a value of more digits is
 * `invalid_data`), ENUM becomes VARCHAR, TIMESTAMP_S becomes TIMESTAMP_MS. What Parquet has no type for, or none that keeps the value, is
 * `invalid_data` before anything is written: BIT, BIGNUM, INTERVAL, TIMETZ, TIME_NS, UNION. Cast such columns in the step before.
 *
 * The two phases, the receipts and `verify` are those of `toCsv`: with `path` a file is written aside and renamed, with `handle` the browser
 * swaps it, with `onBlob` and `download` it is made in the platform's memory. In a browser the encoding is done in a worker.
 *
 * Memory: one row group, before and after it is encoded.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const save = sink('save', byOrigin, toParquet({ path: 'out/by-origin.parquet' }));
 * const give = sink('give', byOrigin, toParquet({ download: 'by-origin.parquet', compression: 'snappy' }));
 */
export function toParquet<const Options extends ToParquetOptions>(
  options: Exactly<ToParquetOptions, Options>,
): SinkConnector<ParamsIn<Options>> {
  const [, target, settings] = together('toParquet', [
    () => checkOptionNames('toParquet', options, [...targetOptionNames, ...Object.keys(checks)]),
    () => defineTarget('toParquet', options, 'application/vnd.apache.parquet'),
    () => keepOptions('toParquet', options, checks, defaults),
  ]);
  return targetSink(target, {
    type: 'parquet',
    options: settings,
    chunks: parquetBytes,
  });
}

/** The file's bytes, a row group at a time. */
async function* parquetBytes(input: TableView, context: ConnectorContext): AsyncGenerator<Uint8Array> {
  const { compression, rowGroupRows } = {
    ...defaults,
    ...(keepOptions('toParquet', context.options, checks, {}) as Partial<{
      compression: ParquetCompression;
      rowGroupRows: number;
    }>),
  };
  const types = outgoing('Parquet', input);
  const reader = await openParquetReader();
  try {
    const stitcher = createStitcher();
    let rows = 0;
    for await (const group of rowGroupsOf(viewStreams(input, types), rowGroupRows)) {
      context.signal.throwIfAborted();
      const stream = await packUuids(group.stream, types.uuids);
      yield stitcher.add(await reader.encode(stream, compression));
      rows += group.rows;
      context.progress(rows, input.rows);
    }
    yield stitcher.end();
  } catch (error) {
    throw castFailed(error);
  } finally {
    reader.close();
  }
}

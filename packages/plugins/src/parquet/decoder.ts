import type { ParquetWasm } from './wasm.ts';

/** Which rows of a file, counted from its first. */
export interface RowRange {
  readonly offset: number;
  readonly limit: number;
}

/** How a file is written. */
export type ParquetCompression = 'zstd' | 'snappy' | 'none';

/**
 * What is used of parquet-wasm: calls that copy their input and free what they return. Its asynchronous interface is not
 * used: a damaged file can make it trap, which from there is an uncaught exception and a promise that never settles, and
 * here an error like any other.
 */
export interface ParquetDecoder {
  /** Rows of a Parquet file as a complete Arrow IPC stream. @throws RangeError when there are not so many */
  rows(file: Uint8Array, range: RowRange): Uint8Array;
  /** The file's Arrow schema as a complete Arrow IPC stream without rows. */
  schema(file: Uint8Array): Uint8Array;
  /** The rows of a complete Arrow IPC stream as a whole Parquet file of one row group. */
  encode(stream: Uint8Array, compression: ParquetCompression): Uint8Array;
}

/** Rows of a record batch: few enough to be small, enough to be fast. */
const batchRows = 65_536;
/** More than a stream has: what is given is one row group. */
const allRows = 2 ** 31 - 1;

export function createDecoder(library: ParquetWasm): ParquetDecoder {
  const { Compression, readParquet, readSchema, Table, WriterPropertiesBuilder, writeParquet } = library;
  const codecs = { zstd: Compression.ZSTD, snappy: Compression.SNAPPY, none: Compression.UNCOMPRESSED };
  return {
    rows: (file, range) => {
      const table = readParquet(file, { batchSize: batchRows, ...range });
      let rows = 0;
      for (const batch of table.recordBatches()) {
        rows += batch.numRows;
        batch.free();
      }
      if (rows === range.limit) return table.intoIPCStream();
      table.free();
      throw new RangeError(`of ${range.limit} rows that are said to be there, ${rows} are`);
    },
    schema: (file) => readSchema(file).intoIPCStream(),
    encode: (stream, compression) =>
      writeParquet(
        Table.fromIPCStream(stream),
        new WriterPropertiesBuilder()
          .setCompression(codecs[compression])
          .setMaxRowGroupSize(allRows)
          .setCreatedBy('Cairn')
          .build(),
      ),
  };
}

/** True for an error by which the WebAssembly broke down. */
export function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}

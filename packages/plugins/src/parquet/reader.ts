import { fileNotReadable } from '@cairn/core/plugin';
import { createDecoder, isTrap, type ParquetDecoder, type RowRange } from './decoder.ts';

/** Decodes small Parquet files, for one who reads a large one. */
export interface ParquetReader {
  /** Rows of a Parquet file as a complete Arrow IPC stream. The file's bytes are given away. */
  rows(file: Uint8Array, range: RowRange): Promise<Uint8Array>;
  /** The file's Arrow schema as a complete Arrow IPC stream without rows. The file's bytes are given away. */
  schema(file: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/** A file broke the decoder down. */
export class DecoderBroke extends Error {}

/** The library is one for all who import it, and two that start it at once would start it twice. */
let starting: Promise<ParquetDecoder> | undefined;
let traps = 0;
/** Traps leave a little less of the WebAssembly stack each; some five hundred use it up. */
const maxTraps = 100;

async function start(): Promise<ParquetDecoder> {
  try {
    const { startParquetWasm } = await import('#parquet-wasm');
    return createDecoder(await startParquetWasm());
  } catch (error) {
    starting = undefined;
    throw fileNotReadable('parquet_wasm_bg.wasm', error);
  }
}

function decode(work: () => Uint8Array): Uint8Array {
  if (traps >= maxTraps) {
    throw fileNotReadable(
      'parquet_wasm_bg.wasm',
      new Error(`it broke down on ${traps} damaged files before: start the program anew`),
    );
  }
  try {
    return work();
  } catch (error) {
    if (!isTrap(error)) throw error;
    traps += 1;
    throw new DecoderBroke(String(error), { cause: error });
  }
}

/**
 * A reader on this thread.
 *
 * @throws CairnError `file_not_readable` when the WebAssembly cannot be fetched or is not allowed to run
 */
export async function openReaderHere(): Promise<ParquetReader> {
  const decoder = await (starting ??= start());
  return {
    rows: async (file, range) => decode(() => decoder.rows(file, range)),
    schema: async (file) => decode(() => decoder.schema(file)),
    close: () => undefined,
  };
}

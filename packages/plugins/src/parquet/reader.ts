import { fileNotReadable } from '@cairn/core/plugin';
import {
  createDecoder,
  isTrap,
  type ParquetCompression,
  type ParquetDecoder,
  type RowRange,
} from './decoder.ts';

/** Decodes and encodes small Parquet files, for one who reads or writes a large one. All bytes given are given away. */
export interface ParquetReader {
  /** Rows of a Parquet file as a complete Arrow IPC stream. */
  rows(file: Uint8Array, range: RowRange): Promise<Uint8Array>;
  /** The file's Arrow schema as a complete Arrow IPC stream without rows. */
  schema(file: Uint8Array): Promise<Uint8Array>;
  /** The rows of a complete Arrow IPC stream as a whole Parquet file of one row group. */
  encode(stream: Uint8Array, compression: ParquetCompression): Promise<Uint8Array>;
  close(): void;
}

/** A file broke the decoder down. */
export class DecoderBroke extends Error {}

/** The library is one for all who import it, and two that start it at once would start it twice. */
let starting: Promise<ParquetDecoder> | undefined;
let traps = 0;
/** Where the library cannot be started anew, a trap leaves a little less of its stack; some five hundred use it up. */
const maxTraps = 100;

async function start(): Promise<ParquetDecoder> {
  try {
    const { startParquetWasm } = await import('#parquet-wasm');
    const { library, isFresh } = await startParquetWasm();
    if (isFresh) traps = 0;
    return createDecoder(library);
  } catch (error) {
    starting = undefined;
    throw fileNotReadable('parquet_wasm_bg.wasm', error);
  }
}

async function call(work: (decoder: ParquetDecoder) => Uint8Array): Promise<Uint8Array> {
  const mine = (starting ??= start());
  const decoder = await mine;
  if (traps >= maxTraps) {
    throw fileNotReadable(
      'parquet_wasm_bg.wasm',
      new Error(`it broke down on ${traps} damaged files before: start the program anew`),
    );
  }
  try {
    return work(decoder);
  } catch (error) {
    if (!isTrap(error)) throw error;
    // Whatever broke down is not asked again.
    traps += 1;
    if (starting === mine) starting = undefined;
    throw new DecoderBroke(String(error), { cause: error });
  }
}

/**
 * A reader on this thread.
 *
 * @throws CairnError `file_not_readable` when the WebAssembly cannot be fetched or is not allowed to run
 */
export async function openReaderHere(): Promise<ParquetReader> {
  await (starting ??= start());
  return {
    rows: (file, range) => call((decoder) => decoder.rows(file, range)),
    schema: (file) => call((decoder) => decoder.schema(file)),
    encode: (stream, compression) => call((decoder) => decoder.encode(stream, compression)),
    close: () => undefined,
  };
}

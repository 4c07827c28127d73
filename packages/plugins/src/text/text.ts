import type { Input } from '../input/input.ts';
import { createDecoder, isUtf8, markedEncoding } from './encoding.ts';
import { DamagedGzip, gunzip } from './gzip.ts';

/** How the bytes of a file stand for a text. */
export interface TextOptions {
  /** A label of the Encoding Standard. @default what a byte order mark says, else UTF-8 */
  readonly encoding: string | undefined;
  /** @default gzip where the bytes begin as one */
  readonly compression: 'gzip' | 'none' | undefined;
  /** The most bytes that compressed text may become. */
  readonly maxTextBytes: number;
}

/** What is wrong with the bytes of a text, and where. */
export class TextFault extends Error {
  /** Counted from 1; undefined where lines mean nothing. */
  readonly line: number | undefined;

  constructor(line: number | undefined, message: string) {
    super(message);
    this.line = line;
  }
}

/** A file's text, whatever its bytes are. It may be read several times. */
export interface Text {
  /**
   * The text as UTF-8 without a byte order mark, in chunks. The first time says whether it decodes.
   *
   * @throws TextFault
   */
  chunks(): AsyncGenerator<Uint8Array>;
}

/** As many bytes as are decoded in a millisecond or two. */
const chunkBytes = 256 * 1024;

/** Looks at the first bytes to find out what they are. */
export async function openText(input: Input, options: TextOptions): Promise<Text> {
  const first = await input.read(0, 3);
  const compressed =
    options.compression === 'gzip' ||
    (options.compression === undefined && first[0] === 0x1f && first[1] === 0x8b);
  const plain = (): AsyncIterable<Uint8Array> =>
    compressed ? decompressed(input, options.maxTextBytes) : input.chunks({ size: chunkBytes });
  const encoding = options.encoding ?? markedEncoding(compressed ? await firstOf(plain()) : first);
  if (!isUtf8(encoding)) return { chunks: () => transcoded(plain, encoding) };
  let checked = false;
  return {
    chunks: async function* () {
      yield* checked ? withoutMark(plain()) : checkedUtf8(plain, withoutMark(plain()));
      checked = true;
    },
  };
}

async function firstOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of chunks) if (chunk.length > 1) return chunk;
  return new Uint8Array(0);
}

async function* decompressed(input: Input, maxTextBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of gunzip(input.chunks({ size: chunkBytes }))) {
      size += chunk.length;
      if (size > maxTextBytes) {
        throw new TextFault(
          undefined,
          `it becomes more than ${maxTextBytes} bytes when it is decompressed, which is the limit ('maxTextBytes')`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof DamagedGzip)) throw error;
    throw new TextFault(undefined, `it is no whole gzip file: ${error.message}`);
  }
}

async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let begun = false;
  for await (const chunk of chunks) {
    const marked = !begun && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    begun = true;
    yield marked ? chunk.subarray(3) : chunk;
  }
}

async function* checkedUtf8(
  again: () => AsyncIterable<Uint8Array>,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const decoder = createDecoder('utf-8');
  const decode = async (bytes: Uint8Array, more: boolean): Promise<void> => {
    try {
      decoder.decode(bytes, more);
    } catch {
      throw await undecodable(again(), 'utf-8');
    }
  };
  for await (const chunk of chunks) {
    await decode(chunk, true);
    yield chunk;
  }
  await decode(new Uint8Array(0), false);
}

async function* transcoded(
  open: () => AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<Uint8Array> {
  const decoder = createDecoder(encoding);
  const encoder = new TextEncoder();
  const decode = async (bytes: Uint8Array, more: boolean): Promise<Uint8Array> => {
    try {
      return encoder.encode(decoder.decode(bytes, more));
    } catch {
      throw await undecodable(open(), encoding);
    }
  };
  for await (const chunk of open()) {
    const bytes = await decode(chunk, true);
    if (bytes.length > 0) yield bytes;
  }
  const rest = await decode(new Uint8Array(0), false);
  if (rest.length > 0) yield rest;
}

/** Reads the bytes again, to find the line of the first one that does not decode. */
async function undecodable(chunks: AsyncIterable<Uint8Array>, encoding: string): Promise<TextFault> {
  // A decoder that has thrown is of no more use, so a second one is kept a chunk behind.
  const [front, behind] = [createDecoder(encoding), createDecoder(encoding)];
  let line = 1;
  let afterCr = false;
  const count = (text: string): void => {
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === 13 || (unit === 10 && !afterCr)) line += 1;
      afterCr = unit === 13;
    }
  };
  for await (const chunk of chunks) {
    try {
      front.decode(chunk, true);
    } catch {
      try {
        for (let at = 0; at < chunk.length; at += 1) count(behind.decode(chunk.subarray(at, at + 1), true));
      } catch {
        // That is the place.
      }
      break;
    }
    count(behind.decode(chunk, true));
  }
  return new TextFault(
    line,
    `it is not ${encoding.toUpperCase()}: say what it is with 'encoding', or convert it`,
  );
}

/** A pair of streams of the platform that (de)compresses what is written into what is read. */
interface Transform {
  readonly readable: { getReader(): Reader };
  readonly writable: { getWriter(): Writer };
}

interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}

interface Writer {
  readonly ready: Promise<unknown>;
  write(chunk: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abort(reason?: unknown): Promise<void>;
}

declare var DecompressionStream: { new (format: 'gzip'): Transform };
declare var CompressionStream: { new (format: 'gzip'): Transform };

/** The data is no gzip, ends in the middle of it, or goes on after it. */
export class DamagedGzip extends Error {}

/** Compresses as RFC 1952 says. Which bytes that gives is the platform's affair. */
export function gzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return through(chunks, new CompressionStream('gzip'));
}

/** Decompresses. @throws DamagedGzip */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const given = { failed: false };
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } catch (error) {
      given.failed = true;
      throw error;
    }
  }
  try {
    yield* through(watched(), new DecompressionStream('gzip'));
  } catch (error) {
    if (given.failed) throw error;
    throw new DamagedGzip(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function* through(
  chunks: AsyncIterable<Uint8Array>,
  { readable, writable }: Transform,
): AsyncGenerator<Uint8Array> {
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  let failure: { readonly error: unknown } | undefined;
  let stopped = false;
  const pump = async (): Promise<void> => {
    try {
      for await (const chunk of chunks) {
        await writer.ready;
        if (stopped) return;
        await writer.write(chunk);
      }
      await writer.close();
    } catch (error) {
      // What the platform's stream says comes out of the reader; what the chunks threw comes out of here.
      failure ??= { error };
      await writer.abort(error).catch(() => undefined);
    }
  };
  const pumping = pump();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value !== undefined && value.length > 0) yield value;
    }
  } finally {
    stopped = true;
    await reader.cancel().catch(() => undefined);
    await pumping;
  }
  if (failure !== undefined) throw failure.error;
}

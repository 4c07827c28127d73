import type { FetchedBatches } from './duckdb-like.ts';
import { partWriter, type PartFrame, type PartWriter, type PieceRoom } from './part-writer.ts';
import { vectorsWasm } from './vectors-wasm.ts';

/*
 * Tables out of DuckDB-WASM in one copy: see vectors.wat. DuckDB's own way makes Arrow arrays of its vectors, a message of these, and a
 * buffer of that. Used in the engine's own thread; nothing else of core is loaded there.
 */

/** What DuckDB-WASM's module was instantiated with, and what it exports. */
export interface DuckDbModule {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Its table of functions. */
  readonly table: {
    readonly length: number;
    grow(more: number): number;
    set(index: number, value: unknown): void;
  };
  readonly exports: Readonly<Record<string, unknown>>;
}

/** What is read. */
export interface VectorTable {
  /** A query that nothing but reads a table. */
  readonly text: string;
  /** See {@link vectorKinds}. */
  readonly kinds: Uint8Array;
  readonly rows: number;
  /** Its first 2,048 rows as DuckDB's own conversion gives them: a batch, with its message. */
  readonly first: Uint8Array;
}

/** The tables that are being read in an engine's thread, one on a connection at a time. */
export interface VectorStreams {
  /** Begins to read a table; false where that cannot be done like this. */
  begin(connection: number, table: VectorTable, frame: PartFrame): boolean;
  isReading(connection: number): boolean;
  /**
   * The next part of the table; none yet, when that takes longer, and none behind the last one.
   *
   * @throws Error what DuckDB says
   */
  next(connection: number, withinMs: number): FetchedBatches;
  /** Ends the reading of a table, wherever it is. */
  end(connection: number): void;
}

/** What vectors.wat exports. Pointers and lengths are in bytes; texts end with a zero. */
interface Vectors {
  open(connection: number, name: number, slot: number, refusal: number): number;
  run(connection: number, text: number): number;
  make(columns: number, kinds: number, first: number): number;
  start(state: number, connection: number, text: number): number;
  next(state: number): number;
  fault(state: number): number;
  end(state: number): void;
  readonly take: unknown;
}

/** Fits this DuckDB alone: what is not in the C API is known of it by looking. */
const knownVersion = 'v1.4.3';
/** Where in DuckDB-WASM's connection DuckDB's own one is. */
const ownConnection = 8;
const module = new WebAssembly.Module(Uint8Array.from(atob(vectorsWasm), (char) => char.charCodeAt(0)));

/** What a module of DuckDB-WASM must export. */
export const vectorImports: readonly string[] = [
  'duckdb_library_version',
  ...WebAssembly.Module.imports(module).flatMap((one) => (one.module === 'duckdb' ? [one.name] : [])),
];

/** What is told ahead of whoever reads is thirty chunks where DuckDB's setting cannot be changed: not of wider rows, in bytes. */
const widestAhead = 512;
const rowsOfBatch = 2048;
const noMemory = 'Out of Memory Error: failed to allocate a batch';

/** A table that is being read. */
interface Stream {
  readonly state: number;
  readonly writer: PartWriter;
  isOver: boolean;
  isEnded: boolean;
}

/**
 * Makes what reads tables out of DuckDB's memory; undefined where the module is another one than this was made for.
 */
export function vectorStreams(
  { memory, table, exports }: DuckDbModule,
  room: PieceRoom,
): VectorStreams | undefined {
  const {
    malloc,
    free,
    duckdb_library_version: version,
  } = exports as {
    malloc?(bytes: number): number;
    free?(pointer: number): void;
    duckdb_library_version?(): number;
  };
  if (!malloc || !free || !version) return undefined;
  const textAt = (pointer: number): string => {
    const bytes = new Uint8Array(memory.buffer, pointer);
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  };
  if (textAt(version() >>> 0) !== knownVersion) return undefined;

  /** Whose turn it is. */
  let writer: PartWriter | undefined;
  let failure: unknown;
  // Nothing may be thrown through DuckDB's own calls.
  const guarded = (act: () => void): void => {
    try {
      if (failure === undefined) act();
    } catch (error) {
      failure = error;
    }
  };
  let vectors: Vectors;
  try {
    const host = {
      put: (pointer: number, length: number) =>
        guarded(() => writer?.put(new Uint8Array(memory.buffer, pointer >>> 0, length))),
      batch: () => guarded(() => writer?.batchEnds()),
    };
    vectors = new WebAssembly.Instance(module, { env: { memory }, duckdb: exports, host }).exports as Vectors;
  } catch {
    return undefined;
  }

  /** Puts bytes into DuckDB's memory; 0 where there is none. */
  const keep = (bytes: Uint8Array): number => {
    const pointer = malloc(bytes.length) >>> 0;
    if (pointer !== 0) new Uint8Array(memory.buffer, pointer, bytes.length).set(bytes);
    return pointer;
  };
  const withText = <Result>(text: string, use: (pointer: number) => Result): Result => {
    const pointer = keep(new TextEncoder().encode(`${text}\0`));
    if (pointer === 0) throw new Error(noMemory);
    try {
      return use(pointer);
    } finally {
      free(pointer);
    }
  };

  let isOpen: boolean | undefined;
  /** Whether DuckDB's connection is where it should be: it holds a shared pointer, whose object stands behind its counters. */
  const isConnection = (connection: number): boolean => {
    const [object = 0, counters = 0] = new Uint32Array(memory.buffer, connection + ownConnection, 2);
    return object === counters + 16;
  };
  const open = (connection: number): boolean => {
    const slot = table.grow(1);
    table.set(slot, vectors.take);
    const refusal = keep(new TextEncoder().encode('cairn_vectors is of no use in SQL\0'));
    return withText(
      'cairn_vectors',
      (name) => vectors.open(connection + ownConnection, name, slot, refusal) === 0,
    );
  };

  const streams = new Map<number, Stream>();
  const finish = (stream: Stream): void => {
    stream.isEnded = true;
    vectors.end(stream.state);
    stream.writer.giveBack();
  };
  const end = (connection: number): void => {
    const stream = streams.get(connection);
    streams.delete(connection);
    if (stream && !stream.isEnded) finish(stream);
  };
  /** Lets DuckDB work for a stream. */
  const work = (stream: Stream, call: () => number): number => {
    [writer, failure] = [stream.writer, undefined];
    try {
      const went = call();
      if (failure !== undefined) throw failure;
      return went;
    } finally {
      writer = undefined;
    }
  };
  /** Goes on for a chunk or a few. */
  const step = (stream: Stream): void => {
    const went = work(stream, () => vectors.next(stream.state));
    stream.isOver = went === 0;
    if (went !== 2) return;
    const fault = vectors.fault(stream.state) >>> 0;
    throw new Error(fault === 0 ? noMemory : textAt(fault));
  };

  return {
    begin(connection, { text, kinds, rows, first }, frame) {
      if (isOpen === false || !isConnection(connection)) return false;
      end(connection);
      const own = connection + ownConnection;
      try {
        // It ends what gave the first batch, too.
        const isBounded = withText("set streaming_buffer_size = '1KB'", (set) => vectors.run(own, set) === 1);
        isOpen ??= open(connection);
        if (!isOpen || (!isBounded && first.length > widestAhead * rowsOfBatch)) return false;
        const message = first.subarray(
          0,
          8 + new DataView(first.buffer, first.byteOffset).getUint32(4, true),
        );
        const state = vectors.make(kinds.length, keep(kinds), keep(message)) >>> 0;
        if (state === 0) return false;
        const expected = Math.ceil((1.1 * first.length * rows) / rowsOfBatch);
        const stream: Stream = {
          state,
          writer: partWriter(frame, room, expected, first.length),
          isOver: false,
          isEnded: false,
        };
        streams.set(connection, stream);
        const query = `select cairn_vectors(*columns(*)) from (${text})`;
        if (work(stream, () => withText(query, (pointer) => vectors.start(state, own, pointer))) === 1) {
          step(stream);
          if (stream.writer.beginsWith(first)) return true;
          // It is another DuckDB than it says.
          isOpen = false;
        }
      } catch {
        // It is read the other way, and that fails for its own reason.
      }
      end(connection);
      return false;
    },
    isReading: (connection) => streams.has(connection),
    next(connection, withinMs) {
      const stream = streams.get(connection);
      if (!stream) throw new Error('no table is being read on this connection');
      if (stream.isEnded) return { bytes: new Uint8Array(), until: 'end' };
      const begun = performance.now();
      try {
        for (;;) {
          const bytes = stream.writer.take();
          if (bytes) return { bytes, until: 'enough' };
          if (stream.isOver) break;
          step(stream);
          if (performance.now() - begun > withinMs) return { bytes: new Uint8Array(), until: 'time' };
        }
        const bytes = stream.writer.close();
        finish(stream);
        return { bytes, until: 'end' };
      } catch (error) {
        finish(stream);
        throw error;
      }
    },
    end,
  };
}

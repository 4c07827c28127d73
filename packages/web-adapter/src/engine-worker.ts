/*
 * The first script of the engine's worker, a classic one: it stands between DuckDB and the network, then loads DuckDB's own
 * worker script, which takes over. DuckDB fetches an extension as soon as a query seems to need one, whatever it was
 * told, and waits for it with every other query. Beside that it fetches and compiles the module in DuckDB's place, while
 * that script is still loaded, and takes whole parts out of DuckDB's memory.
 */

// A classic worker imports nothing: these are types alone.
type EngineStart = import('./engine-protocol.ts').EngineStart;
type EngineStartReport = import('./engine-protocol.ts').EngineStartReport;
type EnginePhases = import('./engine-protocol.ts').EnginePhases;
type BatchesAsked = import('./engine-protocol.ts').BatchesAsked;
type BatchesAnswer = import('./engine-protocol.ts').BatchesAnswer;
type EngineWorkerReady = import('./engine-protocol.ts').EngineWorkerReady;
type FetchedBatches = import('@cairn/core/duckdb').FetchedBatches;
type DuckDbModule = import('@cairn/core/duckdb-thread').DuckDbModule;
type PieceRoom = import('@cairn/core/duckdb-thread').PieceRoom;
type StatementSource = import('@cairn/core/duckdb-thread').StatementSource;
type ThreadStatements = import('@cairn/core/duckdb-thread').ThreadStatements;

/** A bundler has it in this script. Where nobody bundles, and nothing of this name is found, the page asks for each batch. */
const threadCode = import('@cairn/core/duckdb-thread').catch(() => undefined);

/** What DuckDB's script answers. */
type Answer =
  | { readonly type: 'QUERY_RESULT_CHUNK' | 'QUERY_RESULT_HEADER_OR_NULL'; readonly data: Uint8Array | null }
  | { readonly type: 'QUERY_RESULT'; readonly data: Uint8Array }
  | { readonly type: 'ERROR'; readonly data: { readonly name: string; readonly message: string } };

/** 256 MiB of address space, in pages of 64 KiB: what is not used is not in memory. */
const firstPages = 4096;

/**
 * Lets DuckDB's module begin with a large heap. It grows by a fifth at a time otherwise, and each time the whole of it counts
 * as allocated anew, so that all that DuckDB's script holds is looked through for garbage.
 */
function enlargeHeap(): void {
  const { Memory } = WebAssembly;
  function LargeMemory(size: WebAssembly.MemoryDescriptor): WebAssembly.Memory {
    try {
      return new Memory({ ...size, initial: Math.max(size.initial, firstPages) });
    } catch {
      // There is no such room: it grows by and by.
      return new Memory(size);
    }
  }
  LargeMemory.prototype = Memory.prototype;
  WebAssembly.Memory = LargeMemory as unknown as typeof Memory;
}

/**
 * Asks DuckDB's script as the page would. Its database is out of reach, but these few requests it answers before it
 * returns.
 */
function ask(type: string, asked: unknown): Uint8Array | null {
  const post = globalThis.postMessage;
  let answer: Answer | undefined;
  globalThis.postMessage = (message: unknown) => {
    answer = message as Answer;
  };
  try {
    const data = { messageId: -1, type, data: asked };
    globalThis.onmessage?.call(globalThis as never, new MessageEvent('message', { data }));
  } finally {
    globalThis.postMessage = post;
  }
  if (answer !== undefined && answer.type !== 'ERROR') return answer.data;
  const { name, message } = answer?.data ?? { name: 'Error', message: `DuckDB did not answer to ${type}` };
  throw Object.assign(new Error(message), { name });
}

/** What of DuckDB's module gives the next batch, and the memory in which that lies. */
interface BatchSource {
  readonly memory: WebAssembly.Memory;
  readonly calls: {
    duckdb_web_query_fetch_results(response: number, connection: number): void;
    duckdb_web_clear_response(): void;
    emscripten_stack_get_current(): number;
    _emscripten_stack_alloc(bytes: number): number;
    _emscripten_stack_restore(pointer: number): void;
  };
}

/** Undefined where DuckDB's script has instantiated the module itself; the latter also if the module is made otherwise. */
let duckDb: DuckDbModule | undefined;
let batchSource: BatchSource | undefined;

function batchSourceOf({ memory, exports: given }: DuckDbModule): BatchSource | undefined {
  const isThere = [
    'duckdb_web_query_fetch_results',
    'duckdb_web_clear_response',
    'emscripten_stack_get_current',
    '_emscripten_stack_alloc',
    '_emscripten_stack_restore',
  ].every((name) => typeof given[name] === 'function');
  if (!isThere || !(memory instanceof WebAssembly.Memory)) return undefined;
  return { memory, calls: given as unknown as BatchSource['calls'] };
}

/** DuckDB's word for a batch that is to be asked for again. */
const askAgain = 256;

/**
 * Gives the next batch to whoever copies it, straight from DuckDB's memory; resolves to false when there is none now, and to
 * undefined at the end. Asked for through the script each would be copied once more, beside a message.
 */
function nextBatch(
  { memory, calls }: BatchSource,
  connection: number,
  take: (batch: Uint8Array) => void,
): boolean | undefined {
  const stack = calls.emscripten_stack_get_current();
  const response = calls._emscripten_stack_alloc(24) >>> 0;
  calls.duckdb_web_query_fetch_results(response, connection);
  const [status, pointer = 0, length = 0] = new Float64Array(memory.buffer, response, 3);
  calls._emscripten_stack_restore(stack);
  try {
    if (status === askAgain) return false;
    const bytes = new Uint8Array(memory.buffer, pointer, length);
    if (status !== 0) throw new Error(new TextDecoder().decode(bytes));
    if (length === 0) return undefined;
    take(bytes);
    return true;
  } finally {
    calls.duckdb_web_clear_response();
  }
}

/** Room for a part of 16 MiB, with a schema and a batch more. */
const largeBytes: number = 2 ** 24 + 2 ** 21;
/** Memory of large pieces that has come back: to touch fresh memory takes longer than to copy into it. */
const spare: ArrayBuffer[] = [];
/** As many are hashed and packed at a time, and more are needed only when the processor is busy with other things. */
const mostSpare = 6;
/** So long after the last one they are let go of, in milliseconds. */
const spareForMs = 2000;
let forgetSpare: ReturnType<typeof setTimeout> | undefined;

function keepSpare(buffer: ArrayBufferLike): void {
  if (!(buffer instanceof ArrayBuffer)) return;
  if (buffer.byteLength === largeBytes && spare.length < mostSpare) spare.push(buffer);
  clearTimeout(forgetSpare);
  forgetSpare = setTimeout(() => spare.splice(0), spareForMs);
}

const room: PieceRoom = {
  take(bytes) {
    if (bytes > largeBytes) return new Uint8Array(bytes);
    return new Uint8Array(spare.pop() ?? new ArrayBuffer(largeBytes));
  },
  give(piece, length) {
    // What is given away holds all of its memory for as long as it is used.
    if (length > piece.length / 2) return piece.subarray(0, length);
    const bytes = piece.slice(0, length);
    keepSpare(piece.buffer);
    return bytes;
  },
  giveBack: ({ buffer }) => keepSpare(buffer),
};

const source: StatementSource = {
  start: (connection, text) => ask('START_PENDING_QUERY', [connection, text, true]),
  poll: (connection) => ask('POLL_PENDING_QUERY', connection),
  run: (connection, text) => ask('RUN_QUERY', [connection, text]) as Uint8Array,
  next(connection, take) {
    if (batchSource !== undefined) return nextBatch(batchSource, connection, take);
    const batch = ask('FETCH_QUERY_RESULTS', connection);
    if (batch === null) return false;
    if (batch.length === 0) return undefined;
    take(batch);
    return true;
  },
};

/** The longest time between two reports of what is fetched, in milliseconds; an event of a run and its observers take time. */
const reportEvery = 100;

/** Reports how much of an answer has come. A clone is read: Chromium caches compiled code with the answer that it compiled. */
async function reportLoading(
  { body, headers }: Response,
  say: (report: EngineStartReport) => void,
): Promise<void> {
  // Of a compressed answer the length is known before unpacking, and the bytes are counted after.
  const length = headers.has('content-encoding') ? Number.NaN : Number(headers.get('content-length') ?? '');
  const total = length > 0 ? length : undefined;
  const reader = body?.getReader();
  let [bytes, told] = [0, Number.NEGATIVE_INFINITY];
  for (;;) {
    const piece = await reader?.read();
    const isLast = piece?.done !== false;
    bytes += piece?.value?.length ?? 0;
    if (isLast || performance.now() - told >= reportEvery) {
      say({ kind: 'loading', bytes, total });
      told = performance.now();
    }
    if (isLast) return;
  }
}

/** Fetches and compiles a module. */
async function compile(url: string, say: (report: EngineStartReport) => void): Promise<WebAssembly.Module> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  reportLoading(response.clone(), say).catch(() => undefined);
  const isTyped = response.headers.get('content-type') === 'application/wasm';
  return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/**
 * The names of the exports that a script made by Emscripten reads. The module has 75,011, so that extensions can be linked to
 * them, and the script would enter each in several tables.
 */
async function exportsReadBy(script: string): Promise<readonly string[] | undefined> {
  const text = await (await fetch(script, { credentials: 'same-origin' })).text();
  const names = new Set(Array.from(text.matchAll(/\bwasmExports\.([\w$]+)/g), ([, name]) => name ?? ''));
  return names.has('__wasm_call_ctors') && !text.includes('wasmExports[') ? [...names] : undefined;
}

/** An instance that shows only the named exports; the instance itself if it lacks one of them. */
function keepExports(
  instance: WebAssembly.Instance,
  names: readonly string[] | undefined,
): WebAssembly.Instance {
  const { exports } = instance;
  if (names?.every((name) => name in exports) !== true) return instance;
  const kept = Object.fromEntries(names.map((name) => [name, exports[name]]));
  return Object.create(instance, { exports: { value: kept } }) as WebAssembly.Instance;
}

function phaseEnded(phases: EnginePhases, name: string): void {
  phases.push([name, performance.timeOrigin + performance.now()]);
}

/** Fetches and compiles the module, and hands it to DuckDB's script when that wants to. */
function compileAhead(
  { script, module: given, wasm, repository }: EngineStart,
  phases: EnginePhases,
  say: (report: EngineStartReport) => void,
): void {
  if (given === undefined) return;
  const module = typeof given === 'string' ? compile(given, say) : Promise.resolve(given);
  const names = repository === undefined ? exportsReadBy(script).catch(() => undefined) : undefined;
  module.then(
    () => phaseEnded(phases, 'module fetched and compiled'),
    (error: unknown) => say({ kind: 'failed', message: String(error) }),
  );

  const { fetch } = globalThis;
  const { instantiateStreaming } = WebAssembly;
  globalThis.fetch = (input, options) => {
    const url = input instanceof Request ? input.url : String(input);
    if (url !== wasm) return fetch(input, options);
    return Promise.resolve(
      new Response(new Uint8Array(), { headers: { 'content-type': 'application/wasm' } }),
    );
  };
  WebAssembly.instantiateStreaming = async (_source, imports) => {
    globalThis.fetch = fetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
    const compiled = await module;
    const whole = await WebAssembly.instantiate(compiled, imports);
    const { memory, __indirect_function_table: table } = imports?.['env'] ?? {};
    duckDb = { memory, table, exports: whole.exports } as unknown as DuckDbModule;
    batchSource = batchSourceOf(duckDb);
    const instance = keepExports(whole, await names);
    phaseEnded(phases, 'instantiated');
    say({ kind: 'linked', module: compiled, phases });
    return { module: compiled, instance };
  };
}

/** Answers what the page asks for through a port. */
function serve(
  { threadStatements, vectorStreams }: typeof import('@cairn/core/duckdb-thread'),
  port: MessagePort,
): void {
  let statements: ThreadStatements | undefined;
  port.addEventListener('message', ({ data: asked }: MessageEvent<BatchesAsked>) => {
    statements ??= threadStatements(source, room, duckDb && vectorStreams(duckDb, room));
    if ('recycled' in asked) return keepSpare(asked.recycled);
    if ('ended' in asked) return statements.endFetching(asked.ended);
    const { id, connection } = asked;
    const reply = (answer: BatchesAnswer, fetched?: FetchedBatches): void =>
      port.postMessage(answer, fetched ? [fetched.bytes.buffer as ArrayBuffer] : []);
    try {
      if ('request' in asked) {
        const fetched = statements.fetchBatches(connection, asked.request);
        reply({ id, answer: fetched }, fetched);
      } else {
        const started =
          'poll' in asked
            ? statements.pollAndFetch(connection, asked.poll)
            : statements.startAndFetch(connection, asked.text, asked.start);
        reply({ id, answer: started }, started.fetched);
      }
    } catch (error) {
      const { name, message } = error as Error;
      reply({ id, failure: { name, message } });
    }
  });
  port.start();
}

addEventListener(
  'message',
  (event: MessageEvent<EngineStart>) => {
    const { script, repository, batches, told } = event.data;
    // DuckDB's script hears from here on.
    event.stopImmediatePropagation();

    class GuardedRequest extends XMLHttpRequest {
      #isRefused = false;

      override open(
        method: string,
        url: string | URL,
        isAsync = true,
        user?: string | null,
        password?: string | null,
      ): void {
        const text = String(url);
        this.#isRefused =
          text.includes('.duckdb_extension.') && !(repository !== undefined && text.startsWith(repository));
        if (!this.#isRefused) super.open(method, url, isAsync, user, password);
      }

      override send(body?: XMLHttpRequestBodyInit | null): void {
        if (!this.#isRefused) super.send(body);
      }

      override setRequestHeader(name: string, value: string): void {
        if (!this.#isRefused) super.setRequestHeader(name, value);
      }

      // A request that was never opened can have no type, and none is asked of it.
      override set responseType(type: XMLHttpRequestResponseType) {
        if (!this.#isRefused) super.responseType = type;
      }

      override get responseType(): XMLHttpRequestResponseType {
        return super.responseType;
      }

      override get status(): number {
        return this.#isRefused ? 404 : super.status;
      }
    }
    globalThis.XMLHttpRequest = GuardedRequest;

    enlargeHeap();
    const say = (report: EngineStartReport): void => told.postMessage(report);
    // DuckDB's script leaves alone what its start comes to when it fails.
    addEventListener('unhandledrejection', ({ reason }) => say({ kind: 'failed', message: String(reason) }));
    const phases: EnginePhases = [];
    phaseEnded(phases, 'worker');
    compileAhead(event.data, phases, say);
    importScripts(script);
    phaseEnded(phases, 'script');
    void threadCode.then((code) => {
      if (code) serve(code, batches);
      postMessage({ gathers: code !== undefined } satisfies EngineWorkerReady);
    });
  },
  { once: true },
);

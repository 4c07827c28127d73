import { spawnSync } from 'node:child_process';
import { existsSync, fstatSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  threadStatements,
  vectorStreams,
  type PieceRoom,
  type ThreadStatements,
} from '@cairn/core/duckdb-thread';
import type { FetchedBatches, StartedStatement } from '@cairn/core/duckdb';
import type { EngineRequest, EngineResponse, EngineThreadData } from './engine-protocol.ts';
import { withLargeHeap } from './large-heap.ts';
import { compileLean, instantiateAs } from './lean-module.ts';
import { giveBack, isShared, sharedPieces } from './shared-pieces.ts';
import { statementSource } from './statement-source.ts';

/*
 * The thread in which DuckDB-WASM runs. It answers one request after the other with the blocking build; DuckDB's own
 * worker script does not start under Node's current web-worker packages.
 */

const { repository, isLean, module: given } = workerData as EngineThreadData;
const phases: [name: string, endedAt: number][] = [];
const ended = (name: string): void => void phases.push([name, performance.timeOrigin + performance.now()]);
ended('thread');

const require = createRequire(import.meta.url);
const wasm = require.resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm');
// V8 compiles on threads of its own, while this one reads the script.
const lean =
  given === undefined && isLean
    ? compileLean(wasm, require.resolve('@duckdb/duckdb-wasm/blocking'))
    : given && Promise.resolve(given);
ended('module read');
const blocking = require('@duckdb/duckdb-wasm/blocking') as typeof import('@duckdb/duckdb-wasm/blocking');
const { createDuckDB, NODE_RUNTIME: runtime, DuckDBDataProtocol, VoidLogger } = blocking;

// This thread is DuckDB's alone, and it prints whatever it also reports.
for (const method of ['log', 'warn', 'error'] as const) console[method] = () => undefined;

const download =
  'fetch(process.argv[1]).then((r) => (r.ok ? r.arrayBuffer() : Promise.reject(r.status))).then((b) => process.stdout.write(Buffer.from(b)))';

// DuckDB fetches an extension through this class, which Node lacks; without it the thread would wait for ever. Only
// what the engine's options name is fetched, by a process of its own, for this thread must wait.
class ExtensionRequest {
  status = 404;
  response: ArrayBuffer | undefined;
  #url = '';

  open(_method: string, url: string): void {
    this.#url = url;
  }

  send(): void {
    if (repository === undefined || !this.#url.startsWith(repository)) return;
    const fetched = spawnSync(process.execPath, ['-e', download, this.#url], {
      maxBuffer: 2 ** 28,
      timeout: 60_000,
    });
    if (fetched.status !== 0) return;
    this.status = 200;
    this.response = new Uint8Array(fetched.stdout).buffer;
  }

  setRequestHeader(): void {}
}
Object.assign(globalThis, { XMLHttpRequest: ExtensionRequest });

/** What Emscripten gives a module, and DuckDB's types leave out. */
interface WasmMemory {
  readonly HEAPU8: Uint8Array;
  readonly HEAPF64: Float64Array;
  _malloc(bytes: number): number;
}

const writes = 2;
const { openFile, glob } = runtime;

// DuckDB opens every file for writing and makes it when it is missing; what is only read needs neither.
runtime.openFile = (module, fileId, flags) => {
  const file = runtime.resolveFileInfo(module, fileId);
  if (
    file?.dataProtocol !== DuckDBDataProtocol.NODE_FS ||
    (flags & writes) !== 0 ||
    !existsSync(file.dataUrl ?? '')
  ) {
    return openFile(module, fileId, flags);
  }
  const descriptor = openSync(file.dataUrl ?? '', 'r');
  runtime._filesById.set(fileId, descriptor);
  const memory = module as unknown as WasmMemory;
  const result = memory._malloc(16);
  memory.HEAPF64.set([fstatSync(descriptor).size, 0], result / 8);
  return result;
};

// A file is read by its name even when the name looks like a pattern.
runtime.glob = (module, pathPointer, pathLength) => {
  const { HEAPU8 } = module as unknown as WasmMemory;
  const path = Buffer.from(HEAPU8.subarray(pathPointer, pathPointer + pathLength)).toString();
  if (existsSync(path)) module.ccall('duckdb_web_fs_glob_add_path', null, ['string'], [path]);
  else glob(module, pathPointer, pathLength);
};

ended('script');
const bundle = { mainModule: lean ? fileURLToPath(import.meta.url) : wasm, mainWorker: '' };
const duckdb = await createDuckDB({ mvp: bundle, eh: bundle }, new VoidLogger(), runtime);
const instantiate = (): Promise<unknown> => withLargeHeap(() => duckdb.instantiate());
const instantiated = lean ? await instantiateAs(lean, instantiate) : void (await instantiate());
ended('module compiled and linked');
duckdb.open({ path: ':memory:', maximumThreads: 1, query: { queryPollingInterval: 20 } });
ended('database opened');

const pieces = sharedPieces();
const room: PieceRoom = {
  take: (bytes) => pieces.take(bytes) ?? new Uint8Array(bytes),
  // What is given away holds all of its memory for as long as it is used.
  give: (piece, length) =>
    isShared(piece) || length > piece.length / 2 ? piece.subarray(0, length) : piece.slice(0, length),
  giveBack: (piece) => void (isShared(piece) && giveBack(piece)),
};

/** What came in while a statement was at work. */
const asked: EngineRequest[] = [];
const isAsked = (): boolean => {
  const next = asked.length > 0 || !parentPort ? undefined : receiveMessageOnPort(parentPort);
  if (next) asked.push(next.message as EngineRequest);
  return asked.length > 0;
};
const statements = threadStatements(
  { ...statementSource(blocking, duckdb), isAsked },
  room,
  instantiated && vectorStreams(instantiated, room),
);

function perform({ method, args }: EngineRequest): unknown {
  if (method in statements) {
    const statement = statements[method as keyof ThreadStatements] as (
      ...given: readonly unknown[]
    ) => unknown;
    return statement(...args);
  }
  if (method === 'connectInternal') return duckdb.connect().useUnsafe((_bindings, connection) => connection);
  const run = duckdb[method as keyof typeof duckdb] as (...given: readonly unknown[]) => unknown;
  return run.apply(duckdb, args as unknown[]);
}

/** The one buffer of an answer that may be large. */
function largeIn(method: EngineRequest['method'], value: unknown): unknown {
  if (method === 'startAndFetch' || method === 'pollAndFetch')
    return (value as StartedStatement).fetched?.bytes;
  return method === 'fetchBatches' ? (value as FetchedBatches).bytes : value;
}

function say(response: EngineResponse, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(response, transfer);
}

function answer(request: EngineRequest): void {
  try {
    const value = perform(request);
    const bytes = largeIn(request.method, value);
    say(
      { kind: 'answer', id: request.id, value },
      bytes instanceof Uint8Array && !isShared(bytes) ? [bytes.buffer as ArrayBuffer] : [],
    );
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    say({ kind: 'failure', id: request.id, name, message });
  }
}

parentPort?.on('message', (request: EngineRequest) => {
  for (let next: EngineRequest | undefined = request; next; next = asked.shift()) answer(next);
});
say({ kind: 'ready', module: given ? undefined : await lean, phases });

import { Worker } from 'node:worker_threads';
import type { DuckDbInstance, DuckDbLike, FetchedBatches, StartedStatement } from '@cairn/core/duckdb';
import type { EngineRequest, EngineResponse, EngineThreadData } from './engine-protocol.ts';
import { giveBack, isShared, ownCopies, sharedPieces } from './shared-pieces.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const methods = [
  'connectInternal',
  'disconnect',
  'runQuery',
  'startPendingQuery',
  'pollPendingQuery',
  'cancelPendingQuery',
  'fetchQueryResults',
  'endFetching',
  'insertArrowFromIPCStream',
  'registerFileBuffer',
  'dropFile',
  'tokenize',
] as const satisfies readonly EngineRequest['method'][];

/** What is smaller is handed over. */
const smallBytes = 2 ** 20;

/** What {@link startEngineThread} may be given. */
export interface EngineThreadOptions {
  /** Where extensions may be fetched from. @default nothing is fetched */
  readonly repository?: string | undefined;
  /** Holds the module that one thread has compiled, with what V8 has optimised of it, for the next one. @default none */
  readonly compiled?: { module?: object };
}

/**
 * Starts a thread with a DuckDB in it. The thread keeps the process alive only while a request is under way; when it
 * ends, for whatever reason, every request that waits is rejected. Each phase of the start is a `performance.measure`.
 */
export async function startEngineThread({
  repository,
  compiled = {},
}: EngineThreadOptions = {}): Promise<DuckDbInstance> {
  // What is loaded later is linked to what the module exports.
  if (repository !== undefined) return start({ repository, isLean: false, module: undefined }, {});
  try {
    return await start({ repository, isLean: true, module: compiled.module }, compiled);
  } catch {
    // Another DuckDB-WASM may be made otherwise. Whatever else is wrong is wrong again.
    return start({ repository, isLean: false, module: undefined }, {});
  }
}

function start(workerData: EngineThreadData, compiled: { module?: object }): Promise<DuckDbInstance> {
  const begun = performance.timeOrigin + performance.now();
  const worker = new Worker(new URL('./engine-worker.js', import.meta.url), { execArgv: [], workerData });
  const waiting = new Map<number, Waiting>();
  let requests = 0;
  let ended: Error | undefined;
  let isEnding = false;

  const request = (method: EngineRequest['method'], args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) {
        reject(ended);
        return;
      }
      const message: EngineRequest = { id: requests++, method, args };
      if (waiting.size === 0) worker.ref();
      waiting.set(message.id, { resolve, reject });
      worker.postMessage(
        message,
        args.flatMap((arg) =>
          arg instanceof Uint8Array && !isShared(arg) ? [arg.buffer as ArrayBuffer] : [],
        ),
      );
    });

  const copies = ownCopies();
  const own = ({ bytes, until }: FetchedBatches, lend = false): FetchedBatches => ({
    bytes: isShared(bytes) && !lend ? copies.of(bytes) : bytes,
    until,
  });
  const db = Object.fromEntries(
    methods.map((method) => [method, (...args: readonly unknown[]) => request(method, args)]),
  ) as unknown as DuckDbLike;
  const insert = db.insertArrowFromIPCStream;
  const given = sharedPieces();
  db.insertArrowFromIPCStream = async (connection, buffer, options) => {
    const piece = buffer.length < smallBytes ? undefined : given.take(buffer.length);
    if (piece === undefined) return insert(connection, buffer, options);
    piece.set(buffer);
    try {
      await insert(connection, piece.subarray(0, buffer.length), options);
    } finally {
      giveBack(piece);
    }
  };
  db.fetchBatches = async (connection, asked) =>
    own((await request('fetchBatches', [connection, asked])) as FetchedBatches, asked.lend);
  const owned = (answer: unknown, lend?: boolean): StartedStatement => {
    const { fetched, ...started } = answer as StartedStatement;
    return fetched ? { ...started, fetched: own(fetched, lend) } : started;
  };
  db.startAndFetch = async (connection, text, asked) =>
    owned(await request('startAndFetch', [connection, text, asked]), asked.lend);
  db.pollAndFetch = async (connection, asked) =>
    owned(await request('pollAndFetch', [connection, asked]), asked.lend);
  db.recycle = (bytes) => Promise.resolve(isShared(bytes) ? giveBack(bytes) : copies.recycle(bytes));

  return new Promise((resolve, reject) => {
    const died = new Promise<unknown>((report) => {
      const end = (error: Error): void => {
        ended ??= error;
        report(ended);
        for (const request of waiting.values()) request.reject(ended);
        waiting.clear();
        reject(ended);
      };
      worker.on('error', end);
      worker.on('exit', (code) => end(new Error(`the engine's thread ended with code ${code}`)));
    });
    worker.on('message', (response: EngineResponse) => {
      if (response.kind === 'ready') {
        worker.unref();
        if (response.module) compiled.module = response.module;
        measurePhases(begun, response.phases);
        resolve({
          db,
          died,
          async terminate() {
            isEnding = true;
            await worker.terminate();
          },
        });
        return;
      }
      const { resolve: answer, reject: fail } = waiting.get(response.id) ?? {
        resolve: () => {},
        reject: () => {},
      };
      waiting.delete(response.id);
      // An answer may come while the end is waited for, which must be waited for all the same.
      if (waiting.size === 0 && !isEnding) worker.unref();
      if (response.kind === 'answer') answer(response.value);
      else fail(Object.assign(new Error(response.message), { name: response.name }));
    });
  });
}

function measurePhases(begun: number, phases: readonly (readonly [name: string, endedAt: number])[]): void {
  let start = begun - performance.timeOrigin;
  for (const [name, endedAt] of phases) {
    const end = endedAt - performance.timeOrigin;
    performance.measure(`cairn engine: ${name}`, { start, end });
    start = end;
  }
}

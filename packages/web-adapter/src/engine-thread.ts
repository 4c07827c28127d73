import type { EngineLoading } from '@cairn/core';
import type { DuckDbInstance } from '@cairn/core/duckdb';
import type { EngineAssets } from './engine.ts';
import type { EngineStart, EngineStartReport, EngineWorkerReady } from './engine-protocol.ts';
import { batchesThrough } from './fetch-batches.ts';

/** What {@link startEngineThread} needs. */
export interface EngineThreadOptions {
  readonly assets: EngineAssets;
  /** Where extensions may be fetched from; nothing is fetched when it is undefined. */
  readonly repository: string | undefined;
  readonly onLoading: (progress: EngineLoading) => void;
  /** Holds the module that one worker has compiled, with what the browser has optimised of it, for the next one. */
  readonly compiled: { module?: WebAssembly.Module };
}

/** Starts a worker with a DuckDB in it. Each phase of the start is a `performance.measure`. */
export async function startEngineThread(options: EngineThreadOptions): Promise<DuckDbInstance> {
  const { compiled, assets } = options;
  try {
    return await start(options, compiled.module ?? absolute(assets.wasm));
  } catch (error) {
    // Another DuckDB-WASM may be made otherwise. Whatever else is wrong is wrong again.
    return start(options, undefined).catch(() => {
      throw error;
    });
  }
}

function absolute(url: string): string {
  return new URL(url, location.href).href;
}

async function start(
  { assets, repository, onLoading, compiled }: EngineThreadOptions,
  module: string | WebAssembly.Module | undefined,
): Promise<DuckDbInstance> {
  let since = performance.now();
  const ended = (phase: string, end = performance.now()): void => {
    performance.measure(`cairn engine: ${phase}`, { start: since, end });
    since = end;
  };
  const worker = new Worker(new URL('./engine-worker.js', import.meta.url), { name: 'cairn engine' });
  let ready: (event: MessageEvent<EngineWorkerReady>) => void = () => undefined;
  const started = new Promise<EngineWorkerReady>((resolve) => {
    ready = ({ data }) => resolve(data);
  });
  const died = new Promise<Error>((resolve) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      resolve(new Error(event.message || 'the script of its worker did not load'));
    });
    worker.addEventListener('messageerror', () => resolve(new Error('an answer of its worker was lost')));
  });
  const [batches, told] = [new MessageChannel(), new MessageChannel()];
  const refused = new Promise<Error>((resolve) => {
    told.port1.addEventListener('message', ({ data: report }: MessageEvent<EngineStartReport>) => {
      if (report.kind === 'loading') onLoading({ bytes: report.bytes, total: report.total });
      if (report.kind === 'failed') resolve(new Error(report.message));
      if (report.kind !== 'linked') return;
      compiled.module = report.module;
      const phases = report.phases.toSorted(([, a], [, b]) => a - b);
      for (const [phase, endedAt] of phases) ended(phase, endedAt - performance.timeOrigin);
    });
    told.port1.start();
  });
  const failed = Promise.race([died, refused]).then((error) => {
    throw error;
  });
  failed.catch(() => undefined);

  try {
    worker.addEventListener('message', ready, { once: true });
    const wasm = absolute(assets.wasm);
    worker.postMessage(
      {
        script: absolute(assets.worker),
        module,
        wasm,
        repository,
        batches: batches.port2,
        told: told.port2,
      } satisfies EngineStart,
      [batches.port2, told.port2],
    );
    // The page's own part of DuckDB is loaded while the worker is at work.
    const loaded = import('@duckdb/duckdb-wasm');
    loaded.catch(() => undefined);
    const { gathers } = await Promise.race([started, failed]);
    const { AsyncDuckDB, VoidLogger } = await loaded;
    const db = new AsyncDuckDB(new VoidLogger(), worker);
    const instantiated = db.instantiate(wasm, null, ({ bytesLoaded, bytesTotal }) => {
      if (module !== undefined) return;
      onLoading({ bytes: bytesLoaded, total: bytesTotal >= bytesLoaded ? bytesTotal : undefined });
    });
    await Promise.race([instantiated, failed]);
    ended('linked');
    const opened = db.open({ path: ':memory:', query: { queryPollingInterval: 20 } });
    await Promise.race([opened, failed]);
    ended('database opened');
    told.port1.close();
    const ours = gathers ? batchesThrough(batches.port1) : {};
    return { db: Object.assign(db, ours), died, terminate: () => worker.terminate() };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

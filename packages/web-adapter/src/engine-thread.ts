import type { DuckDbInstance } from '@cairn/core/duckdb';
import { AsyncDuckDB, VoidLogger } from '@duckdb/duckdb-wasm';
import type { EngineAssets } from './engine.ts';
import { batchesThrough } from './fetch-batches.ts';

/** What {@link startEngineThread} needs. */
export interface EngineThreadOptions {
  readonly assets: EngineAssets;
  /** Where extensions may be fetched from; nothing is fetched when it is undefined. */
  readonly repository: string | undefined;
  readonly onLoading: (progress: { readonly bytes: number; readonly total: number | undefined }) => void;
}

/** Starts a worker with a DuckDB in it. */
export async function startEngineThread({
  assets,
  repository,
  onLoading,
}: EngineThreadOptions): Promise<DuckDbInstance> {
  const worker = new Worker(new URL('./engine-worker.js', import.meta.url), { name: 'cairn engine' });
  let ready: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const died = new Promise<Error>((resolve) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      resolve(new Error(event.message || 'the script of its worker did not load'));
    });
    worker.addEventListener('messageerror', () => resolve(new Error('an answer of its worker was lost')));
  });
  const failed = died.then((error) => {
    throw error;
  });
  failed.catch(() => undefined);
  const absolute = (url: string): string => new URL(url, location.href).href;

  try {
    worker.addEventListener('message', ready, { once: true });
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ script: absolute(assets.worker), repository, batches: port2 }, [port2]);
    await Promise.race([started, failed]);
    const db = new AsyncDuckDB(new VoidLogger(), worker);
    const instantiated = db.instantiate(absolute(assets.wasm), null, ({ bytesLoaded, bytesTotal }) => {
      // Of a compressed answer the length is known before unpacking, and the bytes are counted after.
      onLoading({ bytes: bytesLoaded, total: bytesTotal >= bytesLoaded ? bytesTotal : undefined });
    });
    await Promise.race([instantiated, failed]);
    const opened = db.open({ path: ':memory:', query: { queryPollingInterval: 20 } });
    await Promise.race([opened, failed]);
    const fetchBatches = batchesThrough(port1);
    return { db: Object.assign(db, { fetchBatches }), died, terminate: () => worker.terminate() };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

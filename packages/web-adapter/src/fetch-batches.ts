import type { BatchRequest, DuckDbLike, FetchedBatches } from '@cairn/core/duckdb';

/** What the engine's worker is asked for, beside what DuckDB's own script answers. */
interface BatchesAsked {
  readonly id: number;
  readonly connection: number;
  readonly request: BatchRequest;
}

/** What it answers: one of the two. */
interface BatchesAnswer {
  readonly id: number;
  readonly fetched?: FetchedBatches;
  readonly failure?: { readonly name: string; readonly message: string };
}

interface Waiting {
  resolve(fetched: FetchedBatches): void;
  reject(error: unknown): void;
}

/** Makes what asks the engine's worker for batches, through a port whose other end it has. */
export function batchesThrough(port: MessagePort): NonNullable<DuckDbLike['fetchBatches']> {
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  port.addEventListener('message', ({ data }: MessageEvent<BatchesAnswer>) => {
    const { id, fetched, failure } = data;
    if (fetched) waiting.get(id)?.resolve(fetched);
    else waiting.get(id)?.reject(Object.assign(new Error(failure?.message), { name: failure?.name }));
    waiting.delete(id);
  });
  port.start();
  return (connection, request) =>
    new Promise((resolve, reject) => {
      const message: BatchesAsked = { id: asked++, connection, request };
      waiting.set(message.id, { resolve, reject });
      port.postMessage(message);
    });
}

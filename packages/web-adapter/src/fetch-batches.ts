import type {
  BatchRequest,
  DuckDbLike,
  FetchedBatches,
  StartedStatement,
  StartRequest,
} from '@cairn/core/duckdb';

/** What the engine's worker is asked for, beside what DuckDB's own script answers. */
type BatchesAsked = { readonly id: number; readonly connection: number } & (
  | { readonly request: BatchRequest }
  | { readonly text: string; readonly start: StartRequest }
);

/** What it answers: one of the two. */
interface BatchesAnswer {
  readonly id: number;
  readonly answer?: FetchedBatches | StartedStatement;
  readonly failure?: { readonly name: string; readonly message: string };
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** Makes what asks the engine's worker for batches, through a port whose other end it has. */
export function batchesThrough(
  port: MessagePort,
): Required<Pick<DuckDbLike, 'fetchBatches' | 'startAndFetch'>> {
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  port.addEventListener('message', ({ data }: MessageEvent<BatchesAnswer>) => {
    const { id, answer, failure } = data;
    if (answer) waiting.get(id)?.resolve(answer);
    else waiting.get(id)?.reject(Object.assign(new Error(failure?.message), { name: failure?.name }));
    waiting.delete(id);
  });
  port.start();
  const ask = (message: BatchesAsked): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(message.id, { resolve, reject });
      port.postMessage(message);
    });
  return {
    fetchBatches: async (connection, request) =>
      (await ask({ id: asked++, connection, request })) as FetchedBatches,
    startAndFetch: async (connection, text, start) =>
      (await ask({ id: asked++, connection, text, start })) as StartedStatement,
  };
}

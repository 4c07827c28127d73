import type { DuckDbLike, FetchedBatches, StartedStatement } from '@cairn/core/duckdb';
import { createBallast } from './ballast.ts';
import type { BatchesAnswer, BatchesAsked } from './engine-protocol.ts';

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** Whole parts have so many bytes, in the memory of which they come; nobody needs that of small tables. */
const largeBytes = 2 ** 23;

/** Makes what asks the engine's worker for batches, through a port whose other end it has. */
export function batchesThrough(
  port: MessagePort,
): Required<Pick<DuckDbLike, 'fetchBatches' | 'startAndFetch' | 'pollAndFetch' | 'endFetching' | 'recycle'>> {
  const waiting = new Map<number, Waiting>();
  const ballast = createBallast();
  let asked = 0;
  port.addEventListener('message', ({ data }: MessageEvent<BatchesAnswer>) => {
    const { id, answer, failure } = data;
    const bytes = answer && 'bytes' in answer ? answer.bytes : answer?.fetched?.bytes;
    if (bytes && bytes.buffer.byteLength >= largeBytes) ballast.hold();
    if (answer) waiting.get(id)?.resolve(answer);
    else waiting.get(id)?.reject(Object.assign(new Error(failure?.message), { name: failure?.name }));
    waiting.delete(id);
  });
  port.start();
  const ask = (message: Extract<BatchesAsked, { readonly id: number }>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(message.id, { resolve, reject });
      port.postMessage(message);
    });
  return {
    fetchBatches: async (connection, request) =>
      (await ask({ id: asked++, connection, request })) as FetchedBatches,
    startAndFetch: async (connection, text, start) =>
      (await ask({ id: asked++, connection, text, start })) as StartedStatement,
    pollAndFetch: async (connection, poll) =>
      (await ask({ id: asked++, connection, poll })) as StartedStatement,
    async endFetching(connection) {
      port.postMessage({ ended: connection } satisfies BatchesAsked);
    },
    async recycle({ buffer }) {
      if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < largeBytes) return;
      port.postMessage({ recycled: buffer } satisfies BatchesAsked, [buffer]);
    },
  };
}

import { DecoderBroke, openReaderHere, type ParquetReader } from './reader.ts';
import type { Request } from './worker.ts';

/** What is asked of the worker, without the number. */
type Question = Request extends infer Each ? (Each extends Request ? Omit<Each, 'number'> : never) : never;

/**
 * A reader in a worker of its own, so that the page goes on while it decodes; where there can be no worker (a policy forbids
 * it, a bundler has not brought its script along) it is on the page's thread.
 *
 * @throws CairnError `file_not_readable` when the WebAssembly cannot be fetched or is not allowed to run
 */
export async function openParquetReader(): Promise<ParquetReader> {
  return (await openReaderThere()) ?? openReaderHere();
}

async function openReaderThere(): Promise<ParquetReader | undefined> {
  let worker: Worker;
  try {
    worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'cairn parquet' });
  } catch {
    return undefined;
  }
  const waiting = new Map<
    number,
    { readonly resolve: (bytes: Uint8Array) => void; readonly reject: (error: Error) => void }
  >();
  let ended: Error | undefined;
  const close = (why: Error): void => {
    ended ??= why;
    worker.terminate();
    for (const { reject } of waiting.values()) reject(why);
    waiting.clear();
  };
  const begun = await new Promise<boolean>((resolve) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault?.();
      resolve(false);
      close(new DecoderBroke(event.message ?? 'its worker ended'));
    });
    worker.addEventListener('message', ({ data }) => {
      if ('started' in data) {
        resolve(data.started);
        return;
      }
      const asker = waiting.get(data.number);
      waiting.delete(data.number);
      if ('bytes' in data) asker?.resolve(data.bytes);
      else asker?.reject(data.broke ? new DecoderBroke(data.message) : new Error(data.message));
    });
  });
  if (!begun) {
    worker.terminate();
    return undefined;
  }
  let asked = 0;
  const ask = (question: Question): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) throw ended;
      const number = (asked += 1);
      waiting.set(number, { resolve, reject });
      worker.postMessage({ ...question, number }, [question.bytes.buffer]);
    });
  return {
    rows: (bytes, range) => ask({ what: 'rows', bytes, range }),
    schema: (bytes) => ask({ what: 'schema', bytes }),
    encode: (bytes, compression) => ask({ what: 'encode', bytes, compression }),
    close: () => close(new Error('the reader was closed')),
  };
}

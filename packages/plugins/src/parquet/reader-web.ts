import { type BegunWorker, beginWorker } from '../input/begin-worker.ts';
import { DecoderBroke, openReaderHere, type ParquetReader } from './reader.ts';
import type { Answer, Request } from './worker.ts';

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
  const waiting = new Map<
    number,
    { readonly resolve: (bytes: Uint8Array) => void; readonly reject: (error: Error) => void }
  >();
  let worker: BegunWorker<Request> | undefined;
  let ended: Error | undefined;
  const close = (why: Error): void => {
    ended ??= why;
    worker?.end();
    for (const { reject } of waiting.values()) reject(why);
    waiting.clear();
  };
  worker = await beginWorker<Request>(
    () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'cairn parquet' }),
    (said) => {
      const answer = said as Answer;
      const asker = waiting.get(answer.number);
      waiting.delete(answer.number);
      if ('bytes' in answer) asker?.resolve(answer.bytes);
      else asker?.reject(answer.broke ? new DecoderBroke(answer.message) : new Error(answer.message));
    },
    (why) => close(new DecoderBroke(why)),
  );
  const begun = worker;
  if (begun === undefined) return undefined;
  let asked = 0;
  const ask = (question: Question): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) throw ended;
      const number = (asked += 1);
      waiting.set(number, { resolve, reject });
      begun.post({ ...question, number }, [question.bytes.buffer]);
    });
  return {
    rows: (bytes, range) => ask({ what: 'rows', bytes, range }),
    schema: (bytes) => ask({ what: 'schema', bytes }),
    encode: (bytes, compression) => ask({ what: 'encode', bytes, compression }),
    close: () => close(new Error('the reader was closed')),
  };
}

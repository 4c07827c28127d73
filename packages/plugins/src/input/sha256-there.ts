import { fileNotReadable } from '@cairn/core/plugin';
import { type BegunWorker, beginWorker } from './begin-worker.ts';
import type { Answer, Request } from './sha256-worker.ts';

/** The worker that hashes, one for all of a page. */
export interface HashingWorker {
  /** Begins a hash; gives its number. */
  begin(): number;
  /** Adds bytes, whose memory goes over. @throws CairnError `file_not_readable` when the worker has broken down */
  add(of: number, bytes: Uint8Array): Promise<void>;
  /** The hash in lower-case hex, which ends it. @throws CairnError `file_not_readable` when the worker has broken down */
  digest(of: number): Promise<string>;
  /** Ends a hash that nobody waits for; idempotent. */
  drop(of: number): void;
}

/** The memory of a worker that nobody asks anything is given back after so long. */
const idleMs = 30_000;

let opening: Promise<HashingWorker | undefined> | undefined;

/** Undefined where there can be no worker. */
export async function hashingWorker(): Promise<HashingWorker | undefined> {
  const there = await (opening ??= open());
  if (there === undefined) opening = undefined;
  return there;
}

async function open(): Promise<HashingWorker | undefined> {
  const waiting = new Map<
    number,
    { readonly resolve: (sha256: string | undefined) => void; readonly reject: (error: Error) => void }
  >();
  const live = new Set<number>();
  let worker: BegunWorker<Request> | undefined;
  let broken: Error | undefined;
  let [asked, begun, idle] = [0, 0, undefined as unknown];
  const fail = (why: string): Error => fileNotReadable('sha256-worker.js', new Error(why));
  worker = await beginWorker<Request>(
    () =>
      new Worker(new URL('./sha256-worker.js', import.meta.url), { type: 'module', name: 'cairn hashing' }),
    (said) => {
      const answer = said as Answer;
      const asker = waiting.get(answer.number);
      waiting.delete(answer.number);
      if ('message' in answer) asker?.reject(fail(answer.message));
      else asker?.resolve(answer.sha256);
    },
    (why) => {
      broken = fail(why);
      clearTimeout(idle);
      opening = undefined;
      for (const { reject } of waiting.values()) reject(broken);
      waiting.clear();
    },
  );
  const there = worker;
  if (there === undefined) return undefined;
  const ask = (
    request: Omit<Request, 'number'>,
    transfer: ArrayBufferLike[] = [],
  ): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      if (broken !== undefined) throw broken;
      const number = (asked += 1);
      waiting.set(number, { resolve, reject });
      there.post({ ...request, number } as Request, transfer);
    });
  const end = (of: number): void => {
    if (!live.delete(of) || live.size > 0 || broken !== undefined) return;
    idle = setTimeout(() => {
      opening = undefined;
      there.end();
    }, idleMs);
  };
  return {
    begin() {
      clearTimeout(idle);
      live.add((begun += 1));
      return begun;
    },
    add: async (of, bytes) => {
      await ask({ what: 'add', of, bytes } as Omit<Request, 'number'>, [bytes.buffer]);
    },
    async digest(of) {
      try {
        return (await ask({ what: 'digest', of })) ?? '';
      } finally {
        end(of);
      }
    },
    drop(of) {
      if (!live.has(of)) return;
      ask({ what: 'drop', of }).catch(() => undefined);
      end(of);
    },
  };
}

import { unsupportedFormat } from '../errors/run-errors.ts';
import { isCairnError } from '../errors/cairn-error.ts';
import type { HashedObject } from './object-store.ts';
import type { BeingPacked, Packing } from './packing.ts';

/** What the thread that packs is asked for. What was hashed is held until it is packed or dropped. */
export type PackingRequest<Kept> = { readonly id: number } & (
  | { readonly what: 'hash'; readonly bytes: Uint8Array }
  | { readonly what: 'pack' | 'drop'; readonly of: number }
  | { readonly what: 'unpack'; readonly kept: Kept; readonly key: string }
);

/** What it answers, to all but `drop`. */
export type PackingAnswer<Kept> = { readonly id: number } & (
  | { readonly value: string | Kept | HashedObject | undefined }
  | {
      readonly failure: { readonly name: string; readonly message: string; readonly codec?: unknown };
    }
);

/** Sends a message, and with it the memory that goes over. */
export type Post<Message> = (message: Message, transfer: ArrayBuffer[]) => void;

/** What memory of bytes can go to another thread: that of several stays where it is. */
function memoryOf(value: unknown): ArrayBuffer[] {
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
}

/** Makes what does the work in its thread. */
export function answerPacking<Kept>(
  here: Packing<Kept>,
  post: Post<PackingAnswer<Kept>>,
): (request: PackingRequest<Kept>) => Promise<void> {
  const held = new Map<number, BeingPacked<Kept>>();
  return async (request) => {
    const { id } = request;
    try {
      if (request.what === 'hash') {
        const being = here.take(request.bytes);
        held.set(id, being);
        post({ id, value: await being.sha256 }, []);
      } else if (request.what === 'unpack') {
        const value = await here.unpack(request.kept, request.key);
        post({ id, value }, memoryOf(value?.bytes));
      } else {
        const taken = held.get(request.of);
        held.delete(request.of);
        if (request.what === 'drop') taken?.drop();
        else {
          const value = await taken?.pack();
          post({ id, value }, memoryOf(value));
        }
      }
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      const codec = isCairnError(error, 'unsupported_format') ? error.details['version'] : undefined;
      post({ id, failure: { name, message, codec } }, []);
    }
  };
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The thread that packs, seen from another one. */
export interface PackingThread<Kept> extends Packing<Kept> {
  /** To be called with each answer. */
  receive(answer: PackingAnswer<Kept>): void;
  /** To be called when the thread has ended: whatever waits is rejected, and whatever is asked later. */
  end(why: Error): void;
}

/** How the thread is asked. */
export interface PackingThreadOptions {
  /** Memory of bytes goes over to the thread; if not, it is copied. */
  readonly gives: boolean;
  /** Called when something is asked while nothing else is, and when all is answered and nothing is held. */
  readonly onBusy?: (isBusy: boolean) => void;
}

/** Makes what asks the thread that packs. */
export function askPacking<Kept>(
  post: Post<PackingRequest<Kept>>,
  { gives, onBusy = () => undefined }: PackingThreadOptions,
): PackingThread<Kept> {
  const waiting = new Map<number, Waiting>();
  /** What was hashed, and is neither packed nor dropped: the thread must not be ended with it. */
  const held = new Set<number>();
  let [last, ended] = [0, undefined as Error | undefined];
  const isBusy = (): boolean => waiting.size + held.size > 0;
  const letGo = (of: number): void => {
    if (held.delete(of) && !isBusy()) onBusy(false);
  };
  const ask = (request: PackingRequest<Kept>, transfer: ArrayBuffer[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) {
        reject(ended);
        return;
      }
      if (!isBusy()) onBusy(true);
      waiting.set(request.id, { resolve, reject });
      post(request, transfer);
    });
  return {
    take(bytes) {
      const of = (last += 1);
      const transfer = gives ? memoryOf(bytes) : [];
      const sha256 = ask({ id: of, what: 'hash', bytes }, transfer) as Promise<string>;
      if (!ended) held.add(of);
      return {
        sha256,
        pack() {
          const packed = ask({ id: (last += 1), what: 'pack', of }, []) as Promise<Kept>;
          letGo(of);
          return packed;
        },
        drop() {
          if (!ended) post({ id: (last += 1), what: 'drop', of }, []);
          letGo(of);
        },
      };
    },
    unpack(kept, key) {
      const id = (last += 1);
      const memory = memoryOf(kept);
      return ask({ id, what: 'unpack', kept, key }, memory) as Promise<HashedObject | undefined>;
    },
    receive(answer) {
      const { resolve, reject } = waiting.get(answer.id) ?? { resolve: () => {}, reject: () => {} };
      waiting.delete(answer.id);
      if (!isBusy()) onBusy(false);
      if ('value' in answer) resolve(answer.value);
      else {
        const { name, message, codec } = answer.failure;
        reject(
          codec === undefined
            ? Object.assign(new Error(message), { name })
            : unsupportedFormat('The codec of an object', codec),
        );
      }
    },
    end(why) {
      ended ??= why;
      for (const { reject } of waiting.values()) reject(why);
      waiting.clear();
      held.clear();
    },
  };
}

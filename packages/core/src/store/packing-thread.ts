import { unsupportedFormat } from '../errors/run-errors.ts';
import { isCairnError } from '../errors/cairn-error.ts';
import type { HashedObject } from './object-store.ts';
import type { BeingPacked, Packing } from './packing.ts';

/**
 * What the thread that packs is asked for. What was hashed is held until it is packed or dropped; with `returns` its memory comes
 * back then.
 */
export type PackingRequest<Kept> = { readonly id: number } & (
  | { readonly what: 'hash'; readonly bytes: Uint8Array; readonly returns: boolean }
  | { readonly what: 'pack' | 'drop'; readonly of: number }
  | { readonly what: 'unpack'; readonly kept: Kept; readonly key: string }
);

/** What it answers, and the memory that comes back, told with what it was hashed as. */
export type PackingAnswer<Kept> = { readonly id: number } & (
  | { readonly memory: Uint8Array }
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
        const free = (memory: Uint8Array): void => post({ id, memory }, memoryOf(memory));
        const being = here.take(request.bytes, request.returns ? free : undefined);
        held.set(id, being);
        post({ id, value: await being.sha256 }, []);
      } else if (request.what === 'unpack') {
        const value = await here.unpack(request.kept, request.key);
        post({ id, value }, memoryOf(value?.bytes));
      } else {
        const taken = held.get(request.of);
        held.delete(request.of);
        const value = request.what === 'pack' ? await taken?.pack() : await taken?.drop();
        post({ id, value: value ?? undefined }, memoryOf(value));
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
  const returning = new Map<number, (memory: Uint8Array) => void>();
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
    take(bytes, free) {
      const of = (last += 1);
      const transfer = gives ? memoryOf(bytes) : [];
      const returns = free !== undefined && transfer.length > 0;
      if (returns && !ended) returning.set(of, free);
      const sha256 = ask({ id: of, what: 'hash', bytes, returns }, transfer) as Promise<string>;
      if (!ended) held.add(of);
      const forget = (): boolean => returning.delete(of);
      sha256.catch(forget);
      const end = (what: 'pack' | 'drop'): Promise<unknown> => {
        const done = ask({ id: (last += 1), what, of }, []);
        done.catch(forget);
        letGo(of);
        return done;
      };
      return {
        sha256,
        pack: () => end('pack') as Promise<Kept>,
        drop: () => end('drop') as Promise<void>,
      };
    },
    unpack(kept, key) {
      const id = (last += 1);
      const memory = memoryOf(kept);
      return ask({ id, what: 'unpack', kept, key }, memory) as Promise<HashedObject | undefined>;
    },
    receive(answer) {
      if ('memory' in answer) {
        returning.get(answer.id)?.(answer.memory);
        returning.delete(answer.id);
        return;
      }
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
      returning.clear();
      held.clear();
    },
  };
}

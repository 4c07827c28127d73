import { type CairnError, fileNotFound } from '@cairn/core/plugin';

/**
 * What is prepared in this memory, by a key that fits into a receipt. Whoever asks for it after a crash or in another page finds
 * nothing.
 */
export interface Held<Value> {
  add(context: { readonly runId: string; readonly step: string }, value: Value): string;
  get(key: unknown): Value | undefined;
  delete(key: unknown): void;
}

export function createHeld<Value>(): Held<Value> {
  const held = new Map<unknown, Value>();
  let count = 0;
  return {
    add: ({ runId, step }, value) => {
      count += 1;
      const key = `${runId}/${step}/${count}`;
      held.set(key, value);
      return key;
    },
    get: (key) => held.get(key),
    delete: (key) => held.delete(key),
  };
}

/** @param what What it would be: `Blob`. */
export function isGone(what: string, key: unknown): CairnError {
  return fileNotFound(`${what} ${String(key)}`, new Error('it was prepared in memory that is gone'));
}

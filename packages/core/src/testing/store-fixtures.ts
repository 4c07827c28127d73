import type { ObjectStore } from '../store/object-store.ts';

/** Registers a test that is given a store which holds nothing. */
export type OnStore = (name: string, run: (store: ObjectStore) => Promise<void>) => void;

/** A text as UTF-8. */
export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Bytes that look random and are the same every time. */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Says whether bytes are equal; quicker than showing them. */
export const sameBytes = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one?.length === other.length && other.every((byte, at) => one[at] === byte);

/** Everything that there is to iterate over. */
export async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const found: Value[] = [];
  for await (const value of values) found.push(value);
  return found;
}

/** The keys that `list` gives, in its order. */
export const keysOf = async (store: ObjectStore, prefix: string): Promise<string[]> =>
  (await all(store.list(prefix))).map(({ key }) => key);

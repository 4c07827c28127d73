import { useSyncExternalStore } from 'react';
import type { Readable } from '../state/store.ts';

/** The value of a store, as it changes. */
export function useReadable<Value>({ subscribe, getSnapshot }: Readable<Value>): Value {
  return useSyncExternalStore(subscribe, getSnapshot);
}

/** What is picked of a store's value, for a view that cares for nothing else of it. It must be the same until that has changed. */
export function usePart<Value, Part>(
  { subscribe, getSnapshot }: Readable<Value>,
  pick: (value: Value) => Part,
): Part {
  return useSyncExternalStore(subscribe, () => pick(getSnapshot()));
}

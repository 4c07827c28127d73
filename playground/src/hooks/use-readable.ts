import { useSyncExternalStore } from 'react';
import type { Readable } from '../state/store.ts';

/** The value of a store, as it changes. */
export function useReadable<Value>({ subscribe, getSnapshot }: Readable<Value>): Value {
  return useSyncExternalStore(subscribe, getSnapshot);
}

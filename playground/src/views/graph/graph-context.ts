import { createContext, useContext } from 'react';
import type { Store } from '../../state/store.ts';

/** The step that the Tab key comes to, one at a time: arrow keys lead to the others. */
export const EntryContext = createContext<Store<string | undefined> | undefined>(undefined);

/** The step that the Tab key comes to. */
export function useEntry(): Store<string | undefined> {
  const entry = useContext(EntryContext);
  if (entry === undefined) throw new Error('a step stands outside of a graph');
  return entry;
}

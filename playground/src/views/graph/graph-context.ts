import { createContext, useContext } from 'react';
import type { Store } from '../../state/store.ts';

/** Where the keyboard is in a graph. */
export interface GraphFocus {
  /** The step that the Tab key comes to, one at a time: arrow keys lead to the others. */
  readonly entry: Store<string | undefined>;
  /** The step that takes the focus once it is drawn. */
  readonly wanted: { current: string | undefined };
}

export const GraphFocusContext = createContext<GraphFocus | undefined>(undefined);

/** Where the keyboard is in the graph that a step is part of. */
export function useGraphFocus(): GraphFocus {
  const focus = useContext(GraphFocusContext);
  if (focus === undefined) throw new Error('a step stands outside of a graph');
  return focus;
}

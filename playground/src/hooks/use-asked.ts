import { useEffect, useState } from 'react';
import { createAsker, type Asked } from '../state/asked.ts';
import { useReadable } from './use-readable.ts';

/**
 * Asks, and asks anew when the question is another one.
 *
 * @param ask The same function as long as the question is the same; undefined for none.
 */
export function useAsked<Value>(ask: (() => Promise<Value>) | undefined): Asked<Value> {
  const [asker] = useState(createAsker<Value>);
  useEffect(() => {
    if (ask === undefined) asker.forget();
    else void asker.ask(ask);
  }, [asker, ask]);
  return useReadable(asker);
}

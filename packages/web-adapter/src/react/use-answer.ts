import { useCallback, useEffect, useState } from 'react';
import { asError } from './as-error.ts';

/** What somebody was asked for. */
export interface Answer<Value> {
  /** The last one, also while a newer one is on its way; undefined when that failed. */
  readonly value: Value | undefined;
  readonly error: Error | undefined;
  /** True while what is shown is not the answer to what was asked last. */
  readonly pending: boolean;
  /** Asks again. The same function in every render. */
  refresh(): void;
}

/**
 * Asks, and asks anew when the question has changed. What comes late, for a question that nobody asks any more, is dropped.
 *
 * @param ask The same function as long as the question is the same; undefined for none.
 * @param delayMs How long a question has to stand before it is asked; a refresh, and the first one, do not wait.
 */
export function useAnswer<Value>(ask: (() => Promise<Value>) | undefined, delayMs = 0): Answer<Value> {
  const [round, setRound] = useState(0);
  const [known, setKnown] = useState<{
    readonly ask?: typeof ask;
    readonly round?: number;
    readonly value?: Value;
    readonly error?: Error;
  }>({});
  const refresh = useCallback(() => setRound((before) => before + 1), []);

  useEffect(() => {
    if (ask === undefined) return undefined;
    let isWanted = true;
    const answer = async (): Promise<void> => {
      const facts = await ask().then(
        (value) => ({ value }),
        (error: unknown) => ({ error: asError(error) }),
      );
      if (isWanted) setKnown({ ask, round, ...facts });
    };
    const timer = setTimeout(
      () => void answer(),
      known.ask === undefined || known.round !== round ? 0 : delayMs,
    );
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [ask, round, delayMs]);

  if (ask === undefined) return { value: undefined, error: undefined, pending: false, refresh };
  return {
    value: known.value,
    error: known.error,
    pending: known.ask !== ask || known.round !== round,
    refresh,
  };
}

import type { Clock } from '@cairn/core';
import { throttle } from '@cairn/core/plugin';

/** Tells listeners that there is something new, several changes at a time. */
export interface Notifier {
  /** Calls back; returns a function that ends it. */
  subscribe(listener: () => void): () => void;
  readonly isHeard: boolean;
  /** Something small has changed. */
  soon(): void;
  /** Something has changed that nobody should wait for. */
  now(): void;
}

/**
 * @param intervalMs The least time between two calls, but for those of `now`.
 * @param prepare Called before the listeners, when there are any.
 */
export function notifier(intervalMs: number, prepare: () => void, clock: Clock): Notifier {
  const listeners = new Set<() => void>();
  const notify = throttle(
    intervalMs,
    () => {
      if (listeners.size === 0) return;
      prepare();
      for (const listener of listeners) {
        try {
          listener();
        } catch (error) {
          reportError(error);
        }
      }
    },
    clock,
  );
  return {
    subscribe(listener) {
      // A function of its own, so that one listener may come twice.
      const once = (): void => listener();
      listeners.add(once);
      return () => void listeners.delete(once);
    },
    get isHeard() {
      return listeners.size > 0;
    },
    soon: notify.soon,
    now: notify.now,
  };
}

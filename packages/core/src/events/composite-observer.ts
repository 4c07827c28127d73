import { silentLogger, type Logger } from './logger.ts';
import { announcer, type Observer } from './observer.ts';

/** Options of {@link compositeObserver}. */
export interface CompositeObserverOptions {
  /** For the log, when the whole is told of. @default 'composite' */
  readonly name?: string;
  /** Is told of observers that fail. @default silent */
  readonly logger?: Logger;
}

/**
 * One observer made of several, which are told in the given order. Each is isolated from the others: what one throws, at
 * once or later, is logged and keeps nothing from the next.
 *
 * @example
 * const observer = compositeObserver([loggingObserver({ logger }), mine], { logger });
 */
export function compositeObserver(
  observers: readonly Observer[],
  { name = 'composite', logger = silentLogger }: CompositeObserverOptions = {},
): Observer {
  const all = announcer([...observers], logger);
  const events = observers.flatMap((observer) => observer.events ?? []);
  const hearsAll = observers.some((observer) => observer.events === undefined);
  return Object.freeze({
    name,
    ...(hearsAll ? {} : { events: Object.freeze([...new Set(events)]) }),
    onEvent: all.emit,
    flush: all.flush,
  });
}

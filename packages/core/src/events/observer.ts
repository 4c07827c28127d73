import type { CairnEvent } from './event.ts';
import type { Logger } from './logger.ts';

/** Is told what happens. Whatever it throws, at once or later, is logged and changes nothing. */
export interface Observer {
  /** For the log, when it fails. */
  readonly name?: string;
  /** The types of the events that it is told of; what nobody is told of costs nothing. @default all */
  readonly events?: readonly CairnEvent['type'][];
  onEvent(event: CairnEvent): void | Promise<void>;
  /** Called exactly once at the end of every run, however it ended. */
  flush?(): void | Promise<void>;
}

/** Tells several observers, each isolated from the others and from the run. */
export interface Announcer {
  /** Says whether anybody is told of events of a type. */
  isHeard(type: CairnEvent['type']): boolean;
  emit(event: CairnEvent): void;
  flush(): Promise<void>;
}

/** Makes an {@link Announcer}; observers' failures go to the logger. */
export function announcer(observers: readonly Observer[], logger: Logger): Announcer {
  const failed = (observer: Observer, error: unknown, during: string): void => {
    logger.error({ err: error, observer: observer.name }, `an observer failed during ${during}`);
  };
  const heard = observers.some(({ events }) => events === undefined)
    ? undefined
    : new Set(observers.flatMap(({ events = [] }) => events));
  return {
    isHeard: (type) => heard?.has(type) !== false,
    emit(body) {
      const event = Object.freeze(body);
      for (const observer of observers) {
        if (observer.events?.includes(event.type) === false) continue;
        try {
          const told = observer.onEvent(event);
          if (told !== undefined)
            void Promise.resolve(told).catch((error: unknown) => failed(observer, error, event.type));
        } catch (error) {
          failed(observer, error, event.type);
        }
      }
    },
    async flush() {
      await Promise.all(
        observers.map(async (observer) => {
          try {
            await observer.flush?.();
          } catch (error) {
            failed(observer, error, 'flush');
          }
        }),
      );
    },
  };
}

import type { PlainEvent } from './plain-event.ts';

/** The events of a run, without those that a later one makes needless. */
export interface RunLog {
  push(event: PlainEvent): void;
  /** In order of time. */
  events(): PlainEvent[];
  clear(): void;
}

/** Of progress, only the last word counts. */
export function runLog(): RunLog {
  const kept = new Map<string | number, PlainEvent>();
  let count = 0;
  return {
    push(event) {
      const key = keyOf(event) ?? (count += 1);
      // It comes last, where its time is.
      kept.delete(key);
      kept.set(key, event);
    },
    events: () => [...kept.values()],
    clear: () => kept.clear(),
  };
}

function keyOf(event: PlainEvent): string | undefined {
  if (event.type === 'progress') return `progress ${String(event['step'])}`;
  return event.type === 'engine_loading' ? event.type : undefined;
}

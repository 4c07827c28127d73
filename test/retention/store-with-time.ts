import {
  definePipeline,
  memoryStore,
  sql,
  step,
  type CairnEvent,
  type Engine,
  type ObjectStore,
  type Pipeline,
  type RetentionOptions,
  type Runner,
} from '@cairn/core';
import { lastingStore, testRunner } from '../run/fixtures.js';

export const dayMs = 24 * 60 * 60 * 1000;

/** A store in memory, runners over it, and the time that both know. */
export interface StoreWithTime {
  readonly store: ObjectStore;
  runner(retention?: RetentionOptions): { readonly runner: Runner; readonly events: CairnEvent[] };
  /** Lets days go by. */
  later(days: number): void;
  now(): number;
  keys(prefix: string): Promise<string[]>;
}

export function storeWithTime(engine: Engine): StoreWithTime {
  let time = Date.parse('2026-01-01T00:00:00Z');
  const store = lastingStore(memoryStore({ now: () => time }));
  return {
    store,
    runner: (retention) =>
      testRunner({
        engine,
        store,
        clock: { now: () => (time += 1) },
        ...(retention === undefined ? {} : { retention }),
      }),
    later(days) {
      time += days * dayMs;
    },
    now: () => time,
    async keys(prefix) {
      const found: string[] = [];
      for await (const { key } of store.list(prefix)) found.push(key);
      return found;
    },
  };
}

/** Three tables in a row, of about 8 kB, 8 kB and a row; `last` is in the third alone, `name` in the first. */
export function chain(name: string, last = 1): Pipeline {
  const a = step('a', sql`select range as n, ${name} as name from range(1000)`);
  const b = step('b', sql`select n * 2 as n, name from ${a}`);
  const c = step('c', sql`select sum(n)::bigint + ${last} as n from ${b}`);
  return definePipeline({ name, processes: { main: [a, b, c] } });
}

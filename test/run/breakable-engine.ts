import type { Engine } from '@cairn/core';
import {
  duckDbEngine,
  type DuckDbEngineOptions,
  type DuckDbInstance,
  type DuckDbLike,
} from '@cairn/core/duckdb';
import { startEngineThread } from '../../packages/node-adapter/dist/engine-thread.js';
import { afterAll } from 'vitest';

const engines: Engine[] = [];
afterAll(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

/** A call to DuckDB, and the instance that gets it. */
export interface SeenCall {
  readonly method: keyof DuckDbLike;
  /** The text of a statement, or of the table's name for an insert. */
  readonly text: string;
  readonly instance: DuckDbInstance;
}

/**
 * An engine whose thread really runs, and can be harmed: `seen` is told of each call once it is on its way. What it
 * returns, if anything, is what the call comes to instead.
 */
export function breakableEngine(
  seen: (call: SeenCall) => void | Promise<unknown>,
  options: Omit<DuckDbEngineOptions, 'connect' | 'version'> = {},
): { readonly engine: Engine; readonly instances: DuckDbInstance[] } {
  const instances: DuckDbInstance[] = [];
  const engine = duckDbEngine({
    ...options,
    version: 'test',
    async connect() {
      const instance = await startEngineThread();
      const forward = (method: keyof DuckDbLike, args: readonly unknown[]): Promise<unknown> => {
        const given = method === 'insertArrowFromIPCStream' ? (args[2] as { name: string }).name : args[1];
        const call = instance.db[method] as unknown as (...all: readonly unknown[]) => Promise<unknown>;
        const answer = call(...args);
        answer.catch(() => undefined);
        return seen({ method, text: typeof given === 'string' ? given : '', instance }) ?? answer;
      };
      const db = Object.fromEntries(
        Object.keys(instance.db).map((method) => [
          method,
          (...args: readonly unknown[]) => forward(method as keyof DuckDbLike, args),
        ]),
      ) as unknown as DuckDbLike;
      const { died } = instance;
      instances.push(instance);
      return { db, terminate: () => instance.terminate(), ...(died ? { died } : {}) };
    },
  });
  engines.push(engine);
  return { engine, instances };
}

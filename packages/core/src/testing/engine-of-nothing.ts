import { engineFailed } from '../errors/engine-errors.ts';
import type { Engine } from '../engine/engine.ts';

/** An engine for what makes no tables. */
export function engineOfNothing(): Engine {
  const refuse = (): Promise<never> =>
    Promise.reject(engineFailed('The suite has no engine: give one to run a pipeline with tables'));
  return {
    identity: { name: 'none', version: '0', dialect: 'none', settings: {} },
    open: () => Promise.resolve(),
    createTable: refuse,
    createTableOf: refuse,
    query: refuse,
    // oxlint-disable-next-line require-yield
    async *exportParts() {
      await refuse();
    },
    importParts: refuse,
    dropTable: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

import type { Engine } from '@cairn/core';

/** What needs no table needs no engine. */
export const noEngine: Engine = new Proxy({} as Engine, {
  get(_, property) {
    if (property === 'identity') return { name: 'none', version: '0', dialect: 'none', settings: {} };
    if (property === 'close') return () => Promise.resolve();
    if (property === 'onLost' || property === 'onLoading' || property === 'then') return undefined;
    if (property === 'createTable')
      return () => {
        throw new Error('the engine was asked for a table');
      };
    throw new Error(`the engine was asked for ${String(property)}`);
  },
});

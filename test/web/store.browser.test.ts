import type { ObjectStore } from '@cairn/core';
import { storeSuite } from '@cairn/core/testing';
import { indexedDbStore } from '@cairn/web';
import { describe, test } from 'vitest';

describe('indexedDbStore', () => {
  const databases = new Map<ObjectStore, string>();
  const open = (database: string): ObjectStore => {
    const store = indexedDbStore({ database });
    databases.set(store, database);
    return store;
  };
  storeSuite({
    test,
    create: async () => open(`suite-${crypto.randomUUID()}`),
    reopen: async (store) => open(databases.get(store) as string),
  });
});

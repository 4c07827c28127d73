import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore, type ObjectStore } from '@cairn/core';
import { storeSuite } from '@cairn/core/testing';
import { fsStore } from '@cairn/node';
import { afterAll, describe, test } from 'vitest';

describe('memoryStore', () => {
  storeSuite({ test, create: async () => memoryStore() });
});

describe('fsStore', () => {
  const roots = new Map<ObjectStore, string>();
  const open = (root: string): ObjectStore => {
    const store = fsStore({ root });
    roots.set(store, root);
    return store;
  };
  afterAll(async () => {
    for (const root of new Set(roots.values()))
      await rm(join(root, '..', '..'), { recursive: true, force: true });
  });
  storeSuite({
    test,
    create: async () => open(join(await mkdtemp(join(tmpdir(), 'cairn-store-')), 'made', 'root')),
    reopen: async (store) => open(roots.get(store) as string),
  });
});

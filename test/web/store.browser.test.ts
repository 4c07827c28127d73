import type { ObjectStore } from '@cairn/core';
import { storeSuite } from '@cairn/core/testing';
import { indexedDbStore } from '@cairn/web';
import { describe, expect, test } from 'vitest';

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

test('a store that is closed while it takes a lease leaves nothing held', async () => {
  const database = `closing-${crypto.randomUUID()}`;
  const closing = indexedDbStore({ database });
  const taking = closing.acquire('runs/r/');
  // Long enough for the lock to be granted, too short for the lease to be written.
  while (((await navigator.locks.query()).held ?? []).every(({ name }) => !name?.includes(database)))
    await Promise.resolve();
  await closing.close();
  await taking.catch(() => undefined);
  const other = indexedDbStore({ database });
  await (await other.acquire('runs/r/')).release();
  expect((await navigator.locks.query()).held?.filter(({ name }) => name?.includes(database))).toEqual([]);
  await other.close();
});

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ObjectStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { afterEach, describe, expect, test } from 'vitest';
import { memoryFolder } from './memory-folder.js';

const bytes = new TextEncoder().encode('a part');
const key = 'objects/part';
const opened: { readonly store: ObjectStore; readonly root: string }[] = [];

function storeIn(root = memoryFolder()): { readonly store: ObjectStore; readonly root: string } {
  const store = fsStore({ root });
  opened.push({ store, root });
  return { store, root };
}
afterEach(async () => {
  for (const { store, root } of opened.splice(0)) {
    await store.close();
    rmSync(root, { recursive: true, force: true });
  }
});

async function keys(store: ObjectStore): Promise<string[]> {
  const found: string[] = [];
  for await (const object of store.list('')) found.push(object.key);
  return found;
}

describe('a value that was left aside by whoever was killed while removing it', () => {
  async function left(): Promise<{ readonly store: ObjectStore; readonly root: string }> {
    const { store, root } = storeIn();
    await store.put(key, bytes);
    renameSync(join(root, key), join(root, 'objects/.aside-part'));
    return { store, root };
  }

  test.each<[string, (store: ObjectStore) => Promise<unknown>]>([
    ['read', async (store) => expect(await store.get(key)).toEqual(bytes)],
    ['listed', async (store) => expect(await keys(store)).toEqual([key])],
    ['touched', async (store) => expect(await store.touch(key)).toBe(true)],
    ['put again', async (store) => expect(await store.put(key, bytes, { ifAbsent: true })).toBe(false)],
  ])('is put back when it is %s', async (_, look) => {
    const { store, root } = await left();
    await look(store);
    expect(readdirSync(join(root, 'objects'))).toEqual(['part']);
    expect(readFileSync(join(root, key))).toEqual(Buffer.from(bytes));
  });

  test('does not come back once it was deleted, or written anew', async () => {
    const { store } = await left();
    await store.delete(key);
    expect(await keys(store)).toEqual([]);
    const { store: other, root } = await left();
    writeFileSync(join(root, key), 'a newer one');
    expect(new TextDecoder().decode(await other.get(key))).toBe('a newer one');
    expect(await keys(other)).toEqual([key]);
    expect(new TextDecoder().decode(await other.get(key))).toBe('a newer one');
  });
});

test('of two stores, one that touches and one that removes by time find out about each other', async () => {
  const { store, root } = storeIn();
  const { store: other } = storeIn(root);
  const path = join(root, key);
  let [removed, kept] = [0, 0];
  for (let round = 0; round < 400; round += 1) {
    await store.put(key, bytes, { ifAbsent: true });
    utimesSync(path, 1000, 1000);
    const { mtime } = statSync(path);
    const gap = round % 32;
    const wait = async (): Promise<void> => {
      for (let turn = 0; turn < gap; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const [isTouched, isRemoved] = await Promise.all([
      round % 2 === 0 ? wait().then(() => store.touch(key)) : store.touch(key),
      round % 2 === 0
        ? other.delete(key, { modifiedAt: mtime })
        : wait().then(() => other.delete(key, { modifiedAt: mtime })),
    ]);
    expect([isTouched, isRemoved], `round ${round}`).not.toEqual([true, true]);
    expect(existsSync(path), `round ${round}`).toBe(!isRemoved);
    if (isRemoved) removed += 1;
    else kept += 1;
  }
  expect(Math.min(removed, kept)).toBeGreaterThan(5);
});

test('of two stores, one that lists all the time and one that removes by time, what is removed is gone', async () => {
  const { store, root } = storeIn();
  const { store: other } = storeIn(root);
  let isOver = false;
  const listing = (async () => {
    while (!isOver) await keys(other);
  })();
  for (let round = 0; round < 200; round += 1) {
    await store.put(key, bytes, { ifAbsent: true });
    const isRemoved = await store.delete(key, { modifiedAt: statSync(join(root, key)).mtime });
    expect(existsSync(join(root, key)), `round ${round}`).toBe(!isRemoved);
  }
  isOver = true;
  await listing;
});

test('a value that belongs to another user, who alone may set its time, is written anew for that', () => {
  const root = memoryFolder();
  const script = `
    import { fsStore } from ${JSON.stringify(new URL('../../packages/node-adapter/dist/store.js', import.meta.url).href)};
    globalThis.fsFaults.around = async ({ name, run }) => {
      if (name === 'utimes') throw Object.assign(new Error('not yours'), { code: 'EPERM' });
      return run();
    };
    const store = fsStore({ root: ${JSON.stringify(root)} });
    const bytes = new TextEncoder().encode('a part');
    const timeOf = async () => {
      for await (const { modifiedAt } of store.list('objects/')) return modifiedAt;
    };
    await store.put('objects/part', bytes);
    const first = await timeOf();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const isTouched = await store.touch('objects/part');
    const second = await timeOf();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const isPut = await store.put('objects/part', bytes, { ifAbsent: true });
    const third = await timeOf();
    const isKept = !(await store.delete('objects/part', { modifiedAt: second }));
    console.log(JSON.stringify({ isTouched, isPut, grows: first < second && second < third, isKept }));
  `;
  const faults = new URL('fs-faults.mjs', import.meta.url).href;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', faults, '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ isTouched: true, isPut: false, grows: true, isKept: true });
  expect(readFileSync(join(root, key), 'utf8')).toBe('a part');
  rmSync(root, { recursive: true });
});

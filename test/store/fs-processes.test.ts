import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inChild } from './in-child.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const prefix = 'runs/r/';
let root: string;
let store: ObjectStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-store-'));
  store = fsStore({ root });
});
afterEach(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

const records = async (key: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const record of store.log(key)) found.push(new TextDecoder().decode(record));
  return found;
};

test('of processes that put the same keys with ifAbsent, exactly one wins each', async () => {
  const children = [1, 2, 3].map(() => inChild('race', root, 300));
  const won = (await Promise.all(children.map(({ firstLine }) => firstLine))) as number[][];
  expect(won.flat().toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 300 }, (_, at) => at),
  );
  for (const [child, keys] of won.entries()) {
    for (const key of keys) {
      const owner = new TextDecoder().decode(await store.get(`keys/${key}`));
      expect(owner).toBe(String(children[child]?.child.pid));
    }
  }
  expect(await readdir(join(root, '.tmp'))).toEqual([]);
});

test('processes that want one lease hold it one at a time, each with its own generation', async () => {
  await writeFile(join(root, 'counter'), '0');
  const children = [1, 2, 3].map(() => inChild('count', root, 12));
  const generations = ((await Promise.all(children.map(({ firstLine }) => firstLine))) as number[][]).flat();
  expect(await readFile(join(root, 'counter'), 'utf8')).toBe('36');
  expect(generations.toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 36 }, (_, at) => at + 1),
  );
});

test('the lease of a process that was killed is taken over at once, and what it had written is there', async () => {
  const holder = inChild('hold', root);
  expect(await holder.firstLine).toBe(1);
  await expect(store.acquire(prefix)).rejects.toMatchObject({
    code: 'task_bound',
    message: expect.stringContaining(`process ${holder.child.pid} on host`),
    details: { holder: expect.stringContaining(String(holder.child.pid)), since: expect.any(Date) },
  });
  holder.child.kill('SIGKILL');
  await holder.ended;
  const lease = await store.acquire(prefix);
  expect(lease.generation).toBe(2);
  expect(await records(`${prefix}journal`)).toEqual(['held']);
  await store.append(`${prefix}journal`, text('resumed'), { lease, sync: true });
  expect(await records(`${prefix}journal`)).toEqual(['held', 'resumed']);
  await lease.release();
});

test('of many that find a dead holder, one takes over', async () => {
  const holder = inChild('hold', root);
  await holder.firstLine;
  holder.child.kill('SIGKILL');
  await holder.ended;
  const startAt = Date.now() + 1500;
  const takers = [1, 2, 3, 4].map(() => inChild('take', root, startAt));
  const here = [1, 2, 3].map(async () => {
    await new Promise((resolve) => setTimeout(resolve, startAt - Date.now()));
    return fsStore({ root })
      .acquire(prefix)
      .then(({ generation }) => generation)
      .catch(() => null);
  });
  const outcomes = await Promise.all([...takers.map(({ firstLine }) => firstLine), ...here]);
  for (const { child } of takers) child.kill('SIGKILL');
  const generations = outcomes.filter((generation) => generation !== null);
  expect(generations).toEqual([2]);
});

test('no record is lost when processes append to one log without a lease', async () => {
  const children = [1, 2, 3].map(() => inChild('append', root, 60));
  const pids = await Promise.all(children.map(({ firstLine }) => firstLine));
  const found = (await records('log')).map((record) => record.split(':').slice(0, 2).join(':'));
  expect(found.length).toBe(180);
  for (const pid of pids) {
    const own = found.filter((record) => record.startsWith(`${pid}:`));
    expect(own).toEqual(Array.from({ length: 60 }, (_, at) => `${pid}:${at}`));
  }
});

test('a write that breaks off for want of space leaves what was there, and the next one goes on', async () => {
  const { firstLine } = inChild('limited', root, 0, 'ulimit -f 128');
  expect(await firstLine).toEqual([
    ['store_failed', 'EFBIG'],
    ['store_failed', 'EFBIG'],
    ['store_failed', 'EFBIG'],
  ]);
  expect(await store.get('value')).toEqual(text('old'));
  expect(await store.get('other')).toBeUndefined();
  expect(await readdir(join(root, '.tmp'))).toEqual([]);
  expect(await records('log')).toEqual(['first']);
  await store.append('log', text('second'), { sync: true });
  expect(await records('log')).toEqual(['first', 'second']);
});

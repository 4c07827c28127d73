import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startHolder, type Holder, type HolderOptions } from './holder.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const prefix = 'runs/r/';
const journal = `${prefix}journal`;
let root: string;
let store: ObjectStore;
let holders: Holder[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-store-'));
  store = fsStore({ root });
});
afterEach(async () => {
  for (const holder of holders) await holder.kill();
  holders = [];
  await store.close();
  await rm(root, { recursive: true, force: true });
});

const start = (options: Partial<HolderOptions> = {}): Holder => {
  const holder = startHolder({ root, ...options });
  holders.push(holder);
  return holder;
};
const records = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const record of store.log(journal)) found.push(new TextDecoder().decode(record));
  return found;
};
const value = async (key: string): Promise<string | undefined> => {
  const bytes = await store.get(key);
  return bytes && new TextDecoder().decode(bytes);
};
const keys = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key.slice(prefix.length));
  return found;
};

describe('a holder that was stopped', () => {
  test('can do nothing more once another process has taken its lease by force, and what that one wrote stands', async () => {
    const first = start();
    expect(await first.call('acquire', prefix)).toBe(1);
    await first.call('append', journal, 'first', { sync: true });
    await first.call('put', `${prefix}value`, 'first');
    await first.stop();
    const second = start();
    expect(await second.call('acquire', prefix)).toBe('task_bound');
    expect(await second.call('acquire', prefix, { force: true })).toBe(2);
    await second.call('append', journal, 'second', { sync: true });
    await second.call('put', `${prefix}value`, 'second');
    await second.call('put', `${prefix}other`, 'second');
    first.goOn();
    for (const refused of [
      ['append', journal, 'late', { sync: true }],
      ['append', journal, 'late', { replace: true }],
      ['put', `${prefix}value`, 'late'],
      ['put', `${prefix}late`, 'late', { ifAbsent: true, sync: true }],
      ['delete', `${prefix}other`],
    ]) {
      expect(await first.call(...(refused as [string])), String(refused)).toBe('lease_lost');
    }
    expect(await first.call('isLost')).toBe(true);
    expect(await records()).toEqual(['first', 'second']);
    expect(await value(`${prefix}value`)).toBe('second');
    expect(await keys()).toEqual(['journal', 'other', 'value']);
    expect((await readdir(join(root, 'runs', 'r', '.lease'))).toSorted()).toEqual(['data-3', 'held-2']);
    expect(await readdir(join(root, 'runs', 'r'))).toEqual(['.lease']);
    await first.call('release');
    expect(await second.call('append', journal, 'third')).toBe(null);
    expect(await store.leaseInfo(prefix)).toMatchObject({ generation: 2, state: 'live' });
  });

  test('and killed loses nothing that was acknowledged, and its lease goes to the next without force', async () => {
    const first = start();
    await first.call('acquire', prefix);
    await first.call('append', journal, 'first');
    await first.call('put', `${prefix}value`, 'first');
    await first.stop();
    expect(await store.leaseInfo(prefix)).toMatchObject({ state: 'live' });
    await first.kill();
    expect(await store.leaseInfo(prefix)).toMatchObject({ generation: 1, state: 'stale' });
    const lease = await store.acquire(prefix);
    expect(lease.generation).toBe(2);
    await store.append(journal, text('second'), { lease });
    expect(await records()).toEqual(['first', 'second']);
    expect(await value(`${prefix}value`)).toBe('first');
    // Nothing is left of it that could still write, so nothing was copied.
    expect((await readdir(join(root, 'runs', 'r', '.lease'))).toSorted()).toEqual(['data-1', 'held-2']);
    await lease.release();
    expect(await store.leaseInfo(prefix)).toBeUndefined();
  });

  test('can do nothing more either when whoever took its lease was killed before that was done', async () => {
    const first = start();
    await first.call('acquire', prefix);
    await first.call('append', journal, 'first', { sync: true });
    await first.stop();
    const second = start({ hasFaults: true });
    // Its claim is there, and nothing of the first one is cut off yet.
    await second.call('stopBefore', 'rename');
    void second.call('acquire', prefix, { force: true });
    expect(await second.stopped()).toBe('rename');
    await second.kill();
    expect((await readdir(join(root, 'runs', 'r', '.lease'))).toSorted()).toEqual([
      'data-1',
      'held-1',
      'held-2',
    ]);
    const lease = await store.acquire(prefix);
    expect(lease.generation).toBe(3);
    await store.append(journal, text('third'), { lease });
    first.goOn();
    expect(await first.call('append', journal, 'late', { sync: true })).toBe('lease_lost');
    expect(await records()).toEqual(['first', 'third']);
    await lease.release();
  });

  test('learns within seconds that it has lost its lease, though it writes nothing', async () => {
    const first = start();
    await first.call('acquire', prefix);
    const lease = await store.acquire(prefix, { force: true });
    // It looks every two seconds.
    await expect.poll(() => first.call('isLost'), { timeout: 6000, interval: 100 }).toBe(true);
    await lease.release();
  });
});

// A write is asked for, and its process stopped before or after any of its calls of the file system. Then another takes
// over: what that one finds must be what the first is told afterwards.
describe.each(['before', 'after'])('a holder that was stopped %s any call of the file system', (when) => {
  const operations = {
    append: { call: ['append', journal, 'new'], isSeen: async () => (await records()).includes('new') },
    'first append': {
      call: ['append', `${prefix}log`, 'new', { sync: true }],
      isSeen: async () => (await keys()).includes('log'),
    },
    replace: {
      call: ['append', journal, 'new', { replace: true, sync: true }],
      isSeen: async () => (await records()).includes('new'),
    },
    put: {
      call: ['put', `${prefix}value`, 'new', { sync: true }],
      isSeen: async () => (await value(`${prefix}value`)) === 'new',
    },
    'put if absent': {
      call: ['put', `${prefix}folder/absent`, 'new', { ifAbsent: true }],
      isSeen: async () => (await value(`${prefix}folder/absent`)) === 'new',
    },
    delete: { call: ['delete', `${prefix}value`], isSeen: async () => (await keys()).length === 1 },
  };

  test.each(Object.entries(operations))('%s', async (_, { call, isSeen }) => {
    const holder = start({ hasFaults: true });
    const outcomes = new Set<string>();
    for (let at = 1; ; at += 1) {
      await holder.call('acquire', prefix, { force: true });
      await holder.call('append', journal, 'old', { replace: true });
      await holder.call('put', `${prefix}value`, 'old');
      for (const key of ['log', 'folder/absent']) await store.delete(prefix + key);
      await holder.call('stopAt', at, when);
      const result = holder.call(...(call as [string]));
      const stopped = await Promise.race([holder.stopped(), result.then(() => undefined)]);
      if (stopped === undefined) break;
      const lease = await store.acquire(prefix, { force: true });
      const seen = await isSeen();
      const before = [await records(), await keys(), await value(`${prefix}value`)];
      holder.goOn();
      const told = (await result) === 'lease_lost' ? 'refused' : 'done';
      expect([told, seen], `${when} call ${at}, ${String(stopped)}`).toEqual([told, told === 'done']);
      expect([await records(), await keys(), await value(`${prefix}value`)]).toEqual(before);
      outcomes.add(told);
      await lease.release();
      await holder.call('stopAt', 0, when);
    }
    expect([...outcomes].toSorted()).toEqual(['done', 'refused']);
  });
});

test('a holder that is stopped at random moments: what it is told is what the next one finds', async () => {
  const rounds = process.env['CAIRN_CRASH'] === 'all' ? 400 : 40;
  const seed = Number(process.env['CAIRN_SEED'] ?? Date.now() % 1_000_000);
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const holder = start();
  for (let round = 0; round < rounds; round += 1) {
    await holder.call('acquire', prefix, { force: true });
    await holder.call('append', journal, 'begun', { replace: true });
    for (const key of await keys()) if (key !== 'journal') await store.delete(prefix + key);
    for (let at = 0; at < 30; at += 1) await store.put(`${prefix}old-${at}`, text('old'));
    const outcomes = holder.call('writeOn', prefix, round);
    await pause(random() * 40);
    await holder.stop();
    const lease = await store.acquire(prefix, { force: true });
    const [seenRecords, seenKeys] = [new Set(await records()), new Set(await keys())];
    await store.append(journal, text('taken over'), { lease });
    holder.goOn();
    for (const [operation, name, code] of (await outcomes) as [string, string, string][]) {
      const isSeen = { append: seenRecords.has(name), put: seenKeys.has(`value-${name}`) }[operation];
      const isDone = Number(name) < 30 ? !seenKeys.has(`old-${name}`) : code === 'done';
      const found = operation === 'delete' ? isDone : isSeen;
      expect([code, found], `round ${round} of seed ${seed}: ${operation} ${name}`).toEqual([
        code === 'done' ? 'done' : 'lease_lost',
        code === 'done',
      ]);
    }
    expect((await records()).at(-1)).toBe('taken over');
    expect(new Set(await keys())).toEqual(seenKeys);
    await lease.release();
  }
});

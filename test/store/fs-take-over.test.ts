import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lease, ObjectStore } from '@cairn/core';
import { encodeFence, encodeRecord } from '@cairn/core/store';
import { fsStore } from '@cairn/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
let root: string;
let store: ObjectStore;
let other: ObjectStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-store-'));
  [store, other] = [fsStore({ root }), fsStore({ root })];
});
afterEach(async () => {
  await Promise.all([store.close(), other.close()]);
  await rm(root, { recursive: true, force: true });
});

const records = async (key: string, from = store): Promise<string[]> => {
  const found: string[] = [];
  for await (const record of from.log(key)) found.push(new TextDecoder().decode(record));
  return found;
};
const value = async (key: string, from = store): Promise<string | undefined> => {
  const bytes = await from.get(key);
  return bytes && new TextDecoder().decode(bytes);
};
const keys = async (prefix = '', from = store): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key } of from.list(prefix)) found.push(key);
  return found;
};
const refused = { code: 'lease_lost' };

describe('whoever has no lease', () => {
  test('never reads nothing where there was something, however often the lease is taken over', async () => {
    const expected = Array.from({ length: 40 }, (_, at) => `runs/r/deep/value-${at}`);
    const lease = await store.acquire('runs/r/');
    for (const key of expected) await store.put(key, text(key), { lease });
    await store.append('runs/r/journal', text('begun'), { lease });
    const takers = { areDone: false };
    const takeOver = async (): Promise<void> => {
      for (let round = 0; round < 40; round += 1) {
        const taken = await store.acquire('runs/r/', { force: true });
        await store.append('runs/r/journal', text(`round ${round}`), { lease: taken });
      }
    };
    const taking = takeOver().finally(() => {
      takers.areDone = true;
    });
    let seen = 1;
    const read = async (work: () => Promise<void>): Promise<void> => {
      while (!takers.areDone) await work();
    };
    await Promise.all([
      read(async () => expect(await value('runs/r/deep/value-7', other)).toBe('runs/r/deep/value-7')),
      read(async () => {
        const found = await records('runs/r/journal', other);
        expect(found.length).toBeGreaterThanOrEqual(seen);
        seen = found.length;
      }),
      read(async () => {
        const found = await keys('runs/', other);
        expect(found).toEqual([...expected.toSorted(), 'runs/r/journal']);
      }),
      taking,
    ]);
    expect(await records('runs/r/journal')).toHaveLength(41);
  });

  test('finds what was written without one before the first lease, while that is taken and after', async () => {
    for (let round = 0; round < 15; round += 1) {
      const prefix = `runs/${round}/`;
      const expected = Array.from({ length: 12 }, (_, at) => `${prefix}deep/${at}`).toSorted();
      for (const key of expected) await store.put(key, text(key));
      await store.append(`${prefix}journal`, text('before'));
      const taken = { isDone: false };
      const taking = store.acquire(prefix).finally(() => {
        taken.isDone = true;
      });
      do {
        expect(await value(`${prefix}deep/3`, other)).toBe(`${prefix}deep/3`);
        expect(await records(`${prefix}journal`, other)).toEqual(['before']);
        expect(await keys(prefix, other)).toEqual([...expected, `${prefix}journal`]);
      } while (!taken.isDone);
      const lease = await taking;
      await store.append(`${prefix}journal`, text('after'), { lease });
      await store.delete(`${prefix}deep/3`, { lease });
      expect(await records(`${prefix}journal`, other)).toEqual(['before', 'after']);
      expect(await value(`${prefix}deep/3`, other)).toBeUndefined();
      expect(await readdir(join(root, 'runs', String(round)))).toEqual(['.lease']);
      await lease.release();
    }
  });

  test('writes what is there afterwards, though the first lease and take-overs move it meanwhile', async () => {
    const done: string[] = [];
    const takers = { areDone: false };
    const write = async (writer: ObjectStore, who: string): Promise<void> => {
      for (let at = 0; !takers.areDone; at += 1) {
        await writer.append('runs/r/log', text(`${who}-${at}`), { sync: at % 8 === 0 });
        await writer.put(`runs/r/${who}/${at}`, text('v'), { ifAbsent: at % 2 === 0 });
        if (at > 0) await writer.delete(`runs/r/${who}/${at - 1}`);
        done.push(`${who}-${at}`);
      }
    };
    const third = fsStore({ root });
    const take = async (): Promise<void> => {
      for (let round = 0; round < 25; round += 1) await third.acquire('runs/r/', { force: true });
    };
    const taking = take().finally(() => {
      takers.areDone = true;
    });
    await Promise.all([write(store, 'one'), write(other, 'two'), taking]);
    expect((await records('runs/r/log')).toSorted()).toEqual(done.toSorted());
    const last = (who: string): string =>
      `runs/r/${who}/${done.filter((name) => name.startsWith(who)).length - 1}`;
    expect(await keys('runs/r/')).toEqual(['runs/r/log', last('one'), last('two')]);
    await third.close();
  });
});

describe('a lease below another', () => {
  test('is held beside it, and all keys are found, whichever was taken first', async () => {
    for (const [at, prefixes] of [
      ['', 'a/', 'a/b/'],
      ['a/b/', 'a/', ''],
      ['a/', '', 'a/b/'],
    ].entries()) {
      const [one, two] = [
        fsStore({ root: join(root, String(at)) }),
        fsStore({ root: join(root, String(at)) }),
      ];
      const expected = ['a/b/c', 'a/b/d/e', 'a/c', 'b/c', 'c'];
      for (const key of expected) await one.put(key, text(key));
      const leases: Lease[] = [];
      for (const prefix of prefixes) {
        leases.push(await one.acquire(prefix));
        expect(await keys('', two)).toEqual(expected);
        for (const key of expected) expect(await value(key, two)).toBe(key);
      }
      for (const lease of leases) {
        const covered = expected.filter((key) => key.startsWith(lease.prefix));
        for (const key of covered) await one.put(key, text(`${key} of '${lease.prefix}'`), { lease });
        await one.append(
          `${lease.prefix}a/b/log`.replace(/^(a\/)+b\/(a\/b\/)?/, 'a/b/'),
          text(lease.prefix),
          {
            lease,
          },
        );
        for (const key of covered) expect(await value(key, two)).toBe(`${key} of '${lease.prefix}'`);
        await one.delete(`${lease.prefix}missing`, { lease });
      }
      expect(await records('a/b/log', two)).toEqual(prefixes);
      expect(await keys('', two)).toEqual(['a/b/c', 'a/b/d/e', 'a/b/log', 'a/c', 'b/c', 'c']);
      expect(await keys('a/b/d', two)).toEqual(['a/b/d/e']);
      for (const lease of leases) expect(lease.signal.aborted).toBe(false);
      await Promise.all([one.close(), two.close()]);
    }
  });

  test('stays with its holder when the other is taken over, whose holder can write nothing there', async () => {
    const outer = await store.acquire('a/');
    const inner = await other.acquire('a/b/');
    await store.put('a/value', text('outer'), { lease: outer });
    await other.append('a/b/journal', text('one'), { lease: inner });
    await store.append('a/b/journal', text('two'), { lease: outer });
    const third = fsStore({ root });
    const taken = await third.acquire('a/', { force: true });
    await expect(store.append('a/b/journal', text('late'), { lease: outer })).rejects.toMatchObject(refused);
    await expect(store.put('a/b/value', text('late'), { lease: outer })).rejects.toMatchObject(refused);
    await other.append('a/b/journal', text('three'), { lease: inner, sync: true });
    await other.put('a/b/value', text('inner'), { lease: inner });
    await other.delete('a/b/missing', { lease: inner });
    await third.append('a/b/journal', text('four'), { lease: taken });
    expect(await records('a/b/journal')).toEqual(['one', 'two', 'three', 'four']);
    expect(await keys()).toEqual(['a/b/journal', 'a/b/value', 'a/value']);
    expect(inner.signal.aborted).toBe(false);
    await third.close();
  });
});

describe('a take-over', () => {
  const leaseFolder = (): string => join(root, 'runs', 'r', '.lease');

  test('leaves out what was torn, keeps what only looks like a log, and copies no value', async () => {
    const lease = await store.acquire('runs/r/');
    const log = encodeRecord(text('inner'));
    const values: Readonly<Record<string, Uint8Array>> = {
      empty: new Uint8Array(),
      zeros: new Uint8Array(100),
      nearly: Uint8Array.of(0xc4, 0x1a, 0x72, 0x01, 1, 2, 3),
      plain: text('plain'),
      within: new Uint8Array(Buffer.concat([text('x'), log, encodeFence()])),
    };
    for (const [name, bytes] of Object.entries(values)) await store.put(`runs/r/${name}`, bytes, { lease });
    for (const record of ['a', 'b']) await store.append('runs/r/journal', text(record), { lease });
    const data = join(leaseFolder(), 'data-1');
    const journal = await readFile(join(data, 'journal'));
    await writeFile(
      join(data, 'journal'),
      Buffer.concat([journal, encodeRecord(text('torn')).subarray(0, 22)]),
    );
    const { ino } = await stat(join(data, 'plain'));
    await other.acquire('runs/r/', { force: true });
    for (const [name, bytes] of Object.entries(values))
      expect(await store.get(`runs/r/${name}`)).toEqual(bytes);
    expect(await records('runs/r/journal')).toEqual(['a', 'b']);
    const now = join(leaseFolder(), 'data-3');
    expect(new Uint8Array(await readFile(join(now, 'journal')))).toEqual(new Uint8Array(journal));
    expect((await stat(join(now, 'plain'))).ino).toBe(ino);
  });

  test('keeps a damaged log as it is, whose reader is told', async () => {
    const lease = await store.acquire('runs/r/');
    for (const record of ['a', 'b', 'c']) await store.append('runs/r/journal', text(record), { lease });
    const path = join(leaseFolder(), 'data-1', 'journal');
    const damaged = await readFile(path);
    damaged[25] = (damaged[25] ?? 0) ^ 1;
    await writeFile(path, damaged);
    const taken = await other.acquire('runs/r/', { force: true });
    await expect(records('runs/r/journal')).rejects.toMatchObject({ code: 'journal_damaged' });
    await expect(store.append('runs/r/journal', text('late'), { lease })).rejects.toMatchObject(refused);
    await expect(other.append('runs/r/journal', text('d'), { lease: taken })).rejects.toMatchObject({
      code: 'journal_damaged',
    });
    expect(await store.get('runs/r/journal')).toEqual(new Uint8Array(damaged));
  });

  test('that was not finished is finished by the next one, and no leftovers stay', async () => {
    const lease = await store.acquire('runs/r/');
    await store.append('runs/r/journal', text('a'), { lease });
    await store.put('runs/r/value', text('v'), { lease });
    await store.close();
    const path = (name: string): string => join(leaseFolder(), name);
    await mkdir(path('new-half/deep'), { recursive: true });
    await writeFile(path('new-half/journal'), 'half a jour');
    await mkdir(path('data-3'));
    await rm(path('data-3'), { recursive: true });
    expect(await records('runs/r/journal', other)).toEqual(['a']);
    const next = await other.acquire('runs/r/', { force: true });
    expect(next.generation).toBe(2);
    expect((await readdir(leaseFolder())).toSorted()).toEqual(['data-1', 'held-2']);
    expect(await value('runs/r/value', other)).toBe('v');
  });

  test('from somebody who gave the lease back copies nothing', async () => {
    for (let generation = 1; generation <= 3; generation += 1) {
      const lease = await store.acquire('runs/r/', { force: generation === 2 });
      expect(lease.generation).toBe(generation);
      await lease.release();
    }
    expect((await readdir(leaseFolder())).toSorted()).toEqual(['data-1', 'free-3']);
  });
});

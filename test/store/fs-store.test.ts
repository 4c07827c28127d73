import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileName, segmentOf } from '../../packages/node-adapter/dist/file-names.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const prefix = 'runs/r/';
let folder: string;
let root: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-store-'));
  root = join(folder, 'root');
  store = fsStore({ root });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const keys = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key } of store.list('')) found.push(key);
  return found;
};

describe('file names', () => {
  const segment = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,139}$/);

  test('stand for one segment, whatever the system makes of their case', () => {
    fc.assert(
      fc.property(segment, (name) => {
        const file = fileName(name);
        expect(segmentOf(file)).toBe(name);
        expect(file).toBe(file.toLowerCase());
        expect(file.length).toBeLessThanOrEqual(255);
        expect(file).not.toMatch(/[<>:"/\\|?*\s]|\.$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/);
      }),
      { numRuns: 3000 },
    );
  });

  test('of any sort that stand for a segment are the name of just that segment', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9_.=+-]{1,12}$/), (file) => {
        const name = segmentOf(file);
        expect(name === undefined || fileName(name) === file).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('are readable', () => {
    const names = ['journal', 'by_origin', 'Flights', 'ABC-1', 'con', 'COM1.json', 'dots..', 'a.B.'];
    expect(names.map(fileName)).toEqual([
      'journal',
      'by_origin',
      '=flights',
      '+abc+-1',
      '=_con',
      '+com+1.json',
      'dots..=',
      'a.=b.=',
    ]);
  });
});

describe('what is no value of ours', () => {
  test('is neither listed nor read', async () => {
    await store.put('objects/a', text('a'), { sync: true });
    await writeFile(join(root, 'objects', 'UPPER'), 'x');
    await writeFile(join(root, 'objects', '.hidden'), 'x');
    await writeFile(join(root, 'objects', 'a b'), 'x');
    await writeFile(join(root, '.tmp', '1-torn.tmp'), 'half a val');
    expect(await keys()).toEqual(['objects/a']);
    expect(await store.get('objects')).toBeUndefined();
  });

  test('is removed once a killed process has left it aside for a day', async () => {
    await store.put('objects/a', text('a'));
    const [old, young] = [join(root, '.tmp', '1-old.tmp'), join(root, '.tmp', '2-young.tmp')];
    await writeFile(old, 'half a val');
    await writeFile(young, 'half a val');
    await utimes(old, new Date(), new Date(Date.now() - 25 * 60 * 60 * 1000));
    await store.acquire(prefix);
    expect(await readdir(join(root, '.tmp'))).toEqual(['2-young.tmp']);
  });

  test('an emptied folder goes with its last key, and comes back with the next', async () => {
    await store.put('a/b/c', text('v'), { sync: true });
    await store.put('a/d', text('v'));
    await store.delete('a/b/c');
    await expect(stat(join(root, 'a', 'b'))).rejects.toMatchObject({ code: 'ENOENT' });
    await store.delete('a/d');
    await expect(stat(join(root, 'a'))).rejects.toMatchObject({ code: 'ENOENT' });
    await Promise.all(
      Array.from({ length: 200 }, async (_, at) => {
        await store.put(`a/b/${at}`, text('v'), { ifAbsent: at % 2 === 0, sync: at % 20 === 0 });
        await store.append(`a/c/${at}`, text('v'));
        await store.delete(`a/b/${at}`);
        await store.delete(`a/c/${at}`);
      }),
    );
    expect(await keys()).toEqual([]);
  });
});

describe('errors of the system', () => {
  test('a file where the root should be', async () => {
    await writeFile(root, 'a file');
    const message = expect.stringContaining(root);
    const failed = (operation: string, key = 'objects/a'): object => ({
      code: 'store_failed',
      message,
      details: { operation, key },
      cause: { code: expect.stringMatching(/^(ENOTDIR|EEXIST)$/) as string },
    });
    await expect(store.put('objects/a', text('a'))).rejects.toMatchObject(failed('write'));
    await expect(store.put('objects/a', text('a'), { ifAbsent: true })).rejects.toMatchObject(
      failed('write'),
    );
    await expect(store.append('objects/a', text('a'))).rejects.toMatchObject(failed('append to'));
    await expect(store.get('objects/a')).rejects.toMatchObject(failed('read'));
    await expect(store.delete('objects/a')).rejects.toMatchObject(failed('delete'));
    await expect(store.acquire(prefix)).rejects.toMatchObject(failed('lock', prefix));
    await expect(keys()).rejects.toMatchObject(failed('list', ''));
    expect(await readFile(root, 'utf8')).toBe('a file');
  });

  test('a root that cannot be made', async () => {
    const readOnly = fsStore({ root: '/proc/cairn/root' });
    await expect(readOnly.put('objects/a', text('a'), { sync: true })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining("Cannot write 'objects/a' in the store at /proc/cairn/root"),
      cause: { code: 'ENOENT' },
    });
    await expect(readOnly.acquire(prefix)).rejects.toMatchObject({ code: 'store_failed' });
    expect(await readOnly.get('objects/a')).toBeUndefined();
    await readOnly.close();
  });

  test('a file where a folder should be: nothing is left behind', async () => {
    await store.put('objects', text('no folder'));
    await expect(store.put('objects/a', text('a'))).rejects.toMatchObject({ code: 'store_failed' });
    await expect(store.put('objects/a', text('a'), { ifAbsent: true })).rejects.toMatchObject({
      code: 'store_failed',
    });
    await expect(store.append('objects/a', text('a'))).rejects.toMatchObject({ code: 'store_failed' });
    expect(await readdir(root)).toEqual(['.tmp', 'objects']);
    expect(await readdir(join(root, '.tmp'))).toEqual([]);
  });

  test('a folder where a file should be', async () => {
    await store.put('a/b', text('v'));
    await expect(store.put('a', text('v'))).rejects.toMatchObject({ code: 'store_failed' });
    await expect(store.append('a', text('v'))).rejects.toMatchObject({ code: 'store_failed' });
    expect(await keys()).toEqual(['a/b']);
    expect(await readdir(join(root, '.tmp'))).toEqual([]);
  });

  test('no space left is said in words', async () => {
    const full = await import('../../packages/core/dist/errors/store-errors.js');
    const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(full.storeFailed('write', 'objects/a', `the store at ${root}`, cause)).toMatchObject({
      message: expect.stringContaining('there is no space left'),
      details: { systemCode: 'ENOSPC' },
      cause,
    });
  });
});

describe('leases', () => {
  const leaseFile = (generation: number): string => join(root, 'runs', 'r', '.lease', `held-${generation}`);
  const since = '2026-01-01T00:00:00.000Z';
  const plant = async (generation: number, changes: object): Promise<void> => {
    const lease = await store.acquire('runs/other/');
    const own = JSON.parse(await readFile(join(root, 'runs', 'other', '.lease', 'held-1'), 'utf8')) as {
      holder: object;
    };
    await lease.release();
    await mkdir(join(root, 'runs', 'r', '.lease'), { recursive: true });
    await writeFile(leaseFile(generation), JSON.stringify({ holder: { ...own.holder, ...changes }, since }));
  };

  test('name host, process and time', async () => {
    const lease = await store.acquire(prefix);
    expect(JSON.parse(await readFile(leaseFile(1), 'utf8'))).toMatchObject({
      holder: {
        host: hostname(),
        pid: process.pid,
        bootId: expect.any(String),
        startTime: expect.any(String),
      },
    });
    await lease.release();
  });

  test.each([
    ['its machine was started anew', { bootId: 'another-start' }],
    ['its process number belongs to a later process', { startTime: '1' }],
    ['its process is gone', { pid: 2 ** 22 - 1 }],
  ])('are taken over when %s', async (_, changes) => {
    await plant(7, changes);
    const lease = await store.acquire(prefix);
    expect(lease.generation).toBe(8);
    await lease.release();
  });

  test.each([
    ['on another host', { host: 'elsewhere', bootId: 'another-machine' }],
    ['in another container', { pidNamespace: 'pid:[1]', pid: 2 ** 22 - 1 }],
  ])('of a holder %s are left alone, and the message says what to do', async (_, changes) => {
    await plant(7, changes);
    await expect(store.acquire(prefix, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'task_bound',
      message: expect.stringMatching(/it gave a sign of life \d s ago, and counts as dead after 60 s/),
      details: { since: new Date(since) },
    });
  });

  test('that somebody else has taken let nothing through, and say so', async () => {
    const lease = await store.acquire(prefix);
    await store.put(`${prefix}value`, text('old'), { lease });
    await plant(2, {});
    await expect(store.put(`${prefix}value`, text('new'), { lease })).rejects.toMatchObject({
      code: 'lease_lost',
    });
    await expect(store.append(`${prefix}journal`, text('r'), { lease })).rejects.toMatchObject({
      code: 'lease_lost',
    });
    await expect(store.delete(`${prefix}value`, { lease })).rejects.toMatchObject({ code: 'lease_lost' });
    expect(lease.signal.aborted).toBe(true);
    expect(lease.signal.reason).toMatchObject({ code: 'lease_lost' });
    await lease.release();
    expect(JSON.parse(await readFile(leaseFile(2), 'utf8'))).not.toHaveProperty('released');
    expect(await keys()).toEqual([`${prefix}value`]);
  });

  test('whose file was removed are lost too, and do not come back', async () => {
    const lease = await store.acquire(prefix);
    await rm(leaseFile(1));
    await expect(store.append(`${prefix}journal`, text('r'), { lease })).rejects.toMatchObject({
      code: 'lease_lost',
    });
    await lease.release();
    expect(await readdir(join(root, 'runs', 'r', '.lease'))).toEqual(['data-1']);
  });

  test('keep one file and one directory', async () => {
    for (let round = 1; round <= 5; round += 1) {
      const lease = await store.acquire(prefix);
      expect(lease.generation).toBe(round);
      await lease.release();
    }
    expect(await readdir(join(root, 'runs', 'r', '.lease'))).toEqual(['data-1', 'free-5']);
  });

  test('in a file that is none are told, not guessed at', async () => {
    await plant(1, {});
    await writeFile(leaseFile(1), 'not ours');
    await expect(store.acquire(prefix)).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining(leaseFile(1)),
    });
  });
});

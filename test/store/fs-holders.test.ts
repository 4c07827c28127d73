import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFsStore } from '../../packages/node-adapter/dist/fs-object-store.js';
import { leaseTimes } from '../../packages/node-adapter/dist/lease-times.js';
import { startHolder, type Holder, type HolderOptions } from './holder.js';
import { inChild } from './in-child.js';

const prefix = 'runs/r/';
// Silence is told after two seconds instead of a minute.
const times = { beatMs: 100, silentMs: 2000, firstBeatMs: 20, lookMs: 200 };
const elsewhere = { host: 'elsewhere', bootId: 'another machine' };
let root: string;
let store: ObjectStore;
let holders: Holder[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-store-'));
  store = createFsStore({ root }, { times: { ...leaseTimes, ...times } });
});
afterEach(async () => {
  for (const holder of holders) await holder.kill();
  holders = [];
  await store.close();
  await rm(root, { recursive: true, force: true });
});

const start = async (identity: object = {}, options: Partial<HolderOptions> = {}): Promise<Holder> => {
  const holder = startHolder({ root, times, identity, ...options });
  holders.push(holder);
  expect(await holder.call('acquire', prefix)).toBe(1);
  return holder;
};
const bound = { code: 'task_bound' };
const claim = (): string => join(root, 'runs', 'r', '.lease', 'held-1');
const lastBeat = async (): Promise<number> => (await stat(claim())).mtimeMs;

/** Resolves once the heartbeat's thread, which is started a moment after the lease was taken, is at work. */
async function heartbeat(): Promise<void> {
  const before = await lastBeat();
  while ((await lastBeat()) === before) await pause(10);
}

describe('a holder on this host is asked of the system, however silent it is', () => {
  test('one that is stopped keeps its lease', async () => {
    const holder = await start();
    await holder.stop();
    await expect(store.acquire(prefix, { timeoutMs: 2500 })).rejects.toMatchObject(bound);
    expect(await store.leaseInfo(prefix)).toMatchObject({ generation: 1, state: 'live' });
    holder.goOn();
    expect(await holder.call('append', `${prefix}journal`, 'still')).toBe(null);
  });

  test.each([
    ['whose number belongs to a later process', { startTime: '1' }],
    ['of before the machine was started anew', { bootId: 'an earlier start' }],
  ])('one %s is gone, though a process of its number lives', async (_, identity) => {
    const holder = await start(identity);
    expect(await store.leaseInfo(prefix)).toMatchObject({
      name: `process ${holder.pid} on host '${hostname()}'`,
      state: 'stale',
    });
    const lease = await store.acquire(prefix);
    expect(lease.generation).toBe(2);
    expect(await holder.call('append', `${prefix}journal`, 'late')).toBe('lease_lost');
    await lease.release();
  });
});

describe.each([
  ['on another host', elsewhere],
  ['in another container of this host', { pidNamespace: 'pid:[1]' }],
])('a holder %s', (_, identity) => {
  test('is left alone while it gives signs of life, and taken from once it has been silent for long', async () => {
    const holder = await start(identity);
    await expect(store.acquire(prefix, { timeoutMs: 2500 })).rejects.toMatchObject(bound);
    expect(await store.leaseInfo(prefix)).toMatchObject({ state: 'live' });
    await holder.stop();
    await pause(700);
    await expect(store.acquire(prefix)).rejects.toMatchObject({
      message: expect.stringMatching(/it gave a sign of life \d s ago, and counts as dead after 2 s/),
    });
    expect(await store.leaseInfo(prefix)).toMatchObject({ state: 'unknown' });
    await pause(1400);
    expect(await store.leaseInfo(prefix)).toMatchObject({ state: 'stale' });
    const lease = await store.acquire(prefix);
    holder.goOn();
    expect(await holder.call('append', `${prefix}journal`, 'late')).toBe('lease_lost');
    await lease.release();
  });
});

test('whoever waits for a holder on another host has its lease once that has been silent for long', async () => {
  const holder = await start(elsewhere);
  const waiting = store.acquire(prefix, { timeoutMs: Infinity });
  await pause(300);
  // Its silence begins here, however long it takes to hear that it is gone.
  const begun = performance.now();
  await holder.kill();
  await (await waiting).release();
  expect(performance.now() - begun).toBeGreaterThan(1500);
});

test('a clock that was set back keeps no silent holder alive', async () => {
  const holder = await start(elsewhere);
  await holder.kill();
  const later = new Date(Date.now() + 3_600_000);
  await utimes(claim(), later, later);
  const lease = await store.acquire(prefix, { timeoutMs: 5000 });
  expect(lease.generation).toBe(2);
  await lease.release();
});

test.each([
  ['on this host', {}],
  ['on another host', elsewhere],
])('a holder %s that blocks its main thread keeps its lease', async (_, identity) => {
  const holder = await start(identity);
  await heartbeat();
  const blocked = holder.call('block', 4000);
  await expect(store.acquire(prefix, { timeoutMs: 3500 })).rejects.toMatchObject(bound);
  expect(await store.leaseInfo(prefix)).toMatchObject({ generation: 1, state: 'live' });
  expect(await blocked).toBe(null);
  expect(await holder.call('append', `${prefix}journal`, 'still')).toBe(null);
});

test('neither a lease nor its heartbeat keeps a process alive', async () => {
  const module = new URL('../../packages/node-adapter/dist/index.js', import.meta.url).href;
  const program = `
    import { fsStore } from '${module}';
    await fsStore({ root: ${JSON.stringify(root)} }).acquire('${prefix}');
    await new Promise((resolve) => setTimeout(resolve, 300));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  expect(await once(child, 'exit')).toEqual([0, null]);
  clearTimeout(timer);
  expect(await store.leaseInfo(prefix)).toMatchObject({ state: 'stale' });
});

test('of sixteen processes that wait for one lease, one at a time works, and all have their turn', async () => {
  const children = Array.from({ length: 16 }, () => inChild('exclude', root, 2));
  const generations = (await Promise.all(children.map(({ firstLine }) => firstLine))) as number[][];
  await Promise.all(children.map(({ ended }) => ended));
  expect(generations.flat().toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 32 }, (_, at) => at + 1),
  );
  const log: string[] = [];
  for await (const record of store.log(`${prefix}journal`)) log.push(new TextDecoder().decode(record));
  expect(log).toEqual(Array.from({ length: 32 }, (_, at) => `${at + 1}`));
});

test('a lease that three stores want by force goes from one to the other, and is held by one', async () => {
  const others = [store, fsStore({ root }), fsStore({ root })];
  const text = new TextEncoder();
  const done: string[] = [];
  await Promise.all(
    others.map(async (each, who) => {
      for (let at = 0; at < 25; at += 1) {
        const lease = await each.acquire(prefix, { force: true });
        for (const part of ['a', 'b', 'c']) {
          const record = `${who}-${at}-${part}`;
          const isDone = await each
            .append(`${prefix}journal`, text.encode(record), { lease })
            .then(() => done.push(record))
            .catch((error: { code: string }) => expect(error.code).toBe('lease_lost'));
          if (isDone === undefined) break;
        }
      }
    }),
  );
  const log: string[] = [];
  for await (const record of store.log(`${prefix}journal`)) log.push(new TextDecoder().decode(record));
  expect(log.toSorted()).toEqual(done.toSorted());
  for (const each of others.slice(1)) await each.close();
});

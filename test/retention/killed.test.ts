import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunResult } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Death } from '../crash/mortal-store.js';
import { sharedEngine, temporaryFolder, testRunner } from '../run/fixtures.js';
import { collectIn, makeOld, type Collection } from './collector.js';
import { chain } from './store-with-time.js';

const engine = sharedEngine();
const all = process.env['CAIRN_CRASH'] === 'all';
const child = fileURLToPath(new URL('../dist/retention/collector.js', import.meta.url));
const names = ['one', 'two', 'three'];
const prepared = temporaryFolder();
const hashes = new Map<string, Readonly<Record<string, string | undefined>>>();
let undisturbed: Collection;
let left: readonly string[];

const hashesOf = ({ steps }: RunResult): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries([...steps].map(([name, { contentHash }]) => [name, contentHash]));

async function keysIn(folder: string): Promise<string[]> {
  const store = fsStore({ root: join(folder, 'store') });
  const keys: string[] = [];
  for (const prefix of ['cache/', 'objects/', 'runs/'])
    for await (const { key } of store.list(prefix)) keys.push(key);
  await store.close();
  return keys;
}

/** A copy of the store, in which everything is some days old. */
function copied(): string {
  const folder = temporaryFolder();
  cpSync(join(prepared, 'store'), join(folder, 'store'), { recursive: true });
  makeOld(join(folder, 'store'), 3);
  return folder;
}

beforeAll(async () => {
  const store = fsStore({ root: join(prepared, 'store') });
  const { runner } = testRunner({ engine, store });
  for (const name of names)
    hashes.set(name, hashesOf(await runner.run(chain(name), undefined, { correlationId: name })));
  await runner.run(chain('over'), undefined, { correlationId: null, runId: 'over' });
  for (const digit of ['a', 'b']) await store.put(`objects/${digit.repeat(64)}`, new Uint8Array(1000));
  await store.put(`cache/${'c'.repeat(64)}.json`, new Uint8Array(10));
  await runner.close();
  const folder = copied();
  undisturbed = await collectIn(folder);
  left = await keysIn(folder);
});

test('undisturbed, a collector does what the kills are counted by', () => {
  const kinds = undisturbed.report?.removed.map(({ kind }) => kind) ?? [];
  expect(new Set(kinds)).toEqual(new Set(['run_log', 'cache_entry', 'orphan', 'table']));
  expect(
    undisturbed.operations.filter((operation) => operation.startsWith('delete ')).length,
  ).toBeGreaterThan(6);
});

/** Holds what a dead collector has left to the promises: nothing is missing without a word, and the next one ends the work. */
async function inspect(folder: string, what: string): Promise<void> {
  const { runner, events } = testRunner({ engine, store: fsStore({ root: join(folder, 'store') }) });
  expect(await runner.checkpoints({ state: 'damaged' }), what).toEqual([]);
  await runner.close();
  const { report } = await collectIn(folder);
  expect(report?.spared, what).toEqual([]);
  expect(await keysIn(folder), what).toEqual(left);
  const { runner: next } = testRunner({
    engine,
    store: fsStore({ root: join(folder, 'store') }),
    observers: [{ name: 'next', onEvent: (event) => void events.push(event) }],
  });
  for (const name of names) {
    const result = await next.run(chain(name), undefined, { correlationId: name });
    expect(hashesOf(result), what).toEqual(hashes.get(name));
    expect((await result.table('c')).numRows, what).toBe(1);
  }
  expect(
    events.filter(({ type }) => type === 'checkpoint_damaged'),
    what,
  ).toEqual([]);
  await next.close();
  rmSync(folder, { recursive: true });
}

describe('ended at every operation of its store, a collector leaves nothing missing without a word:', () => {
  test.each<Death['when']>(['before', 'after'])('%s it', async (when) => {
    for (const [index, operation] of undisturbed.operations.entries()) {
      // What is there after one operation is mostly what is there before the next, and what reads changes nothing.
      const changes = when === 'before' && /^(?:append|delete|acquire) /.test(operation);
      if (!all && !changes && index % 7 !== 3) continue;
      const folder = copied();
      const { report } = await collectIn(folder, { at: index + 1, when });
      expect(report, `${when} ${operation}`).toBeUndefined();
      await inspect(folder, `${when} operation ${index + 1}, ${operation}`);
    }
  });
});

test('killed with SIGKILL in the middle of some, too', async () => {
  let kills = 0;
  for (const [index, operation] of undisturbed.operations.entries()) {
    if (!/^(?:append|delete|acquire) /.test(operation) || (!all && index % 3 !== 0)) continue;
    const folder = copied();
    const running = spawn(process.execPath, [child, folder, String(index + 1), 'during'], {
      stdio: 'inherit',
    });
    const [, signal] = (await once(running, 'exit')) as [number | null, string | null];
    expect(signal, operation).toBe('SIGKILL');
    kills += 1;
    await inspect(folder, `SIGKILL in operation ${index + 1}, ${operation}`);
  }
  expect(kills).toBeGreaterThan(3);
});

import { rm } from 'node:fs/promises';
import { fsStore } from '@cairn/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startHolder, type Holder } from './holder.js';
import { memoryFolder } from './memory-folder.js';

const prefix = 'runs/r/';
const journal = `${prefix}journal`;
let root: string;
let holder: Holder;

beforeEach(async () => {
  root = memoryFolder();
  holder = startHolder({ root, hasFaults: true });
  await holder.call('acquire', prefix);
  await holder.call('append', journal, 'first', { sync: true });
  await holder.call('append', journal, 'second', { sync: true });
});
afterEach(async () => {
  await holder.kill();
  await rm(root, { recursive: true, force: true });
});

async function records(): Promise<string[]> {
  const store = fsStore({ root });
  const found: string[] = [];
  for await (const record of store.log(journal)) found.push(new TextDecoder().decode(record));
  await store.close();
  return found;
}

describe('the open file of a log', () => {
  test('stays open for the flush of what was written before an append that failed', async () => {
    expect(await holder.call('appendTogether', journal, ['third', 'fourth', 'not'], 'ENOSPC')).toEqual([
      'done',
      'done',
      'ENOSPC',
    ]);
    expect(await holder.call('append', journal, 'fifth', { sync: true })).toBe(null);
    expect(await records()).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
  });

  test('is opened anew once it is known to be stale', async () => {
    await holder.call('goStale');
    expect(await holder.call('append', journal, 'not', { sync: true })).toBe('store_failed');
    expect(await holder.call('append', journal, 'third', { sync: true })).toBe(null);
    expect(await records()).toEqual(['first', 'second', 'third']);
  });
});

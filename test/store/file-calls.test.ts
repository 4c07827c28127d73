import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fileCalls } from '../../packages/node-adapter/dist/file-calls.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-test-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

test('small files are written at once, until that is slow, and then again from time to time', async () => {
  const callsFor = fileCalls();
  const quick = callsFor(10);
  const patient = callsFor(10_000_000);
  expect(quick).not.toBe(patient);
  expect(callsFor(10)).toBe(quick);
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 5));
  await quick.write(join(folder, 'slow'), new Uint8Array(10), false);
  for (let times = 0; times < 64; times += 1) expect(callsFor(10)).toBe(patient);
  expect(callsFor(10)).toBe(quick);
});

test('both ways do the same', async () => {
  const callsFor = fileCalls();
  const failures: unknown[] = [];
  for (const bytes of [10, 10_000_000]) {
    const calls = callsFor(bytes);
    const at = (name: string): string => join(folder, `${name}-${bytes}`);
    const failed = async (work: Promise<void>) =>
      work.then(
        () => 'nothing',
        ({ code }: NodeJS.ErrnoException) => code,
      );
    await calls.write(at('a'), new Uint8Array([1, 2, 3]), true);
    await calls.link(at('a'), at('b'));
    await calls.rename(at('b'), at('c'));
    await calls.remove(at('a'));
    await calls.remove(at('a'));
    expect([...(await readFile(at('c')))]).toEqual([1, 2, 3]);
    failures.push([
      await failed(calls.write(at('c'), new Uint8Array(), false)),
      await failed(calls.write(join(folder, 'no', 'file'), new Uint8Array(), false)),
      await failed(calls.link(at('a'), at('d'))),
      await failed(calls.rename(at('a'), at('d'))),
    ]);
  }
  expect(failures[0]).toEqual(['EEXIST', 'ENOENT', 'ENOENT', 'ENOENT']);
  expect(failures[1]).toEqual(failures[0]);
});

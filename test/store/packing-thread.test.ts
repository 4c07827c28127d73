import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-packing-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

interface Ended {
  readonly threads: number;
  /** How often memory that threads share was given back. */
  readonly lent: number;
  readonly sizes: readonly number[];
  readonly ms: number;
}

/** Puts columns of so many numbers in a process of its own, which is not told to end. */
async function processThatPuts(
  counts: readonly number[],
  { flags = [], warmed = 0 }: { readonly flags?: readonly string[]; readonly warmed?: number } = {},
): Promise<Ended> {
  const script = `
    const { fsStore } = await import('@cairn/node');
    let threads = 0;
    process.on('worker', () => (threads += 1));
    const store = fsStore({ root: process.argv[1] });
    for (const _ of Array(${warmed})) store.objects.warm();
    let lent = 0;
    const { store: set } = Atomics;
    Atomics.store = (state, at, value) => ((lent += value === 0), set(state, at, value));
    for (const count of ${JSON.stringify(counts)}) {
      const numbers = BigInt64Array.from({ length: count }, (_, at) => BigInt(at * 7));
      await store.objects.put(new Uint8Array(numbers.buffer)).stored;
    }
    const sizes = [];
    for await (const { size } of store.list('objects/')) sizes.push(size);
    const done = performance.now();
    process.on('exit', () => console.log(JSON.stringify({ threads, lent, sizes, ms: performance.now() - done })));
  `;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '-e', script, root], {
    timeout: 30_000,
  });
  return JSON.parse(stdout) as Ended;
}

test('a process whose objects are small has no thread for them', async () => {
  // The last one is packed sooner than a thread starts.
  expect((await processThatPuts([0, 10, 5000, 30_000, 130_000])).threads).toBe(0);
});

test('one whose objects are large has one, which does not keep it from ending', async () => {
  const { threads, ms } = await processThatPuts([50_000, 300_000, 300_001]);
  expect(threads).toBe(1);
  expect(ms).toBeLessThan(5000);
});

test('threads that were started ahead do not keep it from ending, asked for anything or not', async () => {
  expect(await processThatPuts([], { warmed: 1 })).toMatchObject({ threads: 1, sizes: [] });
  expect(await processThatPuts([], { warmed: 3 })).toMatchObject({ threads: 2, sizes: [] });
  expect(await processThatPuts([50_000, 300_000], { warmed: 2 })).toMatchObject({ threads: 2 });
});

test('what a thread packs objects into is given back to it', async () => {
  const counts = Array.from({ length: 12 }, (_, at) => 150_000 + at);
  // Where there is one it packs smaller ones, too.
  expect((await processThatPuts([1000, ...counts, 100_000, 150_000])).lent).toBe(13);
});

test('objects are packed here where no thread may be started', async () => {
  const flags = ['--experimental-permission', '--allow-fs-read=*', '--allow-fs-write=*'];
  const { threads, sizes } = await processThatPuts([200_000, 200_001], { flags });
  expect(threads).toBe(0);
  for (const size of sizes) expect(size).toBeLessThan(1_600_000 / 3);
});

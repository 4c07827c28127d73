import { indexedDbStore, type IndexedDbStore } from '@cairn/web';
import { afterEach, beforeEach, expect, test } from 'vitest';

const RealWorker = globalThis.Worker;
let started: string[] = [];
let answers = 0;
let store: IndexedDbStore;

beforeEach(() => {
  started = [];
  answers = 0;
  store = indexedDbStore({ database: `packing-${crypto.randomUUID()}` });
});
afterEach(async () => {
  globalThis.Worker = RealWorker;
  await store.close();
});

/** Makes every worker begin with this. */
function workersBegin(begin: (url: string | URL) => string | URL): void {
  globalThis.Worker = class extends RealWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(begin(url), options);
      started.push(options?.name ?? '');
      this.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (data !== 'ready') answers += 1;
      });
    }
  };
}

const columns = (count: number): Uint8Array =>
  new Uint8Array(BigInt64Array.from({ length: count }, (_, at) => BigInt(at * 7)).buffer);

/** Puts objects and reads them; tells what they took. */
async function sizesOf(...counts: readonly number[]): Promise<number[]> {
  const sizes: number[] = [];
  for (const count of counts) {
    const { sha256, stored } = store.objects?.put(columns(count), { sync: true }) ?? {};
    await stored;
    const hash = (await sha256) ?? '';
    const found = await store.objects?.get(hash);
    expect(found?.sha256).toBe(hash);
    const expected = columns(count);
    expect(found?.bytes.length).toBe(expected.length);
    expect(found?.bytes.every((byte, at) => byte === expected[at])).toBe(true);
    for await (const { size } of store.list(`objects/${hash}`)) sizes.push(size);
  }
  return sizes;
}

test('large objects are packed by a worker, which is started for the first of them', async () => {
  workersBegin((url) => url);
  const [small] = await sizesOf(10_000);
  expect(small).toBeLessThan(80_000 / 3);
  expect(started).toEqual([]);
  for (const size of await sizesOf(200_000, 300_000)) expect(size).toBeLessThan(1_600_000 / 3);
  expect(started).toEqual(['cairn packing']);
  // Of each its hash, its Blob and what was read.
  expect(answers).toBe(6);
});

test('the memory of what was packed, or is there already, comes back once', async () => {
  workersBegin((url) => url);
  for (const isThere of [false, true]) {
    const back: (Uint8Array | undefined)[] = [];
    const bytes = columns(300_000);
    const put = store.objects?.put(bytes, { sync: true, release: (memory) => void back.push(memory) });
    expect(await put?.stored).toBe(!isThere);
    expect(bytes.length).toBe(0);
    await expect.poll(() => back.length).toBe(1);
    expect(back[0]?.length).toBe(2_400_000);
  }
  expect(started).toEqual(['cairn packing']);
});

test('a page without workers packs by itself', async () => {
  globalThis.Worker = class {
    constructor() {
      started.push('refused');
      throw new DOMException('no workers here', 'SecurityError');
    }
  } as unknown as typeof Worker;
  for (const size of await sizesOf(200_000, 200_001)) expect(size).toBeLessThan(1_600_000 / 3);
  expect(started).toEqual(['refused']);
});

test('so does one whose worker does not load', async () => {
  workersBegin(() => '/nothing/here.js');
  for (const size of await sizesOf(200_000, 200_001)) expect(size).toBeLessThan(1_600_000 / 3);
  expect(started).toEqual(['cairn packing']);
  expect(answers).toBe(0);
});

test('a store that is closed leaves no worker, and no call waits', async () => {
  const ended: unknown[] = [];
  globalThis.Worker = class extends RealWorker {
    override terminate(): void {
      ended.push(this);
      super.terminate();
    }
  };
  const { sha256, stored } = store.objects?.put(columns(200_000)) ?? {};
  await store.close();
  await expect(sha256).resolves.toMatch(/^[0-9a-f]{64}$/);
  await expect(stored).rejects.toMatchObject({ code: 'already_closed' });
  expect(ended).toHaveLength(1);
});

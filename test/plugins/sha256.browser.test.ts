import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSha256, sha256 } from '../../packages/plugins/dist/input/sha256-web.js';
import { withoutWorkers } from './no-worker.ts';

const MiB = 1024 * 1024;

const bytesOf = (length: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(length).map((_, index) => index * 7 + (index >> 11));

async function expected(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const begun: Worker[] = [];
const OneWorker = Worker;

beforeEach(() => {
  vi.stubGlobal(
    'Worker',
    class extends OneWorker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        begun.push(this);
      }
    },
  );
});

const breakDown = (): void => {
  for (const worker of begun.splice(0))
    worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
};

afterEach(() => {
  // The next test begins without one.
  breakDown();
  vi.unstubAllGlobals();
});

test('a page hashes what is large in one worker, and what is small itself', async () => {
  const hashOf = async (bytes: Uint8Array, step: number): Promise<string> => {
    const hash = createSha256();
    for (let at = 0; at < bytes.length; at += step)
      await hash.update(bytes.subarray(at, at + step), () => undefined);
    return hash.digest();
  };
  const small = bytesOf(MiB - 1);
  expect(await hashOf(small, 70_001)).toBe(await expected(small));
  expect(begun).toHaveLength(0);

  // Exact pieces, others, more than one; and as much as the worker does not keep.
  const many = [bytesOf(MiB), bytesOf(5 * MiB), bytesOf(5 * MiB + 3), bytesOf(70 * MiB + 17)];
  const hashes = await Promise.all(
    many.map((bytes, index) => hashOf(bytes, [MiB, 333_333, 4 * MiB, 9 * MiB][index] ?? MiB)),
  );
  expect(hashes).toEqual(await Promise.all(many.map(expected)));
  expect(begun).toHaveLength(1);
});

test.each(withoutWorkers)('where %s, it hashes the same on its own thread', async (_name, worker) => {
  vi.stubGlobal('Worker', worker);
  const bytes = bytesOf(5 * MiB + 1);
  expect(await sha256(bytes)).toBe(await expected(bytes));
  expect(begun).toHaveLength(0);
});

test('what a worker that broke down was hashing fails, and what comes later does not', async () => {
  const hash = createSha256();
  const bytes = bytesOf(3 * MiB);
  await hash.update(bytes, () => undefined);
  breakDown();
  await expect(hash.digest()).rejects.toThrow("'sha256-worker.js'");
  expect(await sha256(bytes)).toBe(await expected(bytes));
  expect(begun).toHaveLength(1);
});

import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256 as ofNode } from '../../packages/plugins/dist/input/sha256-node.js';
import { createSha256Here } from '../../packages/plugins/dist/input/sha256-pieces.js';
import { sha256 as ofWeb } from '../../packages/plugins/dist/input/sha256-web.js';

const expected = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('pieces of any length hash to what the whole does', async () => {
  for (let length = 0; length < 300; length += 1) {
    const bytes = randomBytes(length);
    const hash = createSha256Here();
    const step = (length % 97) + 1;
    for (let at = 0; at < length; at += step)
      await hash.update(bytes.subarray(at, at + step), () => undefined);
    expect(await hash.digest()).toBe(expected(bytes));
  }
});

test('the same in Node and in a browser, below and above what a browser hashes at once', async () => {
  for (const length of [0, 1000, 33 * 1024 * 1024 + 5]) {
    const bytes = new Uint8Array(length).map((_, index) => index * 7);
    expect(await ofNode(bytes)).toBe(expected(bytes));
    expect(await ofWeb(bytes)).toBe(expected(bytes));
  }
});

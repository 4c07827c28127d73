import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { cairn } from '../node/commands.js';
import { temporaryFolder } from '../run/fixtures.js';

test('the example of orders: bad rows are put aside, and what is nested is written as JSON', async () => {
  const folder = temporaryFolder('repository');
  cpSync(fileURLToPath(new URL('../../examples/orders', import.meta.url)), folder, { recursive: true });
  const { code, stderr } = await cairn(['run', 'orders.ts'], undefined, {}, folder);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, 'out/orders-by-country.json'), 'utf8'))).toEqual([
    { country: 'GB', orders: 2, total: 27.15, ids: [1, 5] },
    { country: 'US', orders: 1, total: 250, ids: [2] },
  ]);
  expect(readFileSync(join(folder, 'out/orders-to-repair.csv'), 'utf8').split('\n').slice(1, 3)).toEqual([
    `"4","column 'total' is DECIMAL(9,2), and the value is 'n/a'","3,edsger,n/a,2024-03-02"`,
    '"5","the line has 3 fields, and the header has 4","4,barbara,12.50"',
  ]);
});

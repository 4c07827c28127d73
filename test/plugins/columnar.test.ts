import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../run/fixtures.js';
import { sameHashes, sameRows, writeAll } from './same-files.ts';

test('Node writes the files that every runtime does', async () => {
  expect(await writeAll()).toEqual({ hashes: sameHashes, read: sameRows });
});

test('the example writes files, reads them, and hands the table to the app', () => {
  const script = fileURLToPath(new URL('../../examples/formats/formats.mjs', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [script, temporaryFolder()], {
    encoding: 'utf8',
  });
  expect(stdout, stderr).toBe(
    'Ada, 1815, London and Marylebone\nGrace, 1906, New York\nAlan, 1912, London and Wilmslow\n',
  );
});

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileSystem } from '@cairn/core';
import { nodeFiles } from '@cairn/node';
import { afterEach, beforeEach, expect, test } from 'vitest';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
let folder: string;
let files: FileSystem;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-files-'));
  files = nodeFiles({ cwd: folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* chunks(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

test('paths are relative to cwd, or to the working folder of the process', () => {
  expect(files.resolve('a/../b')).toBe(join(folder, 'b'));
  expect(files.resolve('/a')).toBe('/a');
  expect(nodeFiles().resolve('a')).toBe(join(process.cwd(), 'a'));
});

test('a file is written with its folders, described, read and hashed', async () => {
  const parts = [text('one'), new Uint8Array(), new Uint8Array(3 * 1024 * 1024).fill(7), text('two')];
  const whole = Buffer.concat(parts);
  const written = await files.write('new/folder/file', chunks(...parts));
  expect(written).toEqual({ size: whole.length, sha256: sha256(whole) });
  expect(await files.hash('new/folder/file')).toBe(written.sha256);
  const read = await files.read('new/folder/file');
  expect(read.constructor).toBe(Uint8Array);
  expect(sha256(read)).toBe(written.sha256);

  const before = await files.stat('new/folder/file');
  expect(before?.size).toBe(whole.length);
  expect(before?.mtimeMs).toBeCloseTo((await stat(join(folder, 'new/folder/file'))).mtimeMs, 2);
  await files.write('new/folder/file', chunks(text('short')));
  expect(await files.read('new/folder/file')).toEqual(text('short'));
  await files.write('other', chunks());
  expect(await files.read('other')).toEqual(new Uint8Array());
  expect((await files.stat('other'))?.inode).not.toBe(before?.inode);
  expect(await files.hash('other')).toBe(sha256(new Uint8Array()));
});

test('an open file is read in parts, and stays itself when another takes its path', async () => {
  await writeFile(join(folder, 'file'), '0123456789');
  const reader = await files.open('file');
  expect(await reader.stat()).toEqual(await files.stat('file'));
  expect(await reader.read(3, 4)).toEqual(text('3456'));
  expect(await reader.read(8, 5)).toEqual(text('89'));
  expect(await reader.read(10, 5)).toEqual(new Uint8Array());
  await files.write('other', chunks(text('abc')));
  await files.rename('other', 'file');
  expect(await reader.read(0, 2)).toEqual(text('01'));
  expect((await reader.stat()).inode).not.toBe((await files.stat('file'))?.inode);
  await expect(reader.read(0, 2, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'canceled',
  });
  await reader.close();
  await reader.close();
  await expect(files.open('missing')).rejects.toMatchObject({ code: 'file_not_found' });
  await mkdir(join(folder, 'folder'));
  await expect(files.open('folder')).rejects.toMatchObject({ code: 'file_not_readable' });
});

test('rename replaces, makes the folder, and remove forgives', async () => {
  await writeFile(join(folder, 'new'), 'new');
  await mkdir(join(folder, 'out'));
  await writeFile(join(folder, 'out/old'), 'old');
  await files.rename('new', 'out/old');
  expect(await readFile(join(folder, 'out/old'), 'utf8')).toBe('new');
  await files.rename('out/old', 'made/for/it');
  expect(await readFile(join(folder, 'made/for/it'), 'utf8')).toBe('new');
  await files.remove('made/for/it');
  await files.remove('made/for/it');
  await files.remove('nowhere/at/all');
  expect(await readdir(join(folder, 'made/for'))).toEqual([]);
});

test('what is not there is undefined or file_not_found, naming the path as it was given', async () => {
  await writeFile(join(folder, 'file'), 'x');
  for (const path of ['missing.csv', 'missing/missing.csv', 'file/below']) {
    expect(await files.stat(path)).toBeUndefined();
    const missing = { code: 'file_not_found', message: `There is no file '${path}'`, details: { path } };
    await expect(files.read(path)).rejects.toMatchObject(missing);
    await expect(files.hash(path)).rejects.toMatchObject(missing);
    await expect(files.rename(path, 'to')).rejects.toMatchObject(missing);
  }
});

test('what cannot be read or written is file_not_readable, with the cause', async () => {
  await mkdir(join(folder, 'folder/full'), { recursive: true });
  await writeFile(join(folder, 'file'), 'x');
  const refused = (path: string, how: string): object => ({
    code: 'file_not_readable',
    message: expect.stringContaining(`Cannot ${how} the file '${path}': `) as string,
    cause: expect.any(Error) as Error,
  });
  await expect(files.stat('folder')).rejects.toMatchObject(refused('folder', 'read'));
  await expect(files.read('folder')).rejects.toMatchObject(refused('folder', 'read'));
  await expect(files.hash('folder')).rejects.toMatchObject(refused('folder', 'read'));
  await expect(files.read('a\0b')).rejects.toMatchObject({ code: 'file_not_readable' });
  await expect(files.write('folder', chunks())).rejects.toMatchObject(refused('folder', 'write'));
  await expect(files.write('file/below', chunks())).rejects.toMatchObject(refused('file/below', 'write'));
  await expect(files.write('/proc/cairn/file', chunks())).rejects.toMatchObject(
    refused('/proc/cairn/file', 'write'),
  );
  await expect(files.rename('file', 'folder')).rejects.toMatchObject(refused('folder', 'rename'));
  await expect(files.remove('folder')).rejects.toMatchObject(refused('folder', 'remove'));
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('x');
});

test('a write that fails leaves no file, and the error of who made the chunks stays what it is', async () => {
  const failure = new Error('the maker failed');
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield text('half');
    throw failure;
  }
  await expect(files.write('failed', failing())).rejects.toBe(failure);
  await expect(files.write('wrong', chunks(7 as unknown as Uint8Array))).rejects.toMatchObject({
    code: 'file_not_readable',
  });
  expect(await readdir(folder)).toEqual([]);
});

test('an aborted write leaves no file and ends its source; reading can be aborted too', async () => {
  const stop = new AbortController();
  let isEnded = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (let at = 0; ; at += 1) {
        if (at === 3) stop.abort('enough');
        yield text('more');
      }
    } finally {
      isEnded = true;
    }
  }
  const canceled = { code: 'canceled', name: 'AbortError' };
  await expect(files.write('aborted', endless(), { signal: stop.signal })).rejects.toMatchObject(canceled);
  expect(isEnded).toBe(true);
  await expect(files.write('aborted', chunks(text('x')), { signal: stop.signal })).rejects.toMatchObject(
    canceled,
  );
  expect(await readdir(folder)).toEqual([]);

  await writeFile(join(folder, 'large'), new Uint8Array(64 * 1024 * 1024));
  for (const reading of ['read', 'hash'] as const) {
    const later = new AbortController();
    const promise = files[reading]('large', { signal: later.signal });
    setTimeout(() => later.abort(), 2);
    await expect(promise, reading).rejects.toMatchObject(canceled);
    await expect(files[reading]('large', { signal: later.signal }), reading).rejects.toMatchObject(canceled);
  }
});

import { definePipeline, memoryStore, sink, source, sql, step, type FileSystem } from '@cairn/core';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { createWebRunner, webFiles } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { beforeEach, describe, expect, test } from 'vitest';

let folder: FileSystemDirectoryHandle;
let files: FileSystem;
let count = 0;

beforeEach(async () => {
  const root = await navigator.storage.getDirectory();
  folder = await root.getDirectoryHandle(`files-${Date.now()}-${(count += 1)}`, { create: true });
  files = webFiles({ folder });
});

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

const textAt = async (path: string): Promise<string> => new TextDecoder().decode(await files.read(path));
const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

describe('a folder', () => {
  test('is written to and read from by paths, absolute and relative', async () => {
    const text = 'a,b\n1,2\n';
    const written = await files.write('out/deep/one.csv', chunksOf('a,b\n', '1,2\n'));
    const hash = await sha256(new TextEncoder().encode(text));
    expect(written).toEqual({ size: 8, sha256: hash });
    expect(files.resolve('./out//deep/x/../one.csv')).toBe('/out/deep/one.csv');
    expect(await textAt('/out/deep/one.csv')).toBe(text);
    expect(await files.hash('out/deep/one.csv')).toBe(hash);
    expect((await files.stat('out/deep/one.csv'))?.size).toBe(8);
    const reader = await files.open('out/deep/one.csv');
    expect(new TextDecoder().decode(await reader.read(4, 100))).toBe('1,2\n');
    await reader.close();

    await files.rename('out/deep/one.csv', 'two.csv');
    expect(await files.stat('out/deep/one.csv')).toBeUndefined();
    expect(await textAt('two.csv')).toBe(text);
    await files.remove('two.csv');
    await files.remove('two.csv');
    await files.remove('no/such/folder/two.csv');
    expect(await files.stat('two.csv')).toBeUndefined();
  });

  test('has nothing of a write that failed, and keeps what was there', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* chunksOf('half');
      throw new Error('the source broke');
    }
    await expect(files.write('new.csv', failing())).rejects.toThrow('the source broke');
    expect(await files.stat('new.csv')).toBeUndefined();
    await files.write('old.csv', chunksOf('whole'));
    await expect(files.write('old.csv', failing())).rejects.toThrow('the source broke');
    expect(await textAt('old.csv')).toBe('whole');
    const signal = AbortSignal.abort('enough');
    await expect(files.write('old.csv', chunksOf('x'), { signal })).rejects.toMatchObject({
      code: 'canceled',
    });
    expect(await textAt('old.csv')).toBe('whole');
  });

  test('is not left by any path', async () => {
    for (const path of ['../x', '/a/../../x', '..']) {
      await expect(files.stat(path)).rejects.toMatchObject({ code: 'path_outside_root' });
      await expect(files.write(path, chunksOf('x'))).rejects.toMatchObject({ code: 'path_outside_root' });
    }
  });

  test('says what is wrong with a path: nothing there, or a folder', async () => {
    await files.write('out/one.csv', chunksOf('x'));
    await expect(files.read('two.csv')).rejects.toMatchObject({ code: 'file_not_found' });
    await expect(files.rename('two.csv', 'three.csv')).rejects.toMatchObject({ code: 'file_not_found' });
    await expect(files.read('out')).rejects.toMatchObject({ code: 'file_not_readable' });
    await expect(webFiles().stat('x')).resolves.toBeUndefined();
    await expect(webFiles().write('x', chunksOf('x'))).rejects.toMatchObject({ code: 'file_not_readable' });
  });

  test('hashes a file that is too large for the platform', async () => {
    const bytes = new Uint8Array(33 * 1024 * 1024).map((_, index) => index * 7);
    const large = webFiles({ find: () => new Blob([bytes]) });
    expect(await large.hash('large')).toBe(await sha256(bytes));
  });
});

describe('files that are found', () => {
  test('are those of a URL, a Blob and a handle, go before the folder, and can only be read', async () => {
    await files.write('kept.csv', chunksOf('of a handle'));
    const handle = await folder.getFileHandle('kept.csv');
    const url = new URL(URL.createObjectURL(new Blob(['of a URL'])));
    const found = new Map<string, URL | Blob | FileSystemFileHandle>([
      ['/data/url.csv', url],
      ['/data/blob.csv', new Blob(['of a Blob'])],
      ['/data/handle.csv', handle],
    ]);
    files = webFiles({ folder, find: (path) => found.get(path) });
    expect(await textAt('data/url.csv')).toBe('of a URL');
    expect(await textAt('data/blob.csv')).toBe('of a Blob');
    expect(await textAt('data/handle.csv')).toBe('of a handle');
    await expect(files.write('data/url.csv', chunksOf('x'))).rejects.toMatchObject({
      code: 'file_not_readable',
    });
    expect(await textAt('kept.csv')).toBe('of a handle');
  });

  test('that a server does not have are not found, and are asked for again', async () => {
    files = webFiles({ find: () => new URL('/no-such-file.csv?404', location.href) });
    await expect(files.read('x.csv').then((bytes) => bytes.length)).rejects.toMatchObject({
      code: 'file_not_found',
    });
  });
});

test('a pipeline with paths runs in a page, and is reused while its files are what they were', async () => {
  await files.write('data/orders.csv', chunksOf('id,total\n1,5\n2,7\n'));
  const orders = source('orders', fromCsv({ path: 'data/orders.csv' }));
  const sum = step('sum', sql`select sum(total)::integer as total from ${orders}`);
  const save = sink('save', sum, toCsv({ path: 'out/sum.csv' }));
  const pipeline = definePipeline({ name: 'paths', processes: { main: [orders, sum, save] } });
  await using runner = createWebRunner({ store: memoryStore(), assets: duckDbAssets, files });
  const outcomes = async (): Promise<readonly string[]> =>
    [...(await runner.run(pipeline)).steps.values()].map(({ outcome }) => outcome);

  expect(await outcomes()).toEqual(['complete', 'complete', 'complete']);
  expect(await textAt('out/sum.csv')).toBe('total\n12\n');
  expect(await outcomes()).toEqual(['reused', 'reused', 'reused']);
  await files.remove('out/sum.csv');
  expect(await outcomes()).toEqual(['reused', 'reused', 'complete']);
  await files.write('data/orders.csv', chunksOf('id,total\n1,5\n2,8\n'));
  expect(await outcomes()).toEqual(['complete', 'complete', 'complete']);
  expect(await textAt('out/sum.csv')).toBe('total\n13\n');
});

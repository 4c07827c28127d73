import { type ConnectorContext, silentLogger, type SinkConnector, type SourceConnector } from '@cairn/core';
import { CairnError } from '@cairn/core';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { askPermission, droppedHandles, fileHandles } from '@cairn/web';
import { beforeEach, describe, expect, test } from 'vitest';
import { targetSink } from '../../packages/plugins/dist/output/target-sink.js';
import { defineTarget } from '../../packages/plugins/dist/output/define-target.js';

let folder: FileSystemDirectoryHandle;
let count = 0;

beforeEach(async () => {
  const root = await navigator.storage.getDirectory();
  folder = await root.getDirectoryHandle(`test-${Date.now()}-${(count += 1)}`, { create: true });
});

async function fileWith(name: string, text: string): Promise<FileSystemFileHandle> {
  const handle = await folder.getFileHandle(name, { create: true });
  const writable = await handle.createWritable();
  await writable.write(text);
  await writable.close();
  return handle;
}

const textOf = async (handle: FileSystemFileHandle): Promise<string> => (await handle.getFile()).text();

const contextOf = (
  { location, options }: SourceConnector | SinkConnector,
  given: Partial<ConnectorContext> = {},
): ConnectorContext => ({
  pipeline: 'p',
  step: 's',
  runId: 'run-1',
  location,
  options,
  signal: new AbortController().signal,
  logger: silentLogger,
  files: undefined,
  fileHash: () => Promise.reject(new Error('no files')),
  progress: () => undefined,
  ...given,
});

async function fails(promise: Promise<unknown>): Promise<CairnError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CairnError);
  return error as CairnError;
}

/** A sink that writes texts of its own instead of tables. */
const sinkOf = (handle: Parameters<typeof toCsv>[0]['handle'] & object, ...texts: string[]): SinkConnector =>
  targetSink(defineTarget('toText', { handle }, 'text/plain'), {
    type: 'text',
    options: {},
    chunks: async function* chunks() {
      for (const text of texts) {
        if (text === 'fail') throw new Error('no more');
        yield new TextEncoder().encode(text);
      }
    },
  });

const table = { rows: 1 } as never;

/** A handle of which a browser says other things of its permission. */
function asking(handle: FileSystemFileHandle, query: string, request: string | Error): FileSystemFileHandle {
  return {
    kind: 'file',
    name: handle.name,
    getFile: () => handle.getFile(),
    createWritable: () => handle.createWritable(),
    queryPermission: async () => query,
    requestPermission: async () => {
      if (request instanceof Error) throw request;
      return request;
    },
  } as unknown as FileSystemFileHandle;
}

describe('source', () => {
  test('reads the file of a handle as it is now', async () => {
    const handle = await fileWith('a.csv', 'a\n1\n');
    const connector = fromCsv({ file: handle });
    expect(connector.location).toEqual({ file: 'a.csv' });
    const first = await connector.identity(contextOf(connector));
    expect(first).toBe(await identityOfBytes('a\n1\n'));
    await fileWith('a.csv', 'a\n2\n');
    expect(await connector.identity(contextOf(connector))).toBe(await identityOfBytes('a\n2\n'));
    const read = await connector.read(contextOf(connector));
    expect(read.identity).toBe(await identityOfBytes('a\n2\n'));
    await read.close?.();
    await folder.removeEntry('a.csv');
    expect((await fails(connector.identity(contextOf(connector)))).code).toBe('file_not_found');
  });

  test('tells that the file changed while it was read', async () => {
    const handle = await fileWith('a.csv', 'a\n1\n');
    for (const identity of ['content', 'stat'] as const) {
      const connector = fromCsv({ file: handle, identity });
      const read = await connector.read(contextOf(connector));
      await fileWith('a.csv', `a\n${Math.random()}\n`);
      const error = await fails(read.close?.() ?? Promise.resolve());
      expect([error.code, error.message]).toEqual([
        'invalid_data',
        expect.stringMatching(/'a\.csv' changed while it was read/),
      ]);
    }
  });

  const identityOfBytes = (text: string): Promise<string> => {
    const connector = fromCsv({ bytes: new TextEncoder().encode(text) });
    return connector.identity(contextOf(connector));
  };
});

describe('sink', () => {
  test('the old file stands until the commit, and after a rollback', async () => {
    const handle = await fileWith('out.txt', 'old');
    const sink = sinkOf(handle, 'new', ' text');
    const context = contextOf(sink);
    const first = await sink.prepare(table, context);
    expect(await textOf(handle)).toBe('old');
    await sink.rollback(first, context);
    await sink.rollback(first, context);
    expect(await textOf(handle)).toBe('old');
    const second = await sink.prepare(table, context);
    const receipt = await sink.commit(JSON.parse(JSON.stringify(second)), context);
    expect(receipt).toEqual({ bytes: 8, rows: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await textOf(handle)).toBe('new text');
    expect(await sink.verify(receipt, context)).toBe(true);
    await fileWith('out.txt', 'new texT');
    expect(await sink.verify(receipt, context)).toBe(false);
    await folder.removeEntry('out.txt');
    expect(await sink.verify(receipt, context)).toBe(false);
  });

  test('what another page had prepared is nothing here, unless it was committed', async () => {
    const handle = await fileWith('out.txt', 'old');
    const [before, after] = [sinkOf(handle, 'new'), sinkOf(handle, 'new')];
    const prepared = await before.prepare(table, contextOf(before));
    expect((await fails(after.commit(prepared, contextOf(after)))).code).toBe('file_not_found');
    await after.rollback(prepared, contextOf(after));
    expect(await textOf(handle)).toBe('old');
    const receipt = await before.commit(prepared, contextOf(before));
    expect(await after.commit(prepared, contextOf(after))).toEqual(receipt);
  });

  test('a failed or cancelled write leaves the old file', async () => {
    const handle = await fileWith('out.txt', 'old');
    const failing = sinkOf(handle, 'new', 'fail');
    await expect(failing.prepare(table, contextOf(failing))).rejects.toThrow('no more');
    const sink = sinkOf(handle, 'new');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(sink.prepare(table, contextOf(sink, { signal }))).rejects.toThrow('enough');
    expect(await textOf(handle)).toBe('old');
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    expect(names).toEqual(['out.txt']);
  });

  test('toCsv takes a handle', async () => {
    const handle = await fileWith('out.csv', '');
    expect(toCsv({ handle }).location).toEqual({ handle: 'out.csv' });
    expect(() => toCsv({ handle: {} as never })).toThrow(/toCsv\.handle: it is a FileSystemFileHandle/);
  });
});

describe('permission', () => {
  test('is asked for, and its lack told', async () => {
    const handle = await fileWith('a.csv', 'a\n1\n');
    const identity = (query: string, request: string | Error): Promise<string> => {
      const connector = fromCsv({ file: asking(handle, query, request) });
      return connector.identity(contextOf(connector));
    };
    expect(await identity('prompt', 'granted')).toMatch(/^sha256:/);
    const noClick = await fails(identity('prompt', new DOMException('no activation', 'SecurityError')));
    expect([noClick.code, noClick.details]).toEqual([
      'permission_needed',
      { name: 'a.csv', mode: 'read', state: 'prompt' },
    ]);
    expect(noClick.message).toMatch(/in answer to a click/);
    expect((await fails(identity('prompt', 'denied'))).details['state']).toBe('denied');
    expect((await fails(identity('denied', 'granted'))).message).toMatch(/user has refused it/);
    const sink = sinkOf(asking(handle, 'prompt', 'prompt'), 'new');
    expect((await fails(sink.prepare(table, contextOf(sink)))).details).toEqual({
      name: 'a.csv',
      mode: 'readwrite',
      state: 'prompt',
    });
    await askPermission(asking(handle, 'prompt', 'granted'));
    expect((await fails(askPermission(asking(handle, 'prompt', 'denied')))).code).toBe('permission_needed');
    expect((await fails(askPermission(asking(handle, 'prompt', new Error('no'))))).details['state']).toBe(
      'prompt',
    );
  });
});

describe('kept', () => {
  test('a handle is found again by its name', async () => {
    const database = `kept-${Date.now()}`;
    const [first, second] = [fileHandles({ database }), fileHandles({ database })];
    const handle = await fileWith('a.csv', 'a\n1\n');
    const orders = second.handle('orders');
    expect((await fails(orders.get())).code).toBe('file_not_found');
    await first.keep('orders', handle);
    await first.keep('another', handle);
    expect(await second.names()).toEqual(['another', 'orders']);
    expect(await (await orders.get()).isSameEntry(handle)).toBe(true);
    await askPermission(orders);
    const connector = fromCsv({ file: orders });
    expect(connector.location).toEqual({ file: 'orders' });
    expect(await connector.identity(contextOf(connector))).toMatch(/^sha256:/);
    const sink = sinkOf(orders, 'b\n');
    await sink.commit(await sink.prepare(table, contextOf(sink)), contextOf(sink));
    expect(await textOf(handle)).toBe('b\n');
    await second.forget('orders');
    await second.forget('orders');
    expect(await first.names()).toEqual(['another']);
    const connectorLeft = await fails(connector.identity(contextOf(connector)));
    expect(connectorLeft.message).toMatch(/orders/);
    expect((await fails(first.keep('', handle))).code).toBe('invalid_argument');
    expect((await fails(first.keep('a', {} as never))).code).toBe('invalid_argument');
  });

  test('what was dropped: files, and no folders and texts', async () => {
    const handle = await fileWith('a.csv', 'a\n1\n');
    const item = (kind: string, what: unknown): object => ({ kind, getAsFileSystemHandle: async () => what });
    const items = [
      item('file', handle),
      item('file', folder),
      item('string', null),
      item('file', null),
      { kind: 'file' },
    ];
    expect(await droppedHandles({ items: items as never })).toEqual([handle]);
    expect(await droppedHandles(null)).toEqual([]);
  });
});

import { ReadableStream } from 'node:stream/web';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createRunner,
  definePipeline,
  type FileSystem,
  memoryStore,
  param,
  secret,
  source,
  type SourceConnector,
  sql,
  step,
} from '@cairn/core';
import { createNodeEngine } from '@cairn/node';
import { fromCsv } from '@cairn/plugins/csv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesOf, contextOf, fails, files, folder, read, throws, warnings } from './connecting.ts';

/** What a source says that it has read. */
async function identityRead(connector: SourceConnector): Promise<string> {
  const { identity, close } = await connector.read(contextOf(connector));
  await close?.();
  return identity;
}

const text = 'a,b\n1,x\n';
const expected = { columns: 'a BIGINT, b VARCHAR', rows: [['1', 'x']] };

describe('path', () => {
  const path = 'in put/a*b[1]?=2.csv';

  beforeAll(() => {
    mkdirSync(join(folder, 'in put'));
    writeFileSync(join(folder, path), text);
    writeFileSync(join(folder, 'in put/axb1y=2.csv'), 'other\n1\n');
  });

  test('is a name and no pattern, and its identity is its content', async () => {
    const connector = fromCsv({ path });
    expect(await read(connector)).toEqual(expected);
    const identity = await connector.identity(contextOf(connector));
    expect(identity).toBe(`sha256:${await files.hash(path)}`);
    expect(await identityRead(connector)).toBe(identity);
  });

  test('a file that changed since the last time is read anew', async () => {
    const connector = fromCsv({ path: 'twice.csv' });
    for (const value of ['1', '22', '3']) {
      writeFileSync(join(folder, 'twice.csv'), `a\n${value}\n`);
      expect((await read(connector)).rows).toEqual([[value]]);
    }
  });

  test('identity stat is size and time of change, and reads nothing', async () => {
    const connector = fromCsv({ path, identity: 'stat' });
    const { size, mtimeMs } = (await files.stat(path)) ?? { size: 0, mtimeMs: 0 };
    const refuse = (): never => {
      throw new Error('it was read');
    };
    const context = contextOf(connector, {
      fileHash: refuse,
      files: { ...files, open: refuse, read: refuse, hash: refuse },
    });
    expect(await connector.identity(context)).toMatch(new RegExp(`^stat:[0-9a-f]{64}:${size}:${mtimeMs}$`));
    expect(await identityRead(connector)).toMatch(new RegExp(`^stat:[0-9a-f]{64}:${size}:${mtimeMs}$`));
  });

  test('a file that changes while it is read is refused', async () => {
    const restless: FileSystem = {
      ...files,
      open: async (name) => {
        const reader = await files.open(name);
        return {
          ...reader,
          read: async (offset, length) => {
            const bytes = await reader.read(offset, length);
            writeFileSync(join(folder, name), `${text}2,y\n`);
            return bytes;
          },
        };
      },
    };
    writeFileSync(join(folder, 'restless.csv'), text);
    await fails(
      read(fromCsv({ path: 'restless.csv' }), { files: restless }),
      'invalid_data',
      /'restless.csv' changed while/,
    );
  });

  test('missing, a folder, no local files', async () => {
    const missing = fromCsv({ path: 'missing.csv' });
    await fails(read(missing), 'file_not_found', /missing\.csv/);
    await fails(missing.identity(contextOf(missing)), 'file_not_found', /missing\.csv/);
    await fails(read(fromCsv({ path: 'in put' })), 'file_not_readable', /in put/);
    await fails(
      read(missing, { files: undefined }),
      'path_not_supported',
      /missing\.csv.*give url, file or bytes/,
    );
  });
});

describe('bytes', () => {
  test('are copied, and do not enter the definition', async () => {
    const bytes = bytesOf(text);
    const connector = fromCsv({ bytes });
    bytes.fill(0);
    expect(await read(connector)).toEqual(expected);
    expect(await read(connector)).toEqual(expected);
    expect(connector.location).toEqual({ bytes: '8 bytes' });
    expect(await identityRead(connector)).toBe(await connector.identity(contextOf(connector)));
  });
});

describe('file', () => {
  const file = new File([text], 'a.csv', { lastModified: 17 });
  /** A file that cannot be read, as browsers say it. */
  const broken = (name: string): File => {
    const file = new File([text], 'gone.csv');
    const fail = async (): Promise<never> => {
      throw new DOMException('no', name);
    };
    file.slice = () => Object.assign(new Blob(), { arrayBuffer: fail });
    return file;
  };

  test('a File and a Blob are read, and known by their content', async () => {
    for (const given of [file, new Blob([text])]) {
      const connector = fromCsv({ file: given });
      expect(await read(connector)).toEqual(expected);
      const identity = await connector.identity(contextOf(connector));
      expect(identity).toBe(await fromCsv({ bytes: bytesOf(text) }).identity(contextOf(connector)));
      expect(await identityRead(connector)).toBe(identity);
    }
  });

  test('the definition holds its name alone', () => {
    expect(fromCsv({ file }).location).toEqual({ file: 'a.csv' });
    expect(fromCsv({ file: new Blob([text]) }).location).toEqual({ file: 'a Blob' });
  });

  test('identity stat is name, size and time of change, and reads nothing', async () => {
    const identityOf = (given: File): Promise<string> => {
      given.slice = () => {
        throw new Error('it was read');
      };
      const connector = fromCsv({ file: given, identity: 'stat' });
      return connector.identity(contextOf(connector));
    };
    const identity = await identityOf(new File([text], 'a.csv', { lastModified: 17 }));
    expect(identity).toMatch(/^stat:[0-9a-f]{64}:8:17$/);
    const others = [
      new File([text], 'b.csv', { lastModified: 17 }),
      new File([text], 'a.csv', { lastModified: 18 }),
      new File([`${text} `], 'a.csv', { lastModified: 17 }),
    ];
    for (const other of others) expect(await identityOf(other)).not.toBe(identity);
    const connector = fromCsv({ file, identity: 'stat' });
    expect(await identityRead(connector)).toBe(identity);
    throws(() => fromCsv({ file: new Blob([text]), identity: 'stat' }), /does not go with a Blob/);
    throws(() => fromCsv({ file, identity: 'etag' }), /does not go with file/);
  });

  test('one that was changed or removed since it was chosen', async () => {
    await fails(
      read(fromCsv({ file: broken('NotReadableError') })),
      'file_not_readable',
      /'gone\.csv'.*changed, moved or removed since it was chosen/,
    );
    await fails(read(fromCsv({ file: broken('NotFoundError') })), 'file_not_found', /gone\.csv/);
    await fails(read(fromCsv({ file: broken('SecurityError') })), 'file_not_readable', /gone\.csv.*no/);
    const connector = fromCsv({ file: broken('NotFoundError') });
    await fails(connector.identity(contextOf(connector)), 'file_not_found', /gone\.csv/);
  });

  test('messages call it by its name', async () => {
    const bad = 'a,b\n1\n';
    await fails(
      read(fromCsv({ file: new File([bad], 'bad.csv') })),
      'invalid_data',
      /^The file 'bad\.csv', line 2/,
    );
    await fails(read(fromCsv({ file: new Blob([bad]) })), 'invalid_data', /^The Blob, line 2/);
  });

  test('it goes through a pipeline, and the next run knows it again', async () => {
    const runner = createRunner({ store: memoryStore(), engine: createNodeEngine() });
    const outcomes = async (given: Blob): Promise<(string | undefined)[]> => {
      const upload = source('upload', fromCsv({ file: given }));
      const sums = step('sums', sql`select sum(a) total from ${upload}`);
      const pipeline = definePipeline({ name: 'upload', processes: { all: [upload, sums] } });
      const result = await runner.run(pipeline);
      return ['upload', 'sums'].map((name) => result.steps.get(name)?.outcome);
    };
    expect(await outcomes(file)).toEqual(['complete', 'complete']);
    expect(await outcomes(new Blob([text]))).toEqual(['reused', 'reused']);
    expect(await outcomes(new Blob([`${text}2,y\n`]))).toEqual(['complete', 'complete']);
    await runner.close();
  });

  test('it is no param and nothing else', () => {
    // @ts-expect-error a param is plain data
    throws(() => fromCsv({ file: param('upload') }), /a param is plain data/);
    // @ts-expect-error it is a File or a Blob
    throws(() => fromCsv({ file: 'a.csv' }), /fromCsv\.file: it is a File or a Blob, and was given a text/);
    throws(() => fromCsv({ file, path: 'a' }), /path and file/);
  });
});

describe('a probe', () => {
  test('says what the bytes go by, before they are read and after', async () => {
    let [version, asked] = ['1', 0];
    const given = {
      bytes: new TextEncoder().encode(text),
      identity: async () => {
        asked += 1;
        return version;
      },
    };
    const connector = fromCsv(given);
    const first = await connector.identity(contextOf(connector));
    expect(first).toMatch(/^probe:[0-9a-f]{64}:1$/);
    expect(await read(connector)).toEqual(expected);
    expect(await identityRead(connector)).toBe(first);
    expect(asked).toBe(5);
    version = '2';
    expect(await connector.identity(contextOf(connector))).not.toBe(first);
    expect(connector.identifiedBy).toBe('probe');
    expect(fromCsv({ path: 'a.csv' }).identifiedBy).toBe('content');
  });

  test('that says another thing after the reading tells that the bytes have changed', async () => {
    let version = 0;
    const bytes = new TextEncoder().encode(text);
    const connector = fromCsv({ bytes, identity: () => String((version += 1)) });
    await fails(read(connector), 'invalid_data', /changed while it was read/);
    const silent = fromCsv({ bytes, identity: () => '' });
    await fails(silent.identity(contextOf(silent)), 'invalid_argument', /at least one character/);
  });
});

describe('url', () => {
  let server: Server;
  let base = '';
  let etag: string | undefined = '"v1"';
  let modified: string | undefined;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url?.startsWith('/a.csv') === true) {
        if (etag !== undefined) response.setHeader('etag', etag);
        if (modified !== undefined) response.setHeader('last-modified', modified);
        response.end(text);
      } else if (request.url === '/cut') {
        response.setHeader('content-length', '100');
        response.write('a,b\n');
        setTimeout(() => response.destroy(), 20);
      } else if (request.url !== '/slow') {
        response.statusCode = request.url === '/busy' ? 503 : 404;
        response.end('no');
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('its identity is its content, or what the server calls it', async () => {
    const content = fromCsv({ url: `${base}/a.csv` });
    expect(await read(content)).toEqual(expected);
    const identity = await content.identity(contextOf(content));
    expect(identity).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await identityRead(content)).toBe(identity);

    const named = fromCsv({ url: `${base}/a.csv`, identity: 'etag' });
    asked.length = 0;
    expect(await named.identity(contextOf(named))).toMatch(/^etag:[0-9a-f]{64}:"v1"$/);
    expect(asked).toEqual(['HEAD /a.csv']);
    expect(await identityRead(named)).toMatch(/^etag:[0-9a-f]{64}:"v1"$/);

    etag = undefined;
    modified = 'Thu, 26 Nov 2026 00:00:00 GMT';
    expect(await named.identity(contextOf(named))).toMatch(/^last-modified:[0-9a-f]{64}:Thu, 26 Nov 2026/);
    expect(await identityRead(named)).toMatch(/^last-modified:/);

    // Whatever is written in the rest of that second has the same one.
    modified = new Date(Date.now() + 60_000).toUTCString();
    expect(await named.identity(contextOf(named))).toBe(identity);

    modified = undefined;
    warnings.length = 0;
    expect(await named.identity(contextOf(named))).toBe(identity);
    expect(warnings).toEqual([expect.stringMatching(/no ETag/)]);
  });

  test('what goes wrong is told with the status, and without what must not be shown', async () => {
    await fails(
      read(fromCsv({ url: `${base}/missing?token=hush` })),
      'file_not_found',
      /^(?!.*hush).*\/missing'/,
    );
    await fails(read(fromCsv({ url: `${base}/busy` })), 'file_not_readable', /503/);
    await fails(read(fromCsv({ url: `${base}/cut` })), 'file_not_readable', /\/cut/);
    await fails(read(fromCsv({ url: 'http://127.0.0.1:1/' })), 'file_not_readable', /127\.0\.0\.1:1/);
    const hidden = fromCsv({ url: secret('URL') });
    const location = { url: `${base}/missing` };
    const failed = await fails(read(hidden, { location }), 'file_not_found', /secret URL/);
    expect(failed.message).not.toContain('127.0.0.1');
  });

  test('a cancelled run ends the request', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(read(fromCsv({ url: `${base}/slow` }), { signal: controller.signal })).rejects.toThrow(
      'enough',
    );
  });

  test('fetch may be replaced', async () => {
    const connector = fromCsv({
      url: 'here:a',
      fetch: async () => new Response(text),
    });
    expect(await read(connector)).toEqual(expected);
  });

  test('a body comes in pieces, or whole where the platform has no pieces', async () => {
    const pieces = async function* pieces(): AsyncGenerator<Uint8Array> {
      yield bytesOf('a,');
      yield new Uint8Array(0);
      yield bytesOf('b\n1');
      yield bytesOf(',x\n');
    };
    const whole = { ok: true, status: 200, statusText: 'OK', headers: new Headers() };
    const arrayBuffer = async (): Promise<ArrayBuffer> => new Response(text).arrayBuffer();
    const refuse = (): never => {
      throw new Error('it was read whole');
    };
    for (const response of [
      { ...whole, body: ReadableStream.from(pieces()), arrayBuffer: refuse },
      { ...whole, arrayBuffer },
      { ...whole, body: null, arrayBuffer },
    ]) {
      expect(await read(fromCsv({ url: 'here:a', fetch: async () => response }))).toEqual(expected);
    }
  });
});

describe('options', () => {
  test('wrong ones are told at once', () => {
    throws(() => fromCsv({}), /exactly one of path, url, file and bytes, and was given none/);
    throws(() => fromCsv({ path: 'a', url: 'b' }), /path and url/);
    throws(() => fromCsv({ path: '' }), /fromCsv\.path.*an empty text/);
    // @ts-expect-error there is no such option
    throws(() => fromCsv({ path: 'a', delimter: ';' }), /no option 'delimter'; did you mean 'delimiter'/);
    throws(() => fromCsv({ path: 'a', delimiter: '::' }), /fromCsv\.delimiter/);
    throws(() => fromCsv({ path: 'a', identity: 'etag' }), /does not go with path/);
    // @ts-expect-error it is bytes
    throws(() => fromCsv({ bytes: 'a' }), /fromCsv\.bytes/);
    // @ts-expect-error it is the name of a type
    throws(() => fromCsv({ path: 'a', columns: { a: 1 } }), /fromCsv\.columns\.a/);
    throws(() => fromCsv({ path: 'a', skipRows: -1 }), /fromCsv\.skipRows/);
    // @ts-expect-error nothing was given
    throws(() => fromCsv(undefined), /object of options/);
  });

  test('where is no part of how, and what holds anyway is left out', () => {
    const { location, options } = fromCsv({
      path: 'a',
      header: true,
      delimiter: ';',
      nullText: '',
      identity: 'stat',
    });
    expect({ location, options }).toEqual({ location: { path: 'a' }, options: { delimiter: ';' } });
    expect(Object.isFrozen(options)).toBe(true);
  });

  test('params and secrets stay as they are, and their values are checked when they come', async () => {
    const connector = fromCsv({ bytes: param('upload'), delimiter: param('mark') });
    expect(connector.location).toEqual({ bytes: param('upload') });
    expect(connector.options).toEqual({ delimiter: param('mark') });
    const location = { bytes: bytesOf('a;b\n1;x\n') };
    expect(await read(connector, { location, options: { delimiter: ';' } })).toEqual(expected);
    await fails(read(connector, { location, options: { delimiter: 'no' } }), 'invalid_argument', /delimiter/);
    await fails(read(connector, { location: { bytes: 1 }, options: {} }), 'invalid_argument', /bytes/);
  });
});

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { createRunner, definePipeline, memoryStore, param, secret, sink, source, sql } from '@cairn/core';
import { sinkSuite, sourceSuite } from '@cairn/core/testing';
import { createNodeEngine } from '@cairn/node';
import { fromCsv } from '@cairn/plugins/csv';
import { fromHttp, toHttp } from '@cairn/plugins/http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bytesOf, contextOf, fails, read, throws, viewOf, write } from './connecting.ts';
import { servesFile, startServer, type TestServer } from './http-server.ts';
import { parquetFiles } from './parquet-files.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.asked.length = 0;
  server.answers.clear();
});

const serve = (path: string, bytes: Uint8Array, tag: string, type?: string): void => {
  const handler = servesFile(() => ({ bytes, tag }));
  server.answers.set(path, (request, response) => {
    if (type !== undefined) response.setHeader('content-type', type);
    handler(request, response);
  });
};

const csv = bytesOf('a;b\n1;x\n');
const rows = [['1', 'x']];

describe('fromHttp', () => {
  test('is what the connector of the format makes of the URL, by ETag', async () => {
    serve('/a.csv', csv, '"v1"');
    const url = `${server.base}/a.csv`;
    const connector = fromHttp({ url, options: { delimiter: ';' } });
    const same = fromCsv({ url, delimiter: ';', identity: 'etag' });
    expect([connector.type, connector.options, connector.location]).toEqual([
      same.type,
      same.options,
      same.location,
    ]);
    expect(connector.identifiedBy).toBe('etag');
    expect((await read(connector)).rows).toEqual(rows);
    expect(await connector.identity(contextOf(connector))).toMatch(/^etag:[0-9a-f]{64}:"v1"$/);
  });

  test('a format is none that every object has', () => {
    const url = `${server.base}/a.csv`;
    throws(
      () => fromHttp({ url, format: 'constructor' as never }),
      /fromHttp.format: it is one of auto, csv/,
    );
    throws(() => toHttp({ url, format: 'toString' as never }), /toHttp.format: it is one of csv, json/);
    throws(() => fromHttp({ url, options: { toString: 1 } as never }), /there is no option 'toString'/);
  });

  test('a connection that fails says why, and what is sent is not said to be read', async () => {
    const gone = await startServer();
    await gone.close();
    const connector = fromCsv({ url: `${gone.base}/a.csv`, retries: 0 });
    await fails(connector.read(contextOf(connector)), 'file_not_readable', /Cannot read .*ECONNREFUSED/);
    server.answers.set('/full.csv', (_request, response) => response.writeHead(507).end());
    await fails(
      write(toHttp({ url: `${server.base}/full.csv`, retries: 0 }), sql.raw('select 1 a')),
      'file_not_readable',
      /Cannot write the file .*507/,
    );
  });

  test('the format may be told by the server, and is in the identity', async () => {
    serve('/export', csv, '"v1"', 'Text/CSV; charset=utf-8');
    serve('/table', Buffer.from(parquetFiles.groups, 'base64'), '"v1"', 'application/vnd.apache.parquet');
    serve('/what', csv, '"v1"', 'application/octet-stream');
    const connector = fromHttp({ url: `${server.base}/export`, options: { delimiter: ';' } });
    expect(connector.type).toBe('http');
    expect((await read(connector)).rows).toEqual(rows);
    expect(await connector.identity(contextOf(connector))).toMatch(/^csv:etag:/);
    const table = fromHttp({ url: `${server.base}/table` });
    expect((await read(table)).rows).toHaveLength(300);
    await fails(
      read(fromHttp({ url: `${server.base}/what` })),
      'invalid_data',
      /calls it 'application\/octet-stream', so give the option 'format' \(csv/,
    );
    expect(
      (await read(fromHttp({ url: `${server.base}/what`, format: 'csv', options: { delimiter: ';' } }))).rows,
    ).toEqual(rows);
    await fails(
      read(fromHttp({ url: `${server.base}/what`, options: { delimiter: '::' } as never })),
      'invalid_data',
    );
  });

  test('every format, by the URL and by the server', async () => {
    const state = takesFiles('/made.arrow');
    await write(toHttp({ url: `${server.base}/made.arrow` }), sql.raw('select 7 as a'));
    const arrow = Buffer.from(state.bytes);
    for (const [path, type, bytes, expected] of [
      ['/lines.ndjson', 'application/x-ndjson', bytesOf('{"a":7}\n'), '7'],
      ['/array.json', 'application/json', bytesOf('[{"a":7}]'), '7'],
      ['/file.arrow', 'application/vnd.apache.arrow.file', arrow, '7'],
      ['/table.csv', 'text/csv', bytesOf('a\n7\n'), '7'],
    ] as const) {
      serve(path, bytes, '"v1"');
      expect((await read(fromHttp({ url: `${server.base}${path}` }))).rows, path).toEqual([[expected]]);
      serve('/untold', bytes, `"${path}"`, type);
      expect((await read(fromHttp({ url: `${server.base}/untold` }))).rows, type).toEqual([[expected]]);
    }
  });

  test('the format may be a function', async () => {
    serve('/odd', csv, '"v1"');
    const connector = fromHttp({
      url: `${server.base}/odd`,
      format: (place) => fromCsv({ ...place, delimiter: ';' }),
    });
    expect((await read(connector)).rows).toEqual(rows);
  });

  test('params and secrets are filled in; what is secret is in no message and no record', async () => {
    const seen: unknown[] = [];
    server.answers.set('/by-param.csv', (request, response) => {
      seen.push(request.headers['authorization']);
      if (request.headers['authorization'] !== 'Bearer hush') response.writeHead(401).end();
      else servesFile(() => ({ bytes: csv, tag: '"v1"' }))(request, response);
    });
    const events: string[] = [];
    const run = async (token: string): Promise<unknown> => {
      const store = memoryStore();
      const runner = createRunner({
        store,
        engine: createNodeEngine(),
        secrets: { TOKEN: token },
        observers: [{ onEvent: (event) => void events.push(JSON.stringify(event)) }],
      });
      const from = source(
        'from',
        fromHttp({
          url: param('url'),
          headers: { authorization: secret('TOKEN') },
          options: { delimiter: ';' },
          retries: 0,
        }),
      );
      const pipeline = definePipeline({
        name: 'p',
        params: z.object({ url: z.string() }),
        processes: { all: [from] },
      });
      try {
        const result = await runner.run(pipeline, { url: `${server.base}/by-param.csv` });
        return await result.table('from').then((table) => table.numRows);
      } catch (error) {
        return (error as Error).cause ?? error;
      } finally {
        for await (const { key } of store.list('')) {
          const bytes = await store.get(key);
          expect(new TextDecoder().decode(bytes)).not.toContain(token);
        }
        await runner.close();
      }
    };
    expect(await run('Bearer hush')).toBe(1);
    const failed = await run('Bearer wrong-one');
    expect(String(failed)).toMatch(/401/);
    expect(String(failed) + events.join()).not.toMatch(/hush|wrong-one/);
    expect(seen).toContain('Bearer hush');
  });

  test("a runner's allowUrls hold for every connector", async () => {
    serve('/a.csv', csv, '"v1"');
    serve('/open/a.csv', csv, '"v1"');
    const runner = createRunner({
      store: memoryStore(),
      engine: createNodeEngine(),
      allowUrls: [`${server.base}/open`],
    });
    const outcome = (path: string): Promise<string> => {
      const from = source('from', fromHttp({ url: `${server.base}${path}`, options: { delimiter: ';' } }));
      return runner.run(definePipeline({ name: 'p', processes: { all: [from] } })).then(
        ({ status }) => status,
        (error: { cause: { code: string } }) => error.cause.code,
      );
    };
    expect(await outcome('/open/a.csv')).toBe('success');
    expect(await outcome('/a.csv')).toBe('url_not_allowed');
    expect(server.asked.filter((what) => what.includes(' /a.csv'))).toEqual([]);
    await runner.close();
    for (const allowUrls of [['example.org'], ['http://me@a/'], ['http://a/?b'], 'http://a/' as never])
      throws(
        () => createRunner({ store: memoryStore(), engine: createNodeEngine(), allowUrls }),
        /'allowUrls' needs a list of absolute URLs/,
      );
  });

  test('wrong options are told at once', () => {
    const url = 'http://a/a.csv';
    // @ts-expect-error there is no such format
    throws(() => fromHttp({ url, format: 'xml' }), /fromHttp\.format: it is one of auto, csv/);
    // @ts-expect-error it is needed
    throws(() => fromHttp({}), /fromHttp: it takes exactly one of/);
    throws(() => fromHttp({ url, path: 'a' } as never), /no option 'path'/);
    throws(() => fromHttp({ url, options: { delimiter: '::' } }), /fromCsv\.delimiter/);
    throws(() => fromHttp({ url, options: { url } }), /'url' is an option of fromHttp itself/);
  });

  describe.each(['etag', 'content'] as const)('as every source, by %s, told by the server', (identity) => {
    const engine = createNodeEngine();
    afterAll(() => engine.close());
    const content = (word: string): Uint8Array =>
      bytesOf(`id,name\n${Array.from({ length: 20_000 }, (_, at) => `${at},${word}`).join('\n')}\n`);
    sourceSuite({
      test,
      engine,
      create: async () => {
        serve('/rows', content('one'), '"1"', 'text/csv');
        return {
          connector: fromHttp({ url: `${server.base}/rows`, identity, retries: 0 }),
          rows: 20_000,
          change: async () => serve('/rows', content('two'), '"2"', 'text/csv'),
          remove: async () => server.answers.clear(),
        };
      },
    });
  });
});

/** A server that takes files with PUT, and tells their ETags. */
function takesFiles(path: string): {
  file: { text: string; tag: string } | undefined;
  keys: string[];
  /** Of the last file that was sent. */
  bytes: Uint8Array;
} {
  const state: ReturnType<typeof takesFiles> = { file: undefined, keys: [], bytes: new Uint8Array() };
  server.answers.set(path, (request, response) => {
    const { headers, method } = request;
    if (method === 'PUT' || method === 'POST') {
      const { 'if-match': match, 'if-none-match': none } = headers;
      if ((match !== undefined && match !== state.file?.tag) || (none === '*' && state.file !== undefined)) {
        response.writeHead(412).end();
        return;
      }
      bodyOf(request, (bytes) => {
        const text = bytes.toString();
        state.bytes = bytes;
        state.keys.push(String(headers['idempotency-key']));
        state.file = { text, tag: `"${createHash('sha256').update(text).digest('hex').slice(0, 8)}"` };
        response
          .writeHead(method === 'PUT' ? 204 : 201, { 'x-length': String(headers['content-length']) })
          .end();
      });
    } else if (state.file === undefined) {
      response.writeHead(404).end();
    } else {
      servesFile(() => ({ bytes: bytesOf(state.file?.text ?? ''), tag: state.file?.tag ?? '' }))(
        request,
        response,
      );
    }
  });
  return state;
}

function bodyOf(request: IncomingMessage, then: (bytes: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => then(Buffer.concat(chunks)));
}

describe('toHttp', () => {
  const query = sql.raw(`select 1 a, 'é' b`);
  const text = 'a,b\n1,é\n';

  test('sends the file whole, with what the server needs to know', async () => {
    const state = takesFiles('/out.csv');
    const inner = server.answers.get('/out.csv');
    let seen: IncomingMessage['headers'] = {};
    server.answers.set('/out.csv', (request, response) => {
      if (request.method === 'PUT') seen = request.headers;
      inner?.(request, response);
    });
    const connector = toHttp({ url: `${server.base}/out.csv`, headers: { 'x-key': 'k' } });
    expect([connector.type, connector.location]).toEqual(['csv', { url: `${server.base}/out.csv` }]);
    const receipt = await write(connector, query);
    expect(receipt).toEqual({
      bytes: 9,
      rows: 1,
      sha256: createHash('sha256').update(text).digest('hex'),
      etag: state.file?.tag,
    });
    expect(state.file?.text).toBe(text);
    expect(seen).toMatchObject({
      'content-type': 'text/csv',
      'content-length': '9',
      'x-key': 'k',
      'idempotency-key': `"run-1/s-${String(receipt['sha256'])}"`,
    });
  });

  test('is tried again, with the same key; what is refused for good is told', async () => {
    const state = takesFiles('/out.csv');
    const inner = server.answers.get('/out.csv');
    const keys: unknown[] = [];
    let refusals = 1;
    server.answers.set('/out.csv', (request: IncomingMessage, response: ServerResponse) => {
      if (request.method !== 'PUT') inner?.(request, response);
      else {
        keys.push(request.headers['idempotency-key']);
        if ((refusals -= 1) < 0) inner?.(request, response);
        else request.resume().on('end', () => response.writeHead(503).end());
      }
    });
    await write(toHttp({ url: `${server.base}/out.csv` }), query);
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(state.file?.text).toBe(text);
    server.answers.set('/closed.csv', (request, response) =>
      request.resume().on('end', () => response.writeHead(403).end()),
    );
    await fails(write(toHttp({ url: `${server.base}/closed.csv` }), query), 'file_not_readable', /403/);
    await fails(write(toHttp({ url: `${server.base}/out.csv`, maxBytes: 5 }), query), 'input_too_large');
    await fails(
      write(toHttp({ url: `${server.base}/out.csv`, allow: ['http://elsewhere/'] }), query),
      'url_not_allowed',
    );
  });

  test('the name of the file says which JSON', async () => {
    for (const [name, expected] of [
      ['a.json', '[\n{"a":1}\n]\n'],
      ['a.ndjson', '{"a":1}\n'],
    ] as const) {
      const state = takesFiles(`/${name}`);
      const location = { url: `${server.base}/${name}` };
      for (const connector of [toHttp(location), toHttp({ url: secret('URL') })]) {
        const context = contextOf(connector, { location });
        const view = await viewOf(sql.raw('select 1 as a'));
        await connector.commit(await connector.prepare(view, context), context);
        expect(state.file?.text).toBe(expected);
        state.file = undefined;
      }
    }
  });

  test('onlyIfUnchanged leaves what somebody else has written', async () => {
    const state = takesFiles('/out.csv');
    const connector = toHttp({ url: `${server.base}/out.csv`, onlyIfUnchanged: true });
    const context = contextOf(connector);
    const first = await connector.prepare(await viewOf(query), context);
    state.file = { text: 'theirs', tag: '"theirs"' };
    await fails(connector.commit(first, context), 'file_not_readable', /412/);
    const second = await connector.prepare(await viewOf(query), context);
    state.file = { text: 'theirs again', tag: '"again"' };
    await fails(connector.commit(second, context), 'file_not_readable', /412/);
    await connector.commit(await connector.prepare(await viewOf(query), context), context);
    expect(state.file.text).toBe(text);
  });

  test('the format may be told by a URL that is a secret, which shows nowhere', async () => {
    const state = takesFiles('/out.csv');
    const connector = toHttp({ url: secret('URL'), options: { delimiter: ';' } });
    const location = { url: `${server.base}/out.csv` };
    const context = contextOf(connector, { location });
    expect([connector.type, connector.location]).toEqual(['http', { url: secret('URL') }]);
    const receipt = await connector.commit(await connector.prepare(await viewOf(query), context), context);
    expect(state.file?.text).toBe('a;b\n1;é\n');
    expect(await connector.verify(receipt, context)).toBe(true);
    expect(JSON.stringify(receipt)).not.toContain('127.0.0.1');
    const wrong = contextOf(connector, { location: { url: `${server.base}/out` } });
    await fails(connector.prepare(await viewOf(query), wrong), 'invalid_argument', /toHttp\.format/);
  });

  test('POST is done once, and follows no redirect that would ask instead of send', async () => {
    const state = takesFiles('/in');
    const connector = toHttp({ url: `${server.base}/in`, method: 'POST', format: 'csv' });
    const receipt = await write(connector, query);
    expect(Object.keys(receipt)).toEqual(['bytes', 'rows', 'sha256']);
    expect(server.asked).toEqual(['POST /in']);
    state.file = undefined;
    expect(await connector.verify(receipt, contextOf(connector))).toBe(true);
    server.answers.set('/moved', (request, response) =>
      request.resume().on('end', () => response.writeHead(302, { location: '/in' }).end()),
    );
    server.answers.set('/kept', (request, response) =>
      request.resume().on('end', () => response.writeHead(307, { location: '/in' }).end()),
    );
    const to = (path: string) => toHttp({ url: `${server.base}${path}`, method: 'POST', format: 'csv' });
    await fails(write(to('/moved'), query), 'file_not_readable', /302/);
    await write(to('/kept'), query);
    expect(state.file).toMatchObject({ text });
  });

  test('a run sends once, and again when the file is another one; its key is that of the task', async () => {
    const state = takesFiles('/out.csv');
    const runner = createRunner({ store: memoryStore(), engine: createNodeEngine() });
    const from = source('from', fromCsv({ bytes: bytesOf('a\n1\n') }));
    const save = sink('save', from, toHttp({ url: `${server.base}/out.csv` }));
    const pipeline = definePipeline({ name: 'p', processes: { all: [from, save] } });
    const outcome = async (): Promise<string | undefined> =>
      (await runner.run(pipeline)).steps.get('save')?.outcome;
    expect(await outcome()).toBe('complete');
    expect(await outcome()).toBe('reused');
    expect(state.keys).toEqual([expect.stringMatching(/^"[0-9a-f]{64}-[0-9a-f]{64}"$/)]);
    state.file = { text: 'theirs', tag: '"theirs"' };
    expect(await outcome()).toBe('complete');
    expect(state.file).toMatchObject({ text: 'a\n1\n' });
    await runner.close();
  });

  test('wrong options are told at once', () => {
    const url = 'http://a/a.csv';
    throws(() => toHttp({ url: 'http://a/a' }), /toHttp\.format: it is one of csv/);
    throws(() => toHttp({ url, method: 'GET' as never }), /toCsv\.method: it is PUT or POST/);
    throws(() => toHttp({ url, options: { delimiter: 1 as never } }), /toCsv\.delimiter/);
    throws(() => toHttp({ url, ranges: true } as never), /no option 'ranges'/);
  });

  describe('as every sink', () => {
    const engine = createNodeEngine();
    afterAll(() => engine.close());
    sinkSuite({
      test,
      engine,
      supports: { survivesProcess: false },
      create: async () => {
        const state = takesFiles('/suite.csv');
        const make = () => toHttp({ url: `${server.base}/suite.csv` });
        return {
          connector: make(),
          again: make,
          current: async () => state.file?.text,
          tamper: async () => {
            state.file = { text: 'theirs', tag: '"theirs"' };
          },
          remove: async () => {
            state.file = undefined;
          },
        };
      },
    });
  });
});

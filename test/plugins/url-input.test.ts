import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { secret } from '@cairn/core';
import { fromCsv } from '@cairn/plugins/csv';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  definePlace,
  type IdentityOptions,
  type PlaceOptions,
} from '../../packages/plugins/dist/input/place.js';
import { identifyInput, openInput } from '../../packages/plugins/dist/input/open-input.js';
import type { Input } from '../../packages/plugins/dist/input/input.js';
import { bytesOf, contextOf, fails, read, throws } from './connecting.ts';
import { servesFile, startServer, type TestServer } from './http-server.ts';

const megabyte = 1024 * 1024;
const content = randomBytes(3 * megabyte + 17);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
let server: TestServer;
let other: TestServer;
let file = { bytes: content as Uint8Array, tag: '"v1"' };
const whole = servesFile(() => file);

beforeAll(async () => {
  [server, other] = [await startServer(), await startServer()];
});
afterAll(async () => {
  await server.close();
  await other.close();
});
beforeEach(() => {
  for (const each of [server, other]) {
    each.asked.length = 0;
    each.answers.clear();
  }
  file = { bytes: content, tag: '"v1"' };
  server.answers.set('/file', whole);
});

type Options = Omit<PlaceOptions, 'url'> & IdentityOptions;

const placeOf = (path: string, options: Options = {}) =>
  definePlace('fromX', { url: path.startsWith('/') ? `${server.base}${path}` : path, ...options });

const open = (path: string, options: Options = {}, given: object = {}): Promise<Input> => {
  const place = placeOf(path, options);
  return openInput(place, contextOf({ location: place.location, options: {} }, given));
};

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

/** Breaks the first answers off after so many bytes, and then serves the file. */
function breaksOff(after: readonly number[]): void {
  let count = 0;
  server.answers.set('/file', (request, response) => {
    const most = after[count];
    count += 1;
    if (most === undefined) {
      whole(request, response);
      return;
    }
    const end = response.end.bind(response);
    response.end = ((bytes: Uint8Array) => {
      response.write(bytes.subarray(0, most), () => setTimeout(() => response.destroy(), 20));
      return response;
    }) as typeof response.end;
    whole(request, response);
    void end;
  });
}

test('by content it is downloaded once and read anywhere', async () => {
  const input = await open('/file');
  expect(input.size).toBe(content.length);
  expect(await input.identity()).toBe(`sha256:${sha256(content)}`);
  expect(
    Buffer.compare(await input.read(megabyte - 3, 7), content.subarray(megabyte - 3, megabyte + 4)),
  ).toBe(0);
  expect((await input.read(content.length - 2, 10)).length).toBe(2);
  const chunks = await collect(input.chunks());
  expect(chunks.map((chunk) => chunk.length)).toEqual([megabyte, megabyte, megabyte, 17]);
  expect(sha256(Buffer.concat(chunks))).toBe(sha256(content));
  expect(sha256(await input.bytes())).toBe(sha256(content));
  expect(await collect(input.chunks({ start: 5, end: 11, size: 4 }))).toEqual([
    new Uint8Array(content.subarray(5, 9)),
    new Uint8Array(content.subarray(9, 11)),
  ]);
  await input.close();
  expect(server.asked).toEqual(['GET /file']);
});

test('by ETag it is read in ranges, each of the same version', async () => {
  const input = await open('/file', { identity: 'etag' });
  expect(input.size).toBe(content.length);
  expect(await input.identity()).toMatch(/^etag:[0-9a-f]{64}:"v1"$/);
  expect(sha256(await input.read(10, 20))).toBe(sha256(content.subarray(10, 30)));
  expect(sha256(await input.read(megabyte, 20))).toBe(sha256(content.subarray(megabyte, megabyte + 20)));
  expect(server.asked).toEqual(['GET /file bytes=0-65535', 'GET /file bytes=1048576-1048595']);
  const chunks = await collect(input.chunks({ size: 2 * megabyte }));
  expect(chunks.map((chunk) => chunk.length)).toEqual([2 * megabyte, megabyte + 17]);
  expect(sha256(Buffer.concat(chunks))).toBe(sha256(content));
  expect(sha256(await input.bytes())).toBe(sha256(content));

  file = { bytes: content.map((byte) => byte ^ 1), tag: '"v2"' };
  await fails(input.read(megabyte, 20), 'invalid_data', /'http:.*\/file' changed while it was read/);
  await fails(collect(input.chunks()), 'invalid_data', /changed while/);
});

test('small and empty files', async () => {
  for (const bytes of [bytesOf('abc'), new Uint8Array()]) {
    file = { bytes, tag: '"small"' };
    const input = await open('/file', { identity: 'etag' });
    expect(input.size).toBe(bytes.length);
    expect(Buffer.compare(await input.bytes(), bytes)).toBe(0);
    expect(await input.identity()).toMatch(/^etag:/);
    // What came with the first answer is not asked for again.
    if (bytes.length > 0) {
      expect(await collect(input.chunks())).toEqual([bytes]);
      expect(await collect(input.chunks({ start: 1, end: 2 }))).toEqual([bytes.subarray(1, 2)]);
      expect(server.asked).toEqual(['GET /file bytes=0-65535']);
    }
  }
});

test.each([
  ['no ranges', (request: { headers: { range?: string } }) => delete request.headers.range],
  ['a weak ETag', () => (file = { ...file, tag: 'W/"v1"' })],
])('with %s it is downloaded', async (_, change) => {
  server.answers.set('/file', (request, response) => {
    change(request as never);
    whole(request, response);
  });
  const input = await open('/file', { identity: 'etag' });
  expect(await input.identity()).toMatch(/^etag:[0-9a-f]{64}:(?:W\/)?"v1"$/);
  expect(sha256(await input.bytes())).toBe(sha256(content));
});

test('ranges: false downloads, and asks once', async () => {
  const input = await open('/file', { identity: 'etag', ranges: false });
  expect(sha256(await input.bytes())).toBe(sha256(content));
  expect(server.asked).toEqual(['GET /file']);
});

test('a hash is not computed anew when the server still has that version', async () => {
  const place = placeOf('/file');
  const context = contextOf({ location: place.location, options: {} });
  const identity = await identifyInput(place, context);
  expect(identity).toBe(`sha256:${sha256(content)}`);
  const statuses: number[] = [];
  server.answers.set('/file', (request, response) => {
    whole(request, response);
    statuses.push(response.statusCode);
  });
  expect(await identifyInput(place, context)).toBe(identity);
  file = { bytes: bytesOf('new'), tag: '"v2"' };
  expect(await identifyInput(place, context)).toBe(`sha256:${sha256(file.bytes)}`);
  expect(statuses).toEqual([304, 200]);
});

test('a compressed body is read as what it holds', async () => {
  server.answers.set('/file', (_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', etag: '"zip"', 'accept-ranges': 'bytes' });
    response.end(gzipSync(content));
  });
  for (const identity of ['content', 'etag'] as const) {
    const input = await open('/file', { identity });
    expect(sha256(await input.bytes())).toBe(sha256(content));
  }
});

test('503, then an answer; Retry-After is obeyed', async () => {
  let times: number[] = [];
  const busy = (refusals: number, headers: Record<string, string>): void => {
    times = [];
    server.answers.set('/file', (request, response) => {
      times.push(Date.now());
      if (times.length > refusals) whole(request, response);
      else response.writeHead(times.length === 1 ? 503 : 429, headers).end('busy');
    });
  };
  busy(2, {});
  expect((await open('/file')).size).toBe(content.length);
  expect(times).toHaveLength(3);

  busy(1, { 'retry-after': '1' });
  await open('/file');
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);

  busy(1, { 'retry-after': '3600' });
  await fails(open('/file'), 'file_not_readable', /asks to come again in 3600 s/);
  expect(times).toHaveLength(1);

  busy(9, {});
  await fails(open('/file', { retries: 1 }), 'file_not_readable', /429/);
  expect(times).toHaveLength(2);
  busy(9, {});
  await fails(open('/file', { retries: 0 }), 'file_not_readable', /503/);
  expect(times).toHaveLength(1);
});

test('what says no for good is asked once', async () => {
  for (const status of [400, 401, 403, 404]) {
    server.answers.set(`/${status}`, (_, response) => response.writeHead(status).end());
    const code = status === 404 ? 'file_not_found' : 'file_not_readable';
    await fails(open(`/${status}`), code, new RegExp(status === 404 ? '/404' : String(status)));
  }
  expect(server.asked).toHaveLength(4);
});

test('a download goes on where it broke off, and begins again when the file is another one', async () => {
  breaksOff([megabyte, 1000]);
  const input = await open('/file');
  expect(sha256(await input.bytes())).toBe(sha256(content));
  expect(await input.identity()).toBe(`sha256:${sha256(content)}`);
  expect(server.asked).toEqual([
    'GET /file',
    expect.stringMatching(/^GET \/file bytes=\d+-$/),
    expect.stringMatching(/^GET \/file bytes=\d+-$/),
  ]);

  breaksOff([megabyte]);
  setTimeout(() => {
    file = { bytes: bytesOf('another'), tag: '"v2"' };
  }, 15);
  const changed = await open('/file');
  expect(await changed.identity()).toBe(`sha256:${sha256(bytesOf('another'))}`);
});

test('a range goes on where it broke off', async () => {
  const input = await open('/file', { identity: 'etag' });
  breaksOff([1000, 2000]);
  expect(sha256(await input.read(megabyte, megabyte))).toBe(sha256(content.subarray(megabyte, 2 * megabyte)));
  breaksOff([1000, 1000, 1000]);
  const few = await open('/file', { identity: 'etag', retries: 1 });
  await fails(few.read(megabyte, megabyte), 'file_not_readable');
});

test('a server that sends nothing any more is given up', async () => {
  server.answers.set('/silent', () => undefined);
  server.answers.set('/stalls', (_, response) => void response.write('a,b\n'));
  const options = { timeoutMs: 60, retries: 1 };
  await fails(open('/silent', options), 'file_not_readable', /sent nothing for 60 ms/);
  await fails(open('/stalls', options), 'file_not_readable', /sent nothing for 60 ms/);
  expect(server.asked).toEqual(['GET /silent', 'GET /silent', 'GET /stalls', 'GET /stalls']);
});

test('no more than maxBytes are taken, whatever the server says of the length', async () => {
  let sent = 0;
  server.answers.set('/endless', (_, response) => {
    const more = (): void => {
      if (response.destroyed) return;
      sent += 65_536;
      response.write(new Uint8Array(65_536), () => setImmediate(more));
    };
    more();
  });
  await fails(
    open('/endless', { maxBytes: 200_000 }),
    'input_too_large',
    /more than 200000 bytes.*'maxBytes'/,
  );
  expect(sent).toBeLessThan(20 * megabyte);
  await fails(open('/file', { maxBytes: content.length - 1 }), 'input_too_large');
  expect((await open('/file', { maxBytes: content.length })).size).toBe(content.length);
  // In ranges nothing is kept.
  const ranged = await open('/file', { maxBytes: 10, identity: 'etag' });
  expect((await ranged.read(0, 20)).length).toBe(20);
  const short = async () => new Response('abc', { headers: { 'content-length': '5' } });
  await fails(open('here:short', { fetch: short, retries: 0 }), 'file_not_readable', /3 bytes came of the 5/);
});

test('a cancelled run ends requests and waits', async () => {
  server.answers.set('/silent', () => undefined);
  server.answers.set('/busy', (_, response) => response.writeHead(503, { 'retry-after': '30' }).end());
  for (const path of ['/silent', '/busy']) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 60);
    await expect(open(path, {}, { signal: controller.signal })).rejects.toThrow('enough');
  }
});

test('headers are sent, and not to another origin; they show nowhere', async () => {
  const seen: (string | undefined)[] = [];
  const note = (target: TestServer, path: string): void => {
    target.answers.set(path, (request, response) => {
      seen.push(request.headers['x-key'] as string | undefined);
      response.end('a\n1\n');
    });
  };
  note(server, '/same');
  note(other, '/other');
  server.answers.set('/to-same', (_, response) => response.writeHead(302, { location: '/same' }).end());
  server.answers.set('/to-other', (_, response) =>
    response.writeHead(307, { location: `${other.base}/other` }).end(),
  );
  const headers = { 'X-Key': 'hush', 'X-Other': secret('KEY') };
  const connector = fromCsv({ url: `${server.base}/to-same`, headers });
  expect(JSON.stringify([connector.location, connector.options])).not.toContain('hush');
  const location = { ...connector.location, headers: { 'X-Other': 'hush' } };
  await read(connector, { location });
  await read(fromCsv({ url: `${server.base}/to-other`, headers: { 'X-Key': 'hush' } }));
  expect(seen).toEqual(['hush', undefined]);
  const bad = { ...connector.location, headers: { 'X-Other': 'hu\nsh' } };
  const failed = await fails(
    read(connector, { location: bad }),
    'invalid_argument',
    /headers\.X-Other: it is a text of one line/,
  );
  expect(failed.message).not.toContain('hu\n');
});

test('credentials in a URL become a header', async () => {
  server.answers.set('/who', (request, response) => response.end(`who\n${request.headers.authorization}\n`));
  const url = `${server.base.replace('//', '//me:p%40ss@')}/who`;
  const { rows } = await read(fromCsv({ url }));
  expect(rows).toEqual([[`Basic ${btoa('me:p@ss')}`]]);
});

test('redirects are followed, but not for ever', async () => {
  for (let hop = 0; hop < 30; hop += 1) {
    server.answers.set(`/hop/${hop}`, (_, response) =>
      response.writeHead(301, { location: String(hop + 1) }).end(),
    );
  }
  server.answers.set('/hop/30', (_, response) => response.end('a\n1\n'));
  expect((await open('/hop/11')).size).toBe(4);
  await fails(open('/hop/9'), 'file_not_readable', /redirects without end/);
});

test('only allowed URLs are asked, redirects included', async () => {
  server.answers.set('/open/a', (_, response) => response.end('a\n1\n'));
  other.answers.set('/open/a', (_, response) => response.end('a\n1\n'));
  server.answers.set('/open/away', (_, response) =>
    response.writeHead(302, { location: `${other.base}/open/a?token=hush` }).end(),
  );
  const allow = [`${server.base}/open/`];
  expect((await open('/open/a', { allow })).size).toBe(4);
  expect((await open('/open/a', {}, { allowUrls: allow })).size).toBe(4);
  const refused = async (url: string, options: Options = { allow }): Promise<void> => {
    await fails(open(url, options), 'url_not_allowed', /^The URL 'http[^?]*is not among the allowed ones$/);
  };
  server.asked.length = 0;
  await refused('/file');
  await refused('/open');
  await refused('/openly/a');
  await refused('/open/../file');
  await refused('/open/%2e%2e%2ffile');
  await refused('/open/..%5cfile');
  await refused(`${server.base}@${other.base.slice(7)}/open/a`);
  await refused(`${server.base.replace('127.0.0.1', '127.0.0.1.evil.localhost')}/open/a`);
  await refused(`https${server.base.slice(4)}/open/a`);
  expect([...server.asked, ...other.asked]).toEqual([]);
  await refused('/open/away');
  expect(other.asked).toEqual([]);
  await fails(open('/open/a', { allow }, { allowUrls: [`${other.base}/`] }), 'url_not_allowed');
  // What follows redirects by itself is judged by where it arrived.
  const follows: NonNullable<Options['fetch']> = (url, init) => fetch(url, { ...init, redirect: 'follow' });
  await refused('/open/away', { allow, fetch: follows });
});

test('options are checked at once', () => {
  throws(() => fromCsv({ path: 'a', retries: 1 }), /fromCsv\.retries: it goes with url, and not with path/);
  throws(
    () => fromCsv({ url: 'http://a', retries: -1 }),
    /fromCsv\.retries: it is a whole number of at least 0/,
  );
  throws(() => fromCsv({ url: 'http://a', maxBytes: 0.5 }), /fromCsv\.maxBytes/);
  throws(() => fromCsv({ url: 'http://a', headers: { 'a b': 'c' } }), /'a b' is no name of a header/);
  throws(() => fromCsv({ url: 'http://a', headers: { Range: 'c' } }), /'Range' is set by the reader itself/);
  throws(() => fromCsv({ url: 'http://a', headers: { a: 'b\n' } }), /headers\.a: it is a text of one line/);
  for (const prefix of ['data.example.org', 'http://a/?b', 'http://me@a/', 'file:///etc/'])
    throws(() => fromCsv({ url: 'http://a', allow: [prefix] }), /fromCsv\.allow: each is an absolute URL/);
});

import { type ConnectorContext, silentLogger } from '@cairn/core';
import { fromHttp } from '@cairn/plugins/http';
import { expect, test } from 'vitest';
import { openInput } from '../../packages/plugins/dist/input/open-input.js';
import { definePlace, type IdentityOptions } from '../../packages/plugins/dist/input/place.js';

const contextOf = (location: Readonly<Record<string, unknown>>): ConnectorContext => ({
  pipeline: 'p',
  step: 's',
  runId: 'run-1',
  location,
  options: {},
  signal: new AbortController().signal,
  logger: silentLogger,
  files: undefined,
  fileHash: () => Promise.reject(new Error('no files')),
  progress: () => undefined,
});

const open = (url: string, options: IdentityOptions) => {
  const place = definePlace('fromX', { url, ...options });
  return openInput(place, contextOf(place.location));
};

const hex = async (bytes: Uint8Array): Promise<string> => {
  const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

test('a URL may be relative to the page; its content is hashed as it comes', async () => {
  const whole = new Uint8Array(await (await fetch('/package.json')).arrayBuffer());
  const input = await open('/package.json', {});
  expect(await input.identity()).toBe(`sha256:${await hex(whole)}`);
  expect(input.size).toBe(whole.length);
  expect([...(await input.read(1, 3))]).toEqual([...whole.subarray(1, 4)]);
  await input.close();
});

test('ranges of one version, with the browser asking', async () => {
  const content = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251);
  let tag = '"1"';
  const asked: string[] = [];
  // What a service worker could answer: the parts of a file that is not on a server.
  const fetcher = async (_: string, { headers }: { headers: Readonly<Record<string, string>> }) => {
    const { range = '' } = headers;
    asked.push(range);
    const [start = 0, last = 0] = range.slice(6).split('-').map(Number);
    const part = content.slice(start, last + 1);
    return new Response(part, {
      status: 206,
      headers: {
        etag: tag,
        'content-range': `bytes ${start}-${start + part.length - 1}/${content.length}`,
      },
    });
  };
  const input = await open('https://data.example.org/a', { identity: 'etag', fetch: fetcher });
  expect([...(await input.read(100_000, 4))]).toEqual([...content.subarray(100_000, 100_004)]);
  expect(await hex(await input.bytes())).toBe(await hex(content));
  tag = '"2"';
  await expect(input.read(100_000, 4)).rejects.toMatchObject({ code: 'invalid_data' });
  expect(asked[0]).toBe('bytes=0-65535');
});

test('what is not allowed is not asked, and what it redirects to is not read', async () => {
  const place = { url: '/package.json', format: 'csv', retries: 0 } as const;
  const refused = async (connector: ReturnType<typeof fromHttp>): Promise<unknown> =>
    connector
      .identity(contextOf(connector.location))
      .catch((error: unknown) => (error as { code: string }).code);
  expect(await refused(fromHttp({ ...place, allow: ['https://data.example.org/'] }))).toBe('url_not_allowed');
  expect(await refused(fromHttp({ ...place, allow: [`${location.origin}/`] }))).toMatch(
    /^(etag|sha256|last)/,
  );
  // As a browser answers a redirect that it was told not to follow, and then one that it did.
  let follows = 0;
  const redirecting = async (_: string, { redirect }: { redirect: string }) => {
    if (redirect === 'manual')
      return Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' });
    follows += 1;
    return Object.defineProperty(new Response('text'), 'url', { value: 'https://elsewhere.example.org/' });
  };
  expect(await refused(fromHttp({ ...place, allow: [`${location.origin}/`], fetch: redirecting }))).toBe(
    'url_not_allowed',
  );
  expect(follows).toBe(1);
});

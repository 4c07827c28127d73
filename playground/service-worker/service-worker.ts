/*
 * Keeps the app for when there is no network: its own code when it is installed; the engine and the examples' data, which are large, when they
 * are used first or when the user asks for all. Every file's name says its content, so what is kept is never old.
 */
import type { OfflineAnswer, OfflineRequest } from './message.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build. */
declare const __OFFLINE__: {
  /** Another one with every change of any file. */
  readonly version: string;
  /** Relative to the service worker. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly isLarge: boolean }[];
};

const { version, files } = __OFFLINE__;
const prefix = 'cairn-playground ';
const cacheName = `${prefix}${version}`;
const page = new URL('./', self.location.href).href;
const urlOf = (path: string): string => new URL(path, self.location.href).href;
const byUrl = new Map(files.map((file) => [urlOf(file.path), file]));

self.addEventListener('install', (event) => {
  event.waitUntil(install());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(activate());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = request.mode === 'navigate' ? page : request.url.replace(/[?#].*$/, '');
  if (url === page || byUrl.has(url))
    event.respondWith(answer(url === page ? urlOf('index.html') : url, request));
});

self.addEventListener('message', (event) => {
  const asked = event.data as OfflineRequest;
  const reply = (given: OfflineAnswer): void => event.ports[0]?.postMessage(given);
  if (asked === 'take over') void self.skipWaiting();
  if (asked === 'what is kept?') event.waitUntil(account().then(reply));
  if (asked === 'keep all') event.waitUntil(keepAll().then(reply));
});

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  // What an earlier version has kept need not be fetched again.
  for (const name of await caches.keys()) {
    if (!name.startsWith(prefix) || name === cacheName) continue;
    const before = await caches.open(name);
    for (const request of await before.keys()) {
      const found = byUrl.has(request.url) && request.url !== urlOf('index.html');
      const response = found ? await before.match(request) : undefined;
      if (response !== undefined) await cache.put(request, response);
    }
  }
  const missing = await missingIn(cache, false);
  await cache.addAll(missing.map((url) => new Request(url, { cache: 'reload' })));
}

async function activate(): Promise<void> {
  for (const name of await caches.keys())
    if (name.startsWith(prefix) && name !== cacheName) await caches.delete(name);
  await self.clients.claim();
}

/** What is kept, or else what the network says, which is kept then. */
async function answer(url: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(url);
  if (kept !== undefined) return kept;
  const response = await fetch(request.mode === 'navigate' ? url : request);
  // A page that cannot store more works all the same, as long as there is a network.
  if (response.status === 200) void cache.put(url, response.clone()).catch(() => undefined);
  return response;
}

async function keepAll(): Promise<OfflineAnswer> {
  const cache = await caches.open(cacheName);
  try {
    for (const url of await missingIn(cache, true)) await cache.add(url);
    return await account();
  } catch (error) {
    return { ...(await account()), error: error instanceof Error ? error.message : String(error) };
  }
}

async function account(): Promise<OfflineAnswer> {
  const cache = await caches.open(cacheName);
  const kept = new Set((await cache.keys()).map((request) => request.url));
  let [bytes, total] = [0, 0];
  for (const [url, file] of byUrl) {
    total += file.bytes;
    if (kept.has(url)) bytes += file.bytes;
  }
  return { kept: bytes, total };
}

async function missingIn(cache: Cache, large: boolean): Promise<readonly string[]> {
  const kept = new Set((await cache.keys()).map((request) => request.url));
  return [...byUrl].flatMap(([url, file]) => (kept.has(url) || (file.isLarge && !large) ? [] : [url]));
}

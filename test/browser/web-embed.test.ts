import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import type { BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPage, launch } from './chromium.js';
import { serve, strictPolicy } from './serve.js';

const example = '../../examples/web-embed';
let context: BrowserContext;

beforeAll(async () => {
  context = await launch();
});
afterAll(() => context.close());

/** Opens the example; whatever its page complains of, and whatever it fetches from elsewhere, is a fault. */
async function open(origin: string): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (!/^(http:\/\/localhost:|data:|blob:)/.test(request.url())) faults.push(request.url());
  });
  await page.goto(origin);
  return { page, faults };
}

const statusOf = async (page: Page): Promise<string> => {
  await page.locator('#status', { hasText: /^Done in|failed|Cannot|needs/ }).waitFor({ timeout: 90_000 });
  return (await page.locator('#status').textContent()) ?? '';
};

test('the example, built for production, runs under a strict policy and survives a reload in the middle', async () => {
  const served = await serve(await buildPage(example), { 'content-security-policy': strictPolicy });
  try {
    const { page, faults } = await open(served.origin);
    await page.locator('#step-late td[data-outcome=done]').waitFor({ timeout: 90_000 });
    await page.reload();
    const status = await statusOf(page);
    expect(status).toMatch(/^Done in .*: [2-5] of 6 steps reused$/);
    expect(await page.locator('#result tbody tr').count()).toBe(10);
    expect(page.workers().map((worker) => worker.url())).toContainEqual(
      expect.stringContaining('/packing-worker-'),
    );
    await page.reload();
    expect(await statusOf(page)).toMatch(/: 6 of 6 steps reused$/);
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.locator('#status', { hasText: ': 0 of 6 steps reused' }).waitFor({ timeout: 90_000 });
    expect(faults).toEqual([]);
    await page.close();
  } finally {
    await served.close();
  }
});

test('the example runs in vite dev', async () => {
  const root = fileURLToPath(new URL(example, import.meta.url));
  const server = await createServer({ root, logLevel: 'error', server: { host: 'localhost', port: 0 } });
  try {
    await server.listen();
    const url = server.resolvedUrls?.local[0] ?? '';
    // Vite finds what it bundles while the first page asks for it, and loads that page anew.
    const first = await open(url);
    await statusOf(first.page);
    await first.page.close();
    const { page, faults } = await open(url);
    expect(await statusOf(page)).toMatch(/of 6 steps reused$/);
    expect(faults).toEqual([]);
    await page.close();
  } finally {
    await server.close();
  }
});

import type { BrowserContext, Page } from 'playwright';
import { createServer } from 'vite';
import { afterAll, beforeAll } from 'vitest';
import { launch, temporaryFolder } from '../browser/chromium.js';
import { serve } from '../browser/serve.js';
import { builtApp, root } from './shared-build.js';

/** The playground, served on the loopback. */
export interface ServedApp {
  /** Such as `http://localhost:1234/`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves the app as `npm run playground` does. */
export async function serveDev(): Promise<ServedApp> {
  const server = await createServer({
    root,
    logLevel: 'error',
    cacheDir: temporaryFolder(),
    server: { host: 'localhost', port: 0 },
  });
  await server.listen();
  return { origin: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
}

/** Serves the built app as a host of files would: the policy is in the page. */
export async function serveBuilt(): Promise<ServedApp> {
  const { origin, close } = await serve(await builtApp());
  return { origin: `${origin}/`, close };
}

/** The ways to serve the app, for `describe.each`. */
export const waysToServe = [
  { name: 'the build', serve: serveBuilt },
  { name: 'vite dev', serve: serveDev },
] as const;

/** The app as the tests of a file or of a `describe` have it: served, and in a browser of their own. */
export interface UsedApp {
  readonly origin: string;
  readonly context: BrowserContext;
}

/** Serves the app while the tests beside it run. */
export function useApp(serveApp: () => Promise<ServedApp> = serveBuilt): UsedApp {
  let app: ServedApp | undefined;
  let context: BrowserContext | undefined;
  beforeAll(async () => {
    [app, context] = await Promise.all([serveApp(), freshBrowser()]);
  });
  afterAll(async () => {
    await context?.close();
    await app?.close();
  });
  const ready = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('The app is there once the tests have begun');
    return value;
  };
  return {
    get origin() {
      return ready(app).origin;
    },
    get context() {
      return ready(context);
    },
  };
}

/** A page of the app. Whatever it complains of, and whatever it fetches from elsewhere, is a fault. */
export interface AppPage {
  readonly page: Page;
  readonly faults: readonly string[];
}

/** Opens the app in a tab. */
export async function openApp(context: BrowserContext, url: string): Promise<AppPage> {
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (!/^(http:\/\/localhost:|ws:\/\/localhost:|data:|blob:)/.test(request.url()))
      faults.push(request.url());
  });
  await page.goto(url);
  return { page, faults };
}

/** A browser of its own, with nothing stored. */
export function freshBrowser(): Promise<BrowserContext> {
  return launch();
}

/** The text of the document that is open in the editor, as copying it gives it. */
export async function editorText(page: Page): Promise<string> {
  const editor = page.getByTestId('editor').getByRole('textbox');
  await editor.focus();
  await page.keyboard.press('ControlOrMeta+a');
  return editor.evaluate((content) => {
    const clipboardData = new DataTransfer();
    content.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }));
    return clipboardData.getData('text/plain');
  });
}

/** Replaces the text of the document that is open in the editor, as pasting does. */
export async function pasteText(page: Page, text: string): Promise<void> {
  const editor = page.getByTestId('editor').getByRole('textbox');
  await editor.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await editor.evaluate((content, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** Resolves with how the run ended: `6 steps in 1.9 s: 6 computed`. */
export async function endOfRun(page: Page): Promise<string> {
  const status = page.getByTestId('run-status').filter({ hasText: /Done|Failed|Canceled/ });
  await status.waitFor({ timeout: 100_000 });
  return (await status.textContent()) ?? '';
}

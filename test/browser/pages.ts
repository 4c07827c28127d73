import type { BrowserContext, Page } from 'playwright';
import type { Order, Report } from './page/main.js';

/** A page under test, and what it has told so far. */
export interface TestPage {
  readonly page: Page;
  readonly said: readonly string[];
  run(order: Order): Promise<Report>;
  /** Starts a run without waiting for it. */
  start(order: Order): void;
  /** Resolves with the first line that begins with this. */
  hears(beginning: string): Promise<string>;
}

/** Opens the page under test. */
export async function openPage(context: BrowserContext, url: string): Promise<TestPage> {
  const page = await context.newPage();
  const said: string[] = [];
  const listeners = new Set<() => void>();
  page.on('console', (message) => {
    if (!message.text().startsWith('cairn ')) return;
    said.push(message.text().slice('cairn '.length));
    for (const listener of listeners) listener();
  });
  const hears = (beginning: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`'${beginning}' was not said, but: ${said.join(', ')}`)),
        60_000,
      );
      const listen = (): void => {
        const line = said.find((text) => text.startsWith(beginning));
        if (line === undefined) return;
        clearTimeout(timer);
        listeners.delete(listen);
        resolve(line);
      };
      listeners.add(listen);
      listen();
    });
  await page.goto(url);
  await hears('ready');
  const run = (order: Order): Promise<Report> => page.evaluate((given) => window.cairnRun(given), order);
  return { page, said, run, hears, start: (order) => void run(order).catch(() => undefined) };
}

/** The steps that a page told to be done. */
export function doneSteps(said: readonly string[]): string[] {
  return said.flatMap((line) => /^end (\S+) success$/.exec(line)?.[1] ?? []);
}

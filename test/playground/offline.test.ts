import type { BrowserContext } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endOfRun, freshBrowser, openApp, serveBuilt, type ServedApp } from './app.js';

let app: ServedApp;
let context: BrowserContext;
beforeAll(async () => {
  [app, context] = await Promise.all([serveBuilt(), freshBrowser()]);
});
afterAll(async () => {
  await context.close();
  await app.close();
});

test('what was run once runs without a server, and so does the rest once all is kept', async () => {
  const { page, faults } = await openApp(context, app.origin);
  await page.getByRole('button', { name: 'Offline use' }).waitFor();
  await page.getByRole('button', { name: 'Run Seattle weather' }).click();
  expect(await endOfRun(page)).toContain('6 computed');
  await page.getByRole('button', { name: 'Offline use' }).click();
  await page.getByRole('button', { name: 'Keep all of it' }).click();
  await page.getByText('it works without a network').waitFor();
  await app.close();

  await page.goto('about:blank');
  await page.goto(`${app.origin}#/weather`);
  await page.getByText('Nothing to do: all is stored').waitFor();
  await page.getByRole('button', { name: 'More ways to run' }).click();
  await page.getByRole('menuitem', { name: 'Run everything again' }).click();
  expect(await endOfRun(page)).toContain('6 computed');

  await page.getByRole('link', { name: 'Cairn: all examples' }).click();
  await page.getByRole('button', { name: 'Run Movies' }).click();
  expect(await endOfRun(page)).toContain('7 computed');
  expect(faults).toEqual([]);
});

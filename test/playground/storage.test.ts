import type { Page } from 'playwright';
import { afterEach, expect, test } from 'vitest';
import { openApp, useApp } from './app.js';
import { barriers } from './barriers.js';
import { runUntil, showPanel } from './project.js';

const app = useApp();
// Also after a test that failed, whose run would keep the others waiting.
afterEach(async () => {
  for (const page of app.context.pages().slice(1)) await page.close();
});

async function setRule(page: Page, name: string, value: string): Promise<void> {
  const field = page.getByRole('textbox', { name });
  await field.fill(value);
  await field.press('Tab');
}

// First, while the browser has set no space aside.
test('a run that finds no space says so, and shows the way to what is stored', async () => {
  const { page } = await openApp(app.context, `${app.origin}#/flights`);
  const session = await app.context.newCDPSession(page);
  const origin = new URL(app.origin).origin;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'quota_exceeded' });
  await alert.waitFor({ timeout: 60_000 });
  await alert.getByRole('button', { name: 'See what is stored' }).click();
  await page.getByTestId('storage').waitFor();
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await page.getByText('No table is stored').waitFor();
  await page.close();
});

test('what is kept is told with its reason; tidying up is looked at first, and evicts what the rule does not keep', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/weather/storage`);
  await page.getByText('No table is stored').waitFor();
  await runUntil(page, '6 computed');
  const stored = page.locator('tr[data-step="by_month"]').and(page.locator('[data-state]'));
  await stored.getByText('of a last successful run').waitFor();
  await page.getByText(/^[\d.]+ \wB of [\d.]+ \wB used by this site/).waitFor();

  await page.getByRole('button', { name: 'See what would go' }).click();
  const report = page.getByTestId('gc-report');
  await report.getByText('Nothing would go.').waitFor();
  await setRule(page, 'At most, in MB', '0');
  await setRule(page, 'Last runs kept', '0');
  await page.getByText('Also what was used within the last hour').click();
  await stored.getByText('until it is too old or too much').waitFor();
  // Clocks of stores tell times that are a little late: what is two seconds old is taken for in use.
  await expect
    .poll(
      async () => {
        await page.getByRole('button', { name: 'See what would go' }).click();
        return report.getByRole('status').textContent();
      },
      { timeout: 20_000, interval: 500 },
    )
    .toMatch(/^Would free [\d.]+ kB: 6 tables\./);
  expect(await stored.getAttribute('data-state')).toBe('stored');
  await page.getByRole('button', { name: /^Free / }).click();
  await report.getByText(/^Freed [\d.]+ kB: 6 tables\./).waitFor();
  await expect.poll(() => stored.getAttribute('data-state')).toBe('evicted');
  await page.getByText('steps would run').waitFor();

  await page.reload();
  expect(await page.getByRole('textbox', { name: 'Last runs kept' }).inputValue()).toBe('0');
  await page.getByRole('button', { name: 'The usual rule' }).click();
  expect(await page.getByRole('textbox', { name: 'Last runs kept' }).inputValue()).toBe('1');
  expect(faults).toEqual([]);
  await page.close();
});

test('the browser is asked to keep it, and what it says is told', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/weather/storage`);
  await page.getByRole('button', { name: 'Ask it to keep this' }).click();
  await page.getByText('The browser said no.').waitFor();
  await page.evaluate(() => {
    navigator.storage.persist = async () => true;
    navigator.storage.persisted = async () => true;
  });
  await page.getByRole('button', { name: 'Ask it to keep this' }).click();
  await page.getByText('The browser has promised not to remove it by itself.').waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test('all of a project is deleted, and nothing of another one', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/weather`);
  await runUntil(page, / computed|6 reused/);
  await page.goto(`${app.origin}#/movies/storage`);
  await runUntil(page, '7 computed');
  await page.getByRole('button', { name: 'Delete everything of it ...' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'Examples' }).waitFor();

  await page.goto(`${app.origin}#/movies/history`);
  await page.getByText('Nothing has run yet').waitFor();
  await showPanel(page, 'Steps');
  await page.locator('tr[data-step="films"]').getByText('Not run yet').waitFor();
  await showPanel(page, 'Storage');
  await page.locator('tr[data-state][data-step="by_month"]').waitFor();
  expect(await page.locator('tr[data-state][data-step="films"]').count()).toBe(0);
  await runUntil(page, '7 computed');
  await page.goto(`${app.origin}#/weather`);
  await runUntil(page, '6 reused');
  expect(faults).toEqual([]);
  await page.close();
});

test('where the browser keeps nothing, the app says so at once, and runs all the same', async () => {
  const refused = await app.context.newPage();
  const faults: string[] = [];
  refused.on('pageerror', (error) => faults.push(String(error)));
  await refused.addInitScript(() => {
    const deny = (): never => {
      throw new DOMException('The user denied permission to access the database.', 'SecurityError');
    };
    IDBFactory.prototype.open = deny;
    Object.defineProperty(globalThis, 'localStorage', { get: deny });
    navigator.storage.getDirectory = async () => deny();
  });
  await refused.goto(app.origin);
  await refused
    .getByTestId('storage-refused')
    .getByText('This browser keeps nothing for this page')
    .waitFor();
  expect(await barriers(refused)).toEqual([]);
  await refused.getByRole('button', { name: 'Run Seattle weather' }).click();
  await refused.getByTestId('run-status').filter({ hasText: '6 computed' }).waitFor({ timeout: 60_000 });
  await runUntil(refused, '6 reused');
  await showPanel(refused, 'Storage');
  await refused.getByText('The browser gives this page no storage.').waitFor();
  await refused.locator('tr[data-state="stored"]').first().waitFor();
  await showPanel(refused, 'History');
  await refused.locator('tr[data-run]').nth(1).waitFor();
  expect(faults).toEqual([]);
  await refused.close();
});

import type { Locator, Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { endOfRun, openApp, useApp, waysToServe, type AppPage, type UsedApp } from './app.js';
import { barriers } from './barriers.js';

const status = (page: Page): Locator => page.getByTestId('run-status');

/** An example that has run once without being disturbed. */
async function undisturbed(app: UsedApp, example: string, steps: number): Promise<AppPage> {
  const opened = await openApp(app.context, `${app.origin}#/${example}/steps`);
  await opened.page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
  expect(await endOfRun(opened.page)).toMatch(new RegExp(`${steps} (computed|reused)`));
  return opened;
}

async function choose(page: Page, how: string, step: string): Promise<void> {
  await page.getByRole('button', { name: 'Break it' }).click();
  const dialog = page.getByRole('dialog', { name: 'Break it' });
  await dialog.getByRole('radio', { name: how }).check({ force: true });
  const select = dialog.getByRole('button', { name: /Step$/ });
  if ((await select.textContent()) !== step) {
    await select.click();
    await page.getByRole('option', { name: step, exact: true }).click();
  }
}

/** Runs everything anew, so that it breaks there. */
async function runAndBreak(page: Page, how: string, step: string): Promise<void> {
  await choose(page, how, step);
  await page.getByRole('button', { name: 'Run and break' }).click();
}

/** Goes on, and is told that all came out as before. */
async function resume(page: Page, counts: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Resume' }).click();
  await mended(page, counts);
}

async function mended(page: Page, counts: string | RegExp): Promise<void> {
  await status(page).filter({ hasText: counts }).waitFor({ timeout: 60_000 });
  await status(page).filter({ hasText: 'Resumed: same result as undisturbed' }).waitFor();
  await page.getByRole('button', { name: 'Compare' }).click();
  const hashes = page.getByRole('dialog', { name: 'Content hashes' });
  const rows = await hashes.locator('tbody tr').allTextContents();
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.filter((row) => !row.endsWith('same'))).toEqual([]);
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
}

describe.each(waysToServe)('$name', ({ serve }) => {
  const app = useApp(serve);

  test('a step fails where it was told to; the resume computes what is missing, and it is the same', async () => {
    const { page, faults } = await undisturbed(app, 'weather', 6);
    await runAndBreak(page, 'Fail a step', 'turns');
    await status(page).filter({ hasText: '3 computed, 1 failed, 2 skipped' }).waitFor();
    await page.getByRole('alert').filter({ hasText: "told to fail at 'turns'" }).waitFor();
    await resume(page, '3 computed, 3 reused');
    expect(faults).toEqual([]);
    await page.close();
  });

  test('the tab is reloaded in the middle, says so, and goes on', async () => {
    const { page, faults } = await undisturbed(app, 'flights', 6);
    await choose(page, 'Reload the tab', 'smoothed');
    await page.getByRole('button', { name: 'Arm the next run' }).click();
    await page.getByRole('button', { name: 'Disarm: Reloads at smoothed' }).waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
    await status(page).filter({ hasText: 'Interrupted' }).waitFor({ timeout: 60_000 });
    expect(await status(page).textContent()).toContain('smoothed');
    await resume(page, /[34] computed, [23] reused/);
    expect(faults).toEqual([]);
    await page.close();
  });
});

describe('the build, broken by other means', () => {
  const app = useApp();

  test('a transform throws in the middle of its rows', async () => {
    const { page, faults } = await undisturbed(app, 'earthquakes', 9);
    await runAndBreak(page, 'Throw in a transform', 'groups');
    await status(page).filter({ hasText: '1 failed, 1 skipped' }).waitFor();
    await page.getByRole('alert').filter({ hasText: 'thrown on purpose after' }).waitFor();
    await resume(page, '2 computed, 7 reused');
    expect(faults).toEqual([]);
    await page.close();
  });

  test('a stored table is corrupted: it is refused, computed again, and nothing else is', async () => {
    const { page, faults } = await undisturbed(app, 'weather', 6);
    await choose(page, 'Corrupt a stored table', 'days');
    await page.getByRole('button', { name: 'Corrupt days' }).click();
    await page.getByTestId('damage').filter({ hasText: 'checkpoint_damaged' }).waitFor();
    await page.getByText('damaged checkpoint', { exact: true }).waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
    await mended(page, '1 computed, 5 reused');
    await page.getByTestId('damage').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await page.close();
  });

  test('the disk is full: what was stored stays', async () => {
    const { page, faults } = await undisturbed(app, 'weather', 6);
    await runAndBreak(page, 'Fill the disk', 'days');
    await page.getByRole('alert').filter({ hasText: 'quota_exceeded' }).waitFor();
    await resume(page, '5 computed, 1 reused');
    expect(faults).toEqual([]);
    await page.close();
  });

  test("the engine's worker is ended in the middle, and the run goes on with another one", async () => {
    const { page, faults } = await undisturbed(app, 'flights', 6);
    const engines: string[] = [];
    page.on('worker', (worker) => engines.push(worker.url()));
    await runAndBreak(page, "End the engine's worker", 'smoothed');
    await mended(page, '6 computed');
    expect(engines.filter((url) => url.includes('engine')).length).toBe(1);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('what is armed can be disarmed, and breaks nothing', async () => {
    const { page, faults } = await undisturbed(app, 'weather', 6);
    await choose(page, 'Fail a step', 'days');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Arm the next run' }).click();
    await page.getByText('6 of 6 steps').waitFor();
    await page.getByRole('button', { name: 'Disarm: Fails at days' }).click();
    await page.getByText('Nothing to do: all is stored').waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
    await status(page).filter({ hasText: '6 reused' }).waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });
});

import type { Locator, Page } from 'playwright';
import { expect, test } from 'vitest';
import { editorText, endOfRun, openApp, pasteText, useApp, type AppPage } from './app.js';

const app = useApp();

const runButton = (page: Page): Locator =>
  page.getByRole('banner').getByRole('button', { name: 'Run', exact: true });
const statusOf = (page: Page, step: string): Locator => page.locator(`tr[data-step="${step}"]`);

/** Waits until a run has ended like this. */
async function ends(page: Page, how: string | RegExp): Promise<void> {
  await page.getByTestId('run-status').filter({ hasText: how }).waitFor({ timeout: 60_000 });
}

async function run(page: Page, how: string | RegExp): Promise<void> {
  await runButton(page).click();
  await ends(page, how);
}

/** The weather, run once. */
async function openWeather(): Promise<AppPage> {
  const opened = await openApp(app.context, `${app.origin}#/weather/steps`);
  await runButton(opened.page).click();
  expect(await endOfRun(opened.page)).toMatch(/6 computed|6 reused/);
  return opened;
}

async function edit(page: Page, from: string, to: string): Promise<void> {
  await pasteText(page, (await editorText(page)).replaceAll(from, to));
}

test('params are a form, and a changed one costs what depends on it', async () => {
  const { page, faults } = await openWeather();
  await page.getByRole('button', { name: 'Params' }).click();
  const field = page.getByRole('textbox', { name: 'wetMm' });
  expect(await field.inputValue()).toBe('1');
  await field.fill('5');
  await field.press('Enter');
  await page.keyboard.press('Escape');
  await page.getByText('1 to 5 of 6 steps').waitFor();
  await run(page, '5 computed, 1 reused');
  await page.reload();
  await page.getByRole('button', { name: 'Params, 1 changed' }).click();
  await page.getByRole('button', { name: 'Defaults' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Params', exact: true }).waitFor();
  await run(page, '6 reused');
  expect(faults).toEqual([]);
  await page.close();
});

test('a step is run from, up to, and for itself', async () => {
  const { page, faults } = await openWeather();
  const choose = async (step: string, what: string, how: string): Promise<void> => {
    await page.getByRole('button', { name: `Run ${step} ...` }).click();
    await page.getByRole('menuitem', { name: what }).click();
    await ends(page, how);
  };
  await choose('turns', 'Run from here', '3 computed, 3 reused');
  await choose('turns', 'Force this step', '1 computed, 5 reused');
  await choose('by_month', 'Run up to here', '3 steps in');
  expect(faults).toEqual([]);
  await page.close();
});

test('a mistake is told while one types, and a failed step when it runs; mended, the run goes on', async () => {
  const { page, faults } = await openWeather();
  await edit(page, 'from days', 'from dayz');
  await page.getByText("did you mean 'days'?").first().waitFor();
  expect(await runButton(page).isDisabled()).toBe(true);
  await edit(page, 'from dayz', 'from days');
  await page.getByText('Nothing to do: all is stored').waitFor();

  await edit(page, 'avg(wind) as wind', 'avg(windy) as wind');
  await page.getByText('1 of 6 steps').waitFor();
  await run(page, '5 reused, 1 failed');
  await page.getByRole('alert').filter({ hasText: 'windy' }).waitFor();
  expect(await statusOf(page, 'by_month').getAttribute('data-status')).toBe('failed');
  await edit(page, 'avg(windy) as wind', 'avg(wind) as wind');
  await run(page, '6 reused');
  expect(faults).toEqual([]);

  await page.getByRole('link', { name: 'Cairn: all examples' }).click();
  await page.getByRole('button', { name: 'Undo your changes of Seattle weather' }).click();
  await page
    .getByRole('button', { name: 'Undo your changes of Seattle weather' })
    .waitFor({ state: 'detached' });
  await page.close();
});

test('a run is cancelled, and the next one goes on from there', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/flights/steps`);
  await runButton(page).waitFor();
  // It would be over before a slow machine comes to cancel it.
  const [quick, slow] = [
    'avg(delay) over (',
    '(select max(range) from range(100000000000)) + avg(delay) over (',
  ];
  await edit(page, quick, slow);
  await runButton(page).click();
  await statusOf(page, 'late').and(page.locator('[data-status=complete]')).waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await endOfRun(page)).toContain('The next run goes on from there');
  await edit(page, slow, quick);
  await run(page, /[23] reused/);
  expect(faults).toEqual([]);
  await page.close();
});

test('a second tab sees the run, cannot begin one beside it, and knows afterwards what is stored', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/flights`);
  const { page: other, faults: others } = await openApp(app.context, `${app.origin}#/flights`);
  await runButton(other).waitFor();
  await runButton(page).waitFor();
  await page.getByRole('button', { name: 'More ways to run' }).click();
  await page.getByRole('menuitem', { name: 'Run everything again' }).click();
  await other.getByText('Running in another tab').waitFor({ timeout: 60_000 });
  expect(await runButton(other).isDisabled()).toBe(true);
  await Promise.all([ends(page, '6 computed'), ends(other, '6 computed')]);
  await other.getByText('Nothing to do: all is stored').waitFor();
  expect(await runButton(other).isDisabled()).toBe(false);
  expect([...faults, ...others]).toEqual([]);
  await Promise.all([page.close(), other.close()]);
});

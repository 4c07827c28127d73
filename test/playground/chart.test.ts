import { afterEach, expect, test } from 'vitest';
import { endOfRun, openApp, useApp } from './app.js';
import { barriers } from './barriers.js';

const app = useApp();
afterEach(async () => {
  for (const page of app.context.pages().slice(1)) await page.close();
});

test('a chart begins sensibly, is changed, says in words what it shows, and fits its room', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/weather/chart`);
  await page.getByText('Nothing to draw yet').waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await endOfRun(page);
  const pick = async (label: string, what: string): Promise<void> => {
    await page.getByRole('button', { name: new RegExp(`${label}$`) }).click();
    await page.getByRole('option', { name: what, exact: true }).click();
  };
  await pick('Step', 'days');
  await page.getByRole('img', { name: /^mean of precipitation by date, as line\. \d+ points/ }).waitFor();
  await pick('Mark', 'Histogram');
  await pick('Across', 'temp_max');
  await pick('Colour', 'weather');
  const drawn = page.getByRole('img', { name: /^Histogram of temp_max, in colours by weather/ });
  await drawn.locator('rect').first().waitFor();
  expect(await page.getByRole('list', { name: 'Colours by weather' }).getByRole('listitem').count()).toBe(5);
  expect(await page.locator('figure style').count()).toBe(0);

  await page.setViewportSize({ width: 360, height: 740 });
  await expect.poll(async () => Number(await drawn.locator('svg').getAttribute('width'))).toBeLessThan(360);
  expect(faults).toEqual([]);
  await page.close();
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing in tables, charts and SQL, %s',
  async (colorScheme) => {
    const { page } = await openApp(app.context, `${app.origin}#/movies/tables`);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.getByRole('button', { name: 'Run', exact: true }).first().click();
    await endOfRun(page);
    const sums = page.getByRole('grid').getByRole('columnheader').getByRole('img');
    await expect.poll(() => sums.count(), { timeout: 30_000 }).toBe(5);
    await page.getByRole('gridcell').first().click();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sort, filter and summary of genre' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Chart', exact: true }).click();
    await page.getByRole('img', { name: /by title, as bars/ }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('tab', { name: 'SQL', exact: true }).click();
    await page.getByRole('textbox', { name: 'SQL over all steps' }).fill('from critics select nothing');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.close();
  },
);

import { describe, expect, test } from 'vitest';
import { endOfRun, openApp, useApp } from './app.js';
import { barriers } from './barriers.js';

const app = useApp();

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each([
    { name: 'wide', width: 1280, height: 800 },
    { name: 'narrow', width: 360, height: 740 },
  ])('axe finds nothing at the start and in a project that has run, $name', async ({ width, height }) => {
    const { page } = await openApp(app.context, app.origin);
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.getByRole('heading', { name: 'Examples' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Run Seattle weather' }).click();
    await endOfRun(page);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Params' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await barriers(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.close();
  });
});

test('the keyboard alone runs an example, steps through panels and comes back', async () => {
  const { page, faults } = await openApp(app.context, app.origin);
  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const { activeElement: one } = document;
      return one?.getAttribute('aria-label') ?? one?.textContent ?? '';
    });
  const tabTo = async (name: string): Promise<void> => {
    for (let count = 0; count < 60; count += 1) {
      await page.keyboard.press('Tab');
      if ((await focused()).startsWith(name)) return;
    }
    throw new Error(`Tab does not reach '${name}'`);
  };
  await tabTo('Run Movies');
  await page.keyboard.press('Enter');
  await page
    .getByTestId('run-status')
    .filter({ hasText: '7 reused' })
    .or(page.getByText('7 computed'))
    .waitFor();
  await tabTo('More ways to run');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByTestId('run-status').filter({ hasText: '7 computed' }).waitFor({ timeout: 60_000 });
  await tabTo('Width of the source');
  const before = await page
    .getByRole('separator', { name: 'Width of the source' })
    .getAttribute('aria-valuenow');
  await page.keyboard.press('ArrowRight');
  expect(
    await page.getByRole('separator', { name: 'Width of the source' }).getAttribute('aria-valuenow'),
  ).not.toBe(before);
  await tabTo('Cairn: all examples');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Examples' }).waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

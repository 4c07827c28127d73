import axe from 'axe-core';
import type { Locator, Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { endOfRun, openApp, useApp, type AppPage } from './app.js';
import { tinySteps } from './tiny-steps.js';

const app = useApp();

const card = (page: Page, step: string): Locator => page.locator(`.react-flow [data-step="${step}"]`);
const runButton = (page: Page): Locator =>
  page.getByRole('banner').getByRole('button', { name: 'Run', exact: true });
const selected = (page: Page): Promise<string | null> =>
  page.locator('.react-flow [data-selected]').getAttribute('data-step');

/** Waits until a step's card says so. */
async function stands(page: Page, step: string, status: string): Promise<void> {
  await card(page, step)
    .and(page.locator(`[data-status="${status}"]`))
    .waitFor({ timeout: 60_000 });
}

/** Puts a project where the app keeps them, and opens it. */
async function openProject(id: string, yaml: string, panel = 'graph'): Promise<AppPage> {
  const opened = await openApp(app.context, app.origin);
  await opened.page.getByRole('heading', { name: 'Examples' }).waitFor();
  await opened.page.evaluate(
    async ([key, text]) =>
      new Promise<void>((resolve, reject) => {
        const asked = indexedDB.open('cairn-playground-projects');
        asked.addEventListener('error', () => reject(new Error('no database')));
        asked.addEventListener('success', () => {
          const change = asked.result.transaction('projects', 'readwrite');
          change.objectStore('projects').put({ id: key, title: key, yaml: text, params: {} }, key);
          change.addEventListener('complete', () => {
            asked.result.close();
            resolve();
          });
        });
      }),
    [id, yaml] as const,
  );
  await opened.page.goto(`${app.origin}#/${id}/${panel}`);
  return opened;
}

test('cards tell what a run does: what would run, what was computed, how much, and what was reused', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/weather/graph`);
  await stands(page, 'longest', 'new');
  expect(await page.locator('.react-flow__edge').count()).toBe(5);
  await runButton(page).click();
  expect(await endOfRun(page)).toContain('6 computed');
  for (const step of ['weather', 'days', 'longest']) await stands(page, step, 'complete');
  expect(await card(page, 'weather').textContent()).toContain('1,461 rows');
  await page.getByRole('button', { name: /^by_month SQL.* Computed 12 rows/ }).waitFor();

  await runButton(page).click();
  await stands(page, 'weather', 'reused');
  await stands(page, 'longest', 'reused');

  // A change shows where it leads, before anything runs.
  await page.getByRole('button', { name: 'Params' }).click();
  await page.getByRole('textbox', { name: 'wetMm' }).fill('4');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await card(page, 'days').getByText('would run').waitFor();
  await card(page, 'longest').getByText('may run').waitFor();
  expect(await card(page, 'weather').textContent()).not.toContain('run');
  await page.getByRole('button', { name: 'Params, 1 changed' }).click();
  await page.getByRole('button', { name: 'Defaults' }).click();
  await card(page, 'days').getByText('would run').waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
  await page.close();
});

test('arrow keys walk along the lines, Enter selects for all panels, and a menu runs from there', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/weather/graph`);
  const pick = (step: string): Locator => card(page, step).locator('[data-pick]');
  const isFocused = async (step: string): Promise<boolean> =>
    pick(step).evaluate((one) => one === document.activeElement);
  await runButton(page).click();
  expect(await endOfRun(page)).toMatch(/6 computed|6 reused/);
  await pick('weather').focus();
  // It leads to the right or down, whichever is read better in the room that there is.
  const isRight = await page.evaluate(() => {
    const [one, other] = ['weather', 'days'].map((step) =>
      document.querySelector(`.react-flow [data-step="${step}"]`)?.getBoundingClientRect(),
    );
    if (one === undefined || other === undefined) return undefined;
    return other.x - one.x > other.y - one.y;
  });
  const [ahead, back, aside] = isRight
    ? (['ArrowRight', 'ArrowLeft', 'ArrowDown'] as const)
    : (['ArrowDown', 'ArrowUp', 'ArrowRight'] as const);
  await page.keyboard.press(ahead);
  expect(await isFocused('days')).toBe(true);
  await page.keyboard.press('End');
  expect(await isFocused('longest')).toBe(true);
  await page.keyboard.press(back);
  expect(await isFocused('spells')).toBe(true);
  await page.keyboard.press('Home');
  await page.keyboard.press(ahead);
  await page.keyboard.press(ahead);
  await page.keyboard.press(aside);
  await page.keyboard.press('Enter');
  expect(['turns', 'by_month']).toContain(await selected(page));

  // One stop of the Tab key, and then the menu of what is selected.
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  expect(await selected(page)).toBe('longest');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Force this step' }).click();
  await page.getByTestId('run-status').filter({ hasText: '1 computed, 5 reused' }).waitFor();
  await stands(page, 'longest', 'complete');
  await page.getByRole('tab', { name: 'Steps' }).click();
  expect(await page.locator('tr[aria-selected=true]').getAttribute('data-step')).toBe('longest');

  const zoom = (): Promise<number> =>
    page
      .locator('.react-flow__viewport')
      .evaluate((one) => new DOMMatrixReadOnly(getComputedStyle(one).transform).a);
  await page.getByRole('tab', { name: 'Graph' }).click();
  await pick('longest').focus();
  const fitted = await zoom();
  await page.keyboard.press('-');
  await expect.poll(zoom).toBeLessThan(fitted);
  await page.keyboard.press('0');
  await expect.poll(zoom).toBeCloseTo(fitted, 2);
  expect(faults).toEqual([]);
  await page.close();
});

test('a failed step tells why, and a text that is no pipeline leaves the last graph in place', async () => {
  const long = 'a_step_with_a_name_that_is_longer_than_anybody_would_like_to_read';
  const { page } = await openProject(
    'fails',
    `name: fails\nprocesses:\n  only:\n    - { step: ${long}, inputs: [], sql: select nothing from range(3) t(n) }\n`,
  );
  await stands(page, long, 'new');
  await runButton(page).click();
  await stands(page, long, 'failed');
  expect(await card(page, long).textContent()).toMatch(/Failed: Binder Error.*nothing/);
  const text = page.getByRole('textbox', { name: /^Pipeline/ });
  await text.focus();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('nonsense: true');
  await page.getByText('The last text that was a pipeline').waitFor();
  expect(await card(page, long).count()).toBe(1);
  await page.close();

  const { page: empty } = await openProject('empty', 'name: empty\n');
  await empty.getByText('No graph yet').waitFor();
  await empty.close();
});

test('200 steps are drawn, run live, and can be walked; the longest task of the page is printed', async () => {
  const { page, faults } = await openProject('tiny', tinySteps(200));
  await stands(page, 'step_0', 'new');
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(Math.round(duration));
    }).observe({ type: 'longtask' });
  });
  await runButton(page).click();
  await page.locator('.react-flow [data-step][data-status=running]').first().waitFor({ timeout: 60_000 });
  expect(await endOfRun(page)).toContain('200 computed');
  await expect.poll(() => page.locator('.react-flow__minimap [data-tone=done]').count()).toBe(200);
  const tasks = await page.evaluate(() => (globalThis as unknown as { readonly tasks: number[] }).tasks);
  console.log(
    `200 steps live: longest task ${Math.max(0, ...tasks) || 'under 50'} ms, ${tasks.length} over 50 ms`,
  );
  await page.getByRole('img', { name: 'Map of the graph' }).waitFor();
  await card(page, 'step_0').locator('[data-pick]').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  expect(await selected(page)).toBe('step_199');
  await expect
    .poll(() =>
      card(page, 'step_199').evaluate((one) => {
        const { x, right } = one.getBoundingClientRect();
        const room = one.closest('.react-flow')?.getBoundingClientRect();
        return room !== undefined && x >= room.x && right <= room.right;
      }),
    )
    .toBe(true);
  expect(faults).toEqual([]);
  await page.close();
});

describe.each([
  { name: 'wide', width: 1280, height: 800 },
  { name: 'narrow', width: 360, height: 740 },
])('$name', ({ width, height }) => {
  test('axe finds nothing in the graph, with a step selected', async () => {
    const { page } = await openApp(app.context, app.origin);
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`${app.origin}#/movies/graph`);
    await card(page, 'critics').waitFor();
    await runButton(page).click();
    await endOfRun(page);
    await card(page, 'films').locator('[data-pick]').click();
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { readonly axe: typeof axe }).axe.run('[aria-label="Graph of the steps"]', {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        rules: { region: { enabled: false } },
      }),
    );
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await page.close();
  });
});

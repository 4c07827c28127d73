import type { Locator, Page } from 'playwright';
import { afterEach, expect, test } from 'vitest';
import { openApp, useApp } from './app.js';
import { barriers } from './barriers.js';
import { openProject, runUntil, showPanel } from './project.js';

const app = useApp();
// Also after a test that failed, whose run would keep the others waiting.
afterEach(async () => {
  for (const page of app.context.pages().slice(1)) await page.close();
});

const bars = (page: Page, step: string): Locator =>
  page.locator(`[role="option"][data-step="${step}"] [data-kind]:not([data-kind="ready"])`);
const kinds = (page: Page, step: string): Promise<readonly (string | null)[]> =>
  bars(page, step).evaluateAll((all) => all.map((one) => one.getAttribute('data-kind')));

test('the timeline shows a run, what was reused in the next one, and earlier ones from the records', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/weather/timeline`);
  await page.getByText('Nothing has run yet').waitFor();
  await showPanel(page, 'Steps');
  await runUntil(page, '6 computed');
  expect(await kinds(page, 'turns')).toEqual(['complete']);
  await runUntil(page, '6 reused');
  await bars(page, 'turns').and(page.locator('[data-kind="reused"]')).waitFor();

  const list = page.getByRole('listbox', { name: 'Timeline of the steps' });
  await list.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  expect(await list.getByRole('option', { selected: true }).getAttribute('data-step')).toBe('days');
  expect(await page.locator('tr[data-step="days"]').getAttribute('aria-selected')).toBe('true');
  const widthOf = (): Promise<number> => list.evaluate((element) => element.scrollWidth);
  const before = await widthOf();
  await page.keyboard.press('+');
  await expect.poll(widthOf).toBeGreaterThan(before);
  await page.keyboard.press('0');
  await expect.poll(widthOf).toBe(before);

  await showPanel(page, 'Timeline');
  await page.reload();
  await page.getByText('From the records').waitFor();
  expect(await kinds(page, 'turns')).toEqual(['reused']);
  await page.getByRole('button', { name: /Run$/ }).and(page.locator('[aria-haspopup="listbox"]')).click();
  await page.getByRole('option', { name: /done/ }).nth(1).click();
  await bars(page, 'turns').and(page.locator('[data-kind="complete"]')).waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test('a step that is tried again has a bar for each attempt, and one that is at work a bar that grows', async () => {
  const { page, faults } = await openApp(app.context, app.origin);
  await openProject(page, {
    id: 'retried',
    panel: 'timeline',
    yaml: `
name: retried
processes:
  main:
    - step: fails
      inputs: []
      sql: select error('not today') as n
      retry: { maxAttempts: 3, initialDelayMs: 50, backoff: constant }
`,
  });
  await runUntil(page, '1 failed');
  expect(await kinds(page, 'fails')).toEqual(['failed', 'pause', 'failed', 'pause', 'failed']);
  await page.locator('[role="option"][data-step="fails"]').click();
  await page.getByTestId('timeline-detail').getByText('attempt 3: failed').waitFor();

  await openProject(page, {
    id: 'endless',
    panel: 'timeline',
    yaml: `
name: endless
processes:
  main:
    - step: endless
      inputs: []
      sql: select sum(a.range * b.range)::double as n from range(1000000) a, range(1000000) b
`,
  });
  await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
  const running = bars(page, 'endless').and(page.locator('[data-kind="running"]'));
  await running.waitFor({ timeout: 60_000 });
  const widthOf = async (): Promise<number> => (await running.boundingBox())?.width ?? 0;
  const before = await widthOf();
  await expect.poll(widthOf, { timeout: 30_000 }).toBeGreaterThan(before);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await bars(page, 'endless').and(page.locator('[data-kind="canceled"]')).waitFor({ timeout: 60_000 });
  expect(faults).toEqual([]);
  await page.close();
});

test('of 200 steps only those in sight are drawn, and the keyboard reaches the last', async () => {
  const { page, faults } = await openApp(app.context, app.origin);
  const steps = Array.from({ length: 200 }, (_, n) =>
    n === 0
      ? `    - step: s0\n      inputs: []\n      sql: select error('no') as n`
      : `    - step: s${n}\n      sql: from s${n - 1}`,
  );
  await openProject(page, {
    id: 'many',
    panel: 'timeline',
    yaml: `name: many\nprocesses:\n  main:\n${steps.join('\n')}\n`,
  });
  await runUntil(page, '1 failed, 199 skipped');
  const list = page.getByRole('listbox', { name: 'Timeline of the steps' });
  expect(await list.getByRole('option').count()).toBeLessThan(60);
  await list.focus();
  await page.keyboard.press('End');
  await list.getByRole('option', { name: /^s199\b/, selected: true }).waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test('the history lists runs with what they were begun with, compares two, and answers SQL', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/zipcodes/history`);
  await page.getByText('Nothing has run yet').waitFor();
  await runUntil(page, / computed/);
  await page.getByRole('button', { name: 'More ways to run' }).click();
  await page.getByRole('menuitem', { name: 'Run everything again' }).click();
  const rows = page.locator('tr[data-run]');
  await rows.nth(1).waitFor({ timeout: 60_000 });
  expect(await rows.first().textContent()).toMatch(/Done.*computed.*forced/);
  for (const box of await rows.locator('label').all()) await box.click();
  const compared = page.getByRole('region', { name: 'Two runs compared' });
  expect(await compared.getByRole('row').count()).toBeGreaterThan(3);

  await page.getByRole('tab', { name: 'Ask in SQL', exact: true }).click();
  await page.getByRole('button', { name: 'Ready questions' }).click();
  await page.getByRole('menuitem', { name: 'Slowest steps' }).click();
  await page.getByRole('columnheader', { name: 'median_ms' }).waitFor();
  const text = page.getByRole('textbox', { name: 'SQL over the records' });
  await text.fill("select count(*)::integer as n from pipeline_runs where correlation_id = 'zipcodes'");
  await text.press('Control+Enter');
  const answer = page.getByRole('table', { name: 'Answer' });
  await answer.getByRole('columnheader', { name: 'n', exact: true }).waitFor();
  expect(await answer.getByRole('cell').allTextContents()).toEqual(['2']);
  await text.fill('select nothing');
  await page.getByRole('button', { name: 'Ask' }).click();
  await page.getByRole('alert').getByText('sql_failed').waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test('why a step ran and would run again is told up to the first cause, which one can go to', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/movies/why`);
  await page.getByText('Why did a step run, or why not?').waitFor();
  await runUntil(page, '7 computed');
  await page.getByRole('button', { name: /^Choose a step/ }).click();
  await page.getByRole('option', { name: 'by_genre' }).click();
  const why = page.getByTestId('why');
  await why.getByText('by_genre would be reused').waitFor();
  await page.getByRole('button', { name: 'Params' }).click();
  const field = page.getByRole('textbox', { name: 'minBudget' });
  await field.fill('2000000');
  await field.press('Enter');
  await page.keyboard.press('Escape');
  await why.getByText('by_genre may run: comparable may change').waitFor();
  await runUntil(page, '4 computed');
  await why.getByText(/^the content of 'comparable': \w+ -> \w+$/).waitFor();
  await why.getByText("the param 'minBudget': 1000000 -> 2000000").waitFor();
  await why.getByRole('button', { name: 'comparable' }).first().click();
  await why.getByText(/2,851 rows, \d+ columns/).waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test('checks are told with the rows that fail them; where there are none, how to write some', async () => {
  const { page, faults } = await openApp(app.context, app.origin);
  const yaml = `
name: checked
processes:
  main:
    - step: numbers
      inputs: []
      sql: select * from range(5) t(n)
      checks:
        - { type: inRange, column: n, max: 2, severity: warn }
        - { type: unique, columns: n }
`;
  await openProject(page, { id: 'checked', panel: 'checks', yaml });
  await page.getByText('2 not evaluated yet').waitFor();
  await runUntil(page, '1 computed');
  await page.getByText('1 warned, 1 passed').waitFor();
  const failing = page.getByRole('table', { name: 'Rows that fail inRange(n)' });
  await failing.waitFor();
  expect(await failing.getByRole('cell').allTextContents()).toEqual(['3', '4']);
  await page.getByRole('button', { name: /^unique/ }).click();
  await page.getByText(/^unique\(n\): passed/).waitFor();
  await openProject(page, {
    id: 'unchecked',
    panel: 'checks',
    yaml: yaml.slice(0, yaml.indexOf('      checks:')),
  });
  await page.getByText('No step has a check').waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing in the panels about time, %s',
  async (colorScheme) => {
    const { page } = await openApp(app.context, `${app.origin}#/movies/timeline`);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await runUntil(page, / computed|7 reused/);
    await showPanel(page, 'Steps');
    await page.locator('tr[data-step="by_genre"]').getByRole('button').first().click();
    for (const [title, sign] of [
      ['Timeline', page.getByRole('listbox', { name: 'Timeline of the steps' })],
      ['Why', page.getByText('Content hash')],
      ['Checks', page.getByText(/ of 3,201/).first()],
      ['History', page.locator('tr[data-run]').first()],
      ['Storage', page.locator('tr[data-state="stored"]').first()],
    ] as const) {
      await showPanel(page, title);
      await sign.waitFor();
      const panel = await page.getByRole('tab', { name: title, exact: true }).getAttribute('aria-controls');
      expect(await barriers(page, `[id="${panel}"]`), title).toEqual([]);
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.close();
  },
);

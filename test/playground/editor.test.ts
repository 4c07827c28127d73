import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright';
import { expect, test } from 'vitest';
import { editorText, endOfRun, openApp, pasteText, useApp, type AppPage } from './app.js';
import { barriers } from './barriers.js';

const app = useApp();

const example = (id: string): string =>
  readFileSync(new URL(`../../playground/src/examples/${id}/pipeline.yaml`, import.meta.url), 'utf8');
const editor = (page: Page): Locator => page.getByTestId('editor');
const problems = (page: Page): Locator => page.getByRole('region', { name: 'Problems' });
const openTab = (page: Page, name: string): Promise<void> =>
  page.getByRole('tab', { name, exact: true }).click();

/** The weather, run in this page, so that the engine is there. */
async function openWeather(): Promise<AppPage> {
  const opened = await openApp(app.context, `${app.origin}#/weather`);
  const { page } = opened;
  await page.getByRole('button', { name: 'More ways to run' }).click();
  await page.getByRole('menuitem', { name: 'Run everything again' }).click();
  expect(await endOfRun(page)).toContain('6 computed');
  await page.getByText('Nothing to do: all is stored').waitFor();
  return opened;
}

/** Puts the cursor at the end of the open document. */
async function toEnd(page: Page): Promise<void> {
  await editor(page).getByRole('textbox').focus();
  await page.keyboard.press('ControlOrMeta+End');
}

test('a mistake is underlined where it is and named; mended, the forecast says what the next run would do', async () => {
  const { page, faults } = await openWeather();
  const text = await editorText(page);
  expect(text).toBe(example('weather'));
  await pasteText(page, text.replace('from days\n', 'from dayz\n'));
  await problems(page).getByText("did you mean 'days'?").waitFor();
  const underlined = editor(page).locator('.cm-lintRange-error');
  await underlined.waitFor();
  expect(await underlined.textContent()).toBe('dayz');
  expect(await editor(page).locator('.cm-lint-marker-error').count()).toBe(1);
  await underlined.hover();
  await editor(page).locator('.cm-tooltip').getByText("reads 'dayz'").waitFor();
  await page.mouse.move(2, 2);

  // The statement by itself has the same mistake, and F8 goes to it.
  await openTab(page, 'SQL of by_month, with problems');
  await underlined.waitFor();
  expect(await underlined.textContent()).toBe('dayz');
  await toEnd(page);
  await page.keyboard.press('F8');
  await page.keyboard.type('days where wet');
  await problems(page).waitFor({ state: 'detached' });
  await page.getByText('1 of 6 steps').waitFor();
  await page.getByText('would run (changed: sql)').waitFor();

  await openTab(page, 'pipeline.yaml');
  expect(await editorText(page)).toBe(text.replace('from days\n', 'from days where wet\n'));
  await editor(page).locator('.cm-stepMark[data-step=by_month][data-decision=run]').waitFor();
  await pasteText(page, text);
  await page.getByText('Nothing to do: all is stored').waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test('DuckDB says what is wrong with a statement while one types, before anything runs', async () => {
  const { page, faults } = await openWeather();
  await openTab(page, 'SQL of by_month');
  const text = await editorText(page);
  await pasteText(page, text.replace('avg(wind)', 'avg(windy)'));
  await problems(page).getByText('Referenced column "windy" not found').waitFor();
  const underlined = editor(page).locator('.cm-lintRange-error');
  await underlined.waitFor();
  expect(await underlined.textContent()).toBe('windy');
  await pasteText(page, text);
  await problems(page).waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
  await page.close();
});

test('SQL is written back into the YAML to the letter, and undone when one comes back to it', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/flights`);
  const text = example('flights');
  await openTab(page, 'SQL of late');
  await toEnd(page);
  await page.keyboard.type(' -- all');
  await page.keyboard.press('Enter');
  await page.keyboard.type('where true');
  const changed = text.replace(
    'is_late\n        from flights\n',
    'is_late\n        from flights -- all\n        where true\n',
  );
  await openTab(page, 'pipeline.yaml');
  expect(await editorText(page)).toBe(changed);
  await openTab(page, 'SQL of ranked');
  await toEnd(page);
  await page.keyboard.type('0');
  await openTab(page, 'pipeline.yaml');
  expect(await editorText(page)).toBe(changed.replace('limit 10', 'limit 100'));

  await openTab(page, 'SQL of late');
  await editor(page).getByRole('textbox').focus();
  for (let count = 0; count < 4; count += 1) await page.keyboard.press('ControlOrMeta+z');
  await openTab(page, 'pipeline.yaml');
  expect(await editorText(page)).toBe(text.replace('limit 10', 'limit 100'));
  await page.keyboard.press('ControlOrMeta+s');
  await page.getByText('Saved: every change is kept').waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test('completion offers steps, columns with their types, functions, params and keys', async () => {
  const { page, faults } = await openWeather();
  const offered = (name: string): Locator => editor(page).getByRole('option', { name });
  await openTab(page, 'SQL of by_month');
  await toEnd(page);
  await page.keyboard.type(', win');
  await offered('wind DOUBLE').click();
  await page.keyboard.type(' + list_tra');
  await offered('list_transform (list, lambda(x))').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.type('nsform + $we');
  await offered('wetMm param').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.type(' from day');
  await offered('days step').click();
  expect(await editorText(page)).toMatch(/, wind \+ list_transform \+ \$we from days$/);

  await openTab(page, 'pipeline.yaml, with problems');
  await pasteText(page, `${example('weather')}    - sink: out\n      `);
  await page.keyboard.type('inp');
  await offered('input needed').click();
  await page.keyboard.type('long');
  await offered('longest step').click();
  expect(await editorText(page)).toMatch(/ {6}input: longest$/);
  await pasteText(page, example('weather'));
  await page.getByText('Nothing to do: all is stored').waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

test('Tab indents while one writes; Escape, then Tab, leaves the editor, and whoever only passes through does', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/movies`);
  const isInside = (): Promise<boolean> =>
    page.evaluate(() => document.activeElement?.getAttribute('data-testid') === 'editor');
  await page.getByRole('button', { name: 'Pipeline file' }).focus();
  await page.keyboard.press('Tab');
  expect(await isInside()).toBe(true);
  await page.keyboard.press('Tab');
  expect(await isInside()).toBe(false);
  await page.keyboard.press('Shift+Tab');
  expect(await isInside()).toBe(true);
  const text = example('movies');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('Tab');
  expect(await isInside()).toBe(true);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  expect(await isInside()).toBe(false);
  expect(await editorText(page)).toBe(`  ${text}`);
  const { description, name } = await editor(page)
    .getByRole('textbox')
    .evaluate((content) => ({
      name: content.getAttribute('aria-label'),
      description: (content.getRootNode() as ShadowRoot).getElementById(
        content.getAttribute('aria-describedby') ?? '',
      )?.textContent,
    }));
  expect([name, description]).toEqual([
    'Pipeline, as YAML',
    expect.stringContaining('Escape, then Tab, leaves'),
  ]);
  expect(faults).toEqual([]);
  await page.close();
});

test('the pipeline is saved as a file, opened from one, and taken back to what it was', async () => {
  const { page, faults } = await openApp(app.context, `${app.origin}#/zipcodes`);
  const menu = async (item: string): Promise<void> => {
    await page.getByRole('button', { name: 'Pipeline file' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  const text = example('zipcodes');
  await editor(page).getByRole('textbox').waitFor();
  const downloading = page.waitForEvent('download');
  await menu('Save as file');
  const file = await downloading;
  expect(file.suggestedFilename()).toBe('zipcodes.yaml');
  expect(readFileSync(await file.path(), 'utf8')).toBe(text);

  const other =
    'name: other\nprocesses:\n  main:\n    - step: one\n      inputs: []\n      sql: select 1 as x\n';
  const choosing = page.waitForEvent('filechooser');
  await menu('Open file');
  await (
    await choosing
  ).setFiles({ name: 'other.yaml', mimeType: 'application/yaml', buffer: Buffer.from(other) });
  await page.getByText('other.yaml is opened').waitFor();
  expect(await editorText(page)).toBe(other);
  await page.getByRole('tab', { name: 'SQL of one' }).waitFor();
  await page.keyboard.press('ControlOrMeta+z');
  expect(await editorText(page)).toBe(text);

  await pasteText(page, other);
  await page.getByRole('tab', { name: 'SQL of one' }).waitFor();
  await menu("Back to the example's text");
  await page.getByRole('tab', { name: 'SQL of one' }).waitFor({ state: 'detached' });
  expect(await editorText(page)).toBe(text);
  expect(faults).toEqual([]);
  await page.close();
});

test('a step that is selected opens its SQL, and runs from there by the keyboard', async () => {
  const { page, faults } = await openWeather();
  await page.getByRole('tab', { name: 'Steps' }).click();
  await page.locator('tr[data-step=turns] button').first().click();
  await editor(page).getByRole('textbox', { name: 'SQL of turns' }).focus();
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press('ControlOrMeta+Shift+Enter');
  await page.getByTestId('run-status').filter({ hasText: '3 computed, 3 reused' }).waitFor();
  await page.locator('tr[data-step=weather] button').first().click();
  await editor(page).getByRole('textbox', { name: 'Pipeline, as YAML' }).focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByTestId('run-status').filter({ hasText: '6 reused' }).waitFor();
  expect(faults).toEqual([]);
  await page.close();
});

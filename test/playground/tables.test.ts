import { readFileSync } from 'node:fs';
import { definePipeline, memoryStore, source, type SourceConnector } from '@cairn/core';
import { createNodeRunner } from '@cairn/node';
import { fromArrow } from '@cairn/plugins/arrow';
import { fromCsv } from '@cairn/plugins/csv';
import { fromParquet } from '@cairn/plugins/parquet';
import type { BrowserContext, Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { endOfRun, freshBrowser, openApp, serveBuilt, type AppPage, type ServedApp } from './app.js';
import { openProject } from './seed.js';

let app: ServedApp;
let context: BrowserContext;
const runner = createNodeRunner({ store: memoryStore() });
beforeAll(async () => {
  [app, context] = await Promise.all([serveBuilt(), freshBrowser()]);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
});
afterEach(async () => {
  for (const page of context.pages().slice(1)) await page.close();
});
afterAll(async () => {
  await runner.close();
  await context.close();
  await app.close();
});

const wide = Array.from({ length: 120 }, (_, at) => `${at} as column_${at}`).join(', ');
const yaml = `
name: big
processes:
  make:
    - step: wide
      inputs: []
      sql: select ${wide}
    - step: rows
      inputs: []
      sql: |
        select i::integer as i, (i * 7919 % 1000003)::integer as k, 'name ' || (i % 1000) as name,
          timestamp '2024-01-01' + to_seconds(i) as at, case when i % 10 > 0 then i / 4 end as part
        from range(1000000) r(i)
`;

/** A million rows, computed once for all tests. */
async function openBig(panel: string): Promise<AppPage> {
  const opened = await openProject(context, app.origin, { id: 'big', title: 'Big', yaml, panel });
  const { page } = opened;
  await page.getByText('Nothing to do: all is stored').or(page.getByText('2 of 2 steps')).first().waitFor();
  if (await page.getByText('2 of 2 steps').first().isVisible()) {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await endOfRun(page);
  }
  return opened;
}

/** The machine may be busy with other things. */
const soon = <Value>(ask: () => Promise<Value>): ReturnType<typeof expect.poll<Value>> =>
  expect.poll(ask, { timeout: 30_000 });
const grid = (page: Page): Locator => page.getByRole('grid');
/** The texts of a row that is drawn, by its number from 1. */
async function row(page: Page, number: number): Promise<readonly string[]> {
  const cells = page.locator(`[role=row][aria-rowindex="${number + 1}"] [role=gridcell]`);
  await soon(async () => (await cells.allTextContents()).every((text) => text !== '')).toBe(true);
  await cells.first().waitFor();
  return cells.allTextContents();
}
const count = (page: Page, words: string): Promise<void> =>
  page.getByRole('status').filter({ hasText: words }).waitFor({ timeout: 60_000 });
const last = ['999999', '968327', 'name 999', '2024-01-12 13:46:39', '249999.75'];

test('a million rows are scrolled to the last one, by keyboard, bar and wheel, and few are drawn', async () => {
  const { page, faults } = await openBig('tables');
  await count(page, '1,000,000 rows');
  expect(await row(page, 1)).toEqual(['0', '0', 'name 0', '2024-01-01 00:00:00', 'null']);
  await grid(page).focus();
  await page.keyboard.press('Control+End');
  expect(await row(page, 1_000_000)).toEqual(last);
  expect(await grid(page).getByRole('row').count()).toBeLessThan(80);
  expect(await page.getByLabel('Value of the cell').textContent()).toBe('249999.75');
  await page.keyboard.press('Control+Home');
  expect((await row(page, 1))[0]).toBe('0');

  await grid(page).evaluate((element) => {
    element.scrollTop = element.scrollHeight;
  });
  expect(await row(page, 1_000_000)).toEqual(last);
  // Where the bar stands for more than it can hold, a wheel goes by pixels all the same.
  const first = async (): Promise<number> =>
    Number(await grid(page).getByRole('row').nth(1).getAttribute('aria-rowindex'));
  const before = await first();
  await grid(page).hover();
  await page.mouse.wheel(0, -260);
  await soon(first).toBe(before - 10);

  await page.getByRole('button', { name: 'rows Step' }).click();
  await page.getByRole('option', { name: /^wide/ }).click();
  await count(page, '1 row');
  await grid(page).focus();
  await page.keyboard.press('Control+End');
  await grid(page)
    .getByRole('columnheader', { name: /column_119/ })
    .waitFor();
  expect(await grid(page).getByRole('columnheader').count()).toBeLessThan(30);
  expect(faults).toEqual([]);
  await page.close();
});

test('sort and filter are the engine’s, from the keyboard too; what is wrong with a condition is told', async () => {
  const { page, faults } = await openBig('tables');
  await count(page, '1,000,000 rows');
  await grid(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowUp');
  const head = grid(page).getByRole('columnheader').nth(1);
  expect(await grid(page).getAttribute('aria-activedescendant')).toBe(await head.getAttribute('id'));
  await page.keyboard.press('Enter');
  await soon(() => head.getAttribute('aria-sort')).toBe('ascending');
  await page.keyboard.press('Enter');
  await soon(() => head.getAttribute('aria-sort')).toBe('descending');
  await soon(async () => (await row(page, 1))[1]).toBe('1000002');

  await page.keyboard.press('Alt+ArrowDown');
  const dialog = page.getByRole('dialog', { name: 'Column k' });
  await dialog.getByRole('textbox', { name: 'To' }).fill('20');
  await page.keyboard.press('Enter');
  await count(page, '21 of 1,000,000 rows');
  expect((await row(page, 1))[1]).toBe('20');
  // The focus is where it was.
  await page.keyboard.press('Control+End');
  expect((await row(page, 21))[1]).toBe('0');

  const where = page.getByRole('textbox', { name: 'Condition, in SQL' });
  await where.fill('part is null and nmae > 1');
  await where.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'nmae' }).waitFor();
  await where.fill("part is null and name > 'name 5'");
  await where.press('Enter');
  await page.getByRole('alert').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '1 filter' }).click();
  await count(page, '1,000,000 rows');
  expect((await row(page, 1))[1]).toBe('0');
  expect(faults).toEqual([]);
  await page.close();
});

test('each column says what it holds: a histogram, how much is missing, the most frequent values', async () => {
  const { page, faults } = await openBig('tables');
  const sums = grid(page).getByRole('columnheader').getByRole('img');
  await soon(() => sums.count()).toBe(5);
  expect(await sums.nth(0).getAttribute('aria-label')).toContain('from 0 to 999999');
  expect(await sums.nth(0).locator('rect').count()).toBe(24);
  expect(await sums.nth(3).getAttribute('aria-label')).toContain('to 2024-01-12 13:46:39');
  expect(await sums.nth(4).getAttribute('aria-label')).toContain('10% null');
  await page.getByRole('button', { name: 'Sort, filter and summary of name' }).click();
  const values = page.getByRole('list', { name: 'Most frequent values' });
  await values.getByRole('button', { name: /^name 1 / }).click();
  await count(page, '1,000 of 1,000,000 rows');
  expect(faults).toEqual([]);
  await page.close();
});

test('cells are selected and copied with the keyboard', async () => {
  const { page, faults } = await openBig('tables');
  await count(page, '1,000,000 rows');
  expect((await row(page, 2))[0]).toBe('1');
  await grid(page).focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'Shift+ArrowDown', 'Shift+End'])
    await page.keyboard.press(key);
  expect(await grid(page).getByRole('gridcell', { selected: true }).count()).toBe(10);
  await page.keyboard.press('Control+c');
  await page.getByText('Copied 10 cells').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    '1\t7919\tname 1\t2024-01-01 00:00:01\t0.25\n2\t15838\tname 2\t2024-01-01 00:00:02\t0.5',
  );
  expect(faults).toEqual([]);
  await page.close();
});

test('SQL over all steps: a mistake is marked, a long query is cancelled, an answer is a grid', async () => {
  const { page, faults } = await openBig('sql');
  const box = page.getByRole('textbox', { name: 'SQL over all steps' });
  await box.fill('select name,\n  sum(kk) from rows group by name');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('alert').filter({ hasText: 'kk' }).waitFor({ timeout: 60_000 });
  const marked = await box.evaluate((area) => {
    const { value, selectionStart, selectionEnd } = area as HTMLTextAreaElement;
    return value.slice(selectionStart, selectionEnd);
  });
  expect(marked).toBe('kk');

  await box.fill('select count(*) from range(1000000) a(i), range(1000000) b(j) where (i * j) % 7 = 3');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Ask' }).waitFor();

  await box.fill(
    'select r.name, count(*) as n, any_value(column_7) as seven from rows r, wide group by r.name order by r.name;',
  );
  await page.keyboard.press('Control+Enter');
  await count(page, '1,000 rows');
  expect(await row(page, 2)).toEqual(['name 1', '1000', '7']);
  await page.getByRole('button', { name: 'Earlier queries' }).click();
  await page.getByRole('menuitem', { name: /sum\(kk\)/ }).click();
  expect(await box.inputValue()).toContain('sum(kk)');
  expect(faults).toEqual([]);
  await page.close();
});

/** The rows of a file, as the engine reads them. */
async function rowsOf(connector: SourceConnector): Promise<readonly Record<string, unknown>[]> {
  const read = source('read', connector);
  const result = await runner.run(definePipeline({ name: 'read', processes: { main: [read] } }), undefined, {
    correlationId: null,
  });
  const table = await result.table('read');
  return table.toArray().map((one: { toJSON(): Record<string, unknown> }) => one.toJSON());
}

test('what is seen is saved as CSV, Parquet and Arrow, with its filter and in its order', async () => {
  const { page, faults } = await openBig('tables');
  // Headless there is nobody to choose a file: without the dialog it is a download.
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
  await page.reload();
  await count(page, '1,000,000 rows');
  const where = page.getByRole('textbox', { name: 'Condition, in SQL' });
  await where.fill('i % 100000 = 1');
  await where.press('Enter');
  await count(page, '10 of');
  await page.getByTitle('i: INTEGER').click();
  await page.getByTitle('i: INTEGER').click();
  await soon(async () => (await row(page, 1))[0]).toBe('900001');
  const save = async (format: string): Promise<Uint8Array> => {
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: format }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`big-rows.${format.toLowerCase()}`);
    await page.getByText(/10 rows, /).waitFor();
    return readFileSync(await download.path());
  };
  const read = {
    CSV: (bytes: Uint8Array) => fromCsv({ bytes }),
    Parquet: (bytes: Uint8Array) => fromParquet({ bytes }),
    Arrow: (bytes: Uint8Array) => fromArrow({ bytes }),
  };
  for (const [format, from] of Object.entries(read)) {
    const rows = await rowsOf(from(await save(format)));
    expect(rows.map(({ i }) => Number(i))).toEqual(
      [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((at) => at * 100_000 + 1),
    );
    expect(rows[0]).toMatchObject({ name: 'name 1', part: 225_000.25 });
  }
  expect(faults).toEqual([]);
  await page.close();
});

test('a million rows are written to a chosen file, slice by slice', async () => {
  const { page, faults } = await openBig('tables');
  await page.addInitScript(() => {
    Object.assign(globalThis, {
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true }),
    });
  });
  await page.reload();
  await count(page, '1,000,000 rows');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Parquet' }).click();
  await page.getByText(/big-rows\.parquet: 1,000,000 rows, /).waitFor({ timeout: 100_000 });
  const url = await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle('big-rows.parquet')).getFile();
    return new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.addEventListener('load', () => resolve(reader.result as string));
      reader.readAsDataURL(file);
    });
  });
  const bytes = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  const result = await rowsOf(fromParquet({ bytes, columns: ['i', 'k'] }));
  expect(result.length).toBe(1_000_000);
  expect(result.at(-1)).toEqual({ i: 999_999, k: 968_327 });
  expect(faults).toEqual([]);
  await page.close();
});

test('the tables of an earlier run are there as that left them', async () => {
  const { page, faults } = await openApp(context, `${app.origin}#/weather/tables`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await endOfRun(page);
  await page.getByRole('button', { name: 'Params' }).click();
  await page.getByRole('textbox', { name: 'wetMm' }).fill('5');
  await page.getByRole('textbox', { name: 'wetMm' }).press('Enter');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByTestId('run-status').filter({ hasText: '5 computed' }).waitFor();
  await page.getByRole('button', { name: /Step$/ }).click();
  await page.getByRole('option', { name: /^spells/ }).click();
  const rows = page.getByRole('status').filter({ hasText: / rows$/ });
  const now = await rows.textContent();
  await page.getByRole('button', { name: /As of$/ }).click();
  await page.getByRole('option').nth(1).click();
  await soon(() => rows.textContent()).not.toBe(now);
  await page.getByRole('button', { name: /As of$/ }).click();
  await page.getByRole('option', { name: /^now/ }).click();
  await soon(() => rows.textContent()).toBe(now);
  expect(faults).toEqual([]);
  await page.close();
});

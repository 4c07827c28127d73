import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definePipeline, memoryStore, sink, sql, step } from '@cairn/core';
import { createNodeRunner } from '@cairn/node';
import { toParquet } from '@cairn/plugins/parquet';
import type { Locator, Page } from 'playwright';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../browser/chromium.js';
import { editorText, endOfRun, openApp, useApp, waysToServe } from './app.js';
import { barriers } from './barriers.js';

const folder = temporaryFolder();
const orders =
  'id;customer;placed;total\n1;Ada;2024-01-02;12.5\n2;Alan;2024-01-05;7\n3;Ada;2024-02-01;\n4;Grace;2024-02-02;3.25\n';

beforeAll(() => writeParquet(join(folder, 'prices.parquet')));

async function writeParquet(path: string): Promise<void> {
  const prices = step(
    'prices',
    sql`select 'item ' || (n % 4) as item, (n / 4)::decimal(9, 2) as price, date '2024-03-01' + n::integer as day from range(1000) t(n)`,
  );
  const save = sink('save', prices, toParquet({ path }));
  const runner = createNodeRunner({ store: memoryStore() });
  await runner.run(definePipeline({ name: 'write', processes: { main: [prices, save] } }));
  await runner.close();
}

interface Dropped {
  readonly name: string;
  readonly bytes: Buffer;
}

const text = (name: string, content: string): Dropped => ({ name, bytes: Buffer.from(content) });

/** Drops files on the page, as a hand would. */
async function drop(page: Page, files: readonly Dropped[]): Promise<void> {
  const given = files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') }));
  const transfer = await page.evaluateHandle((all) => {
    const data = new DataTransfer();
    for (const { name, base64 } of all) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, given);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  await page.getByTestId('drop-here').waitFor();
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await page.getByTestId('drop-here').waitFor({ state: 'detached' });
}

const dialog = (page: Page): Locator => page.getByRole('dialog', { name: 'A pipeline of your files' });
const preview = (page: Page, file: string): Locator => dialog(page).locator(`section[data-file="${file}"]`);

async function make(page: Page): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Make the pipeline' }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

describe.each(waysToServe)('$name', ({ serve }) => {
  const app = useApp(serve);

  test('a CSV and a Parquet file that are dropped become a pipeline, which runs and is there after a reload', async () => {
    const { page, faults } = await openApp(app.context, app.origin);
    await drop(page, [
      text('Orders 2024.csv', orders),
      { name: 'prices.parquet', bytes: readFileSync(join(folder, 'prices.parquet')) },
    ]);
    await preview(page, 'Orders 2024.csv').getByText("CSV · with ';'").waitFor({ timeout: 60_000 });
    await preview(page, 'Orders 2024.csv').getByText('Grace').waitFor({ timeout: 60_000 });
    expect(await preview(page, 'Orders 2024.csv').locator('thead').innerText()).toMatch(
      /id BIGINT\s+customer VARCHAR\s+placed DATE\s+total DOUBLE/,
    );
    expect(await preview(page, 'Orders 2024.csv').locator('tbody tr').allInnerTexts()).toEqual([
      '1\tAda\t2024-01-02\t12.5',
      '2\tAlan\t2024-01-05\t7',
      '3\tAda\t2024-02-01\tnull',
      '4\tGrace\t2024-02-02\t3.25',
    ]);
    expect(await preview(page, 'prices.parquet').locator('thead').innerText()).toMatch(
      /price DECIMAL\(9,2\)/,
    );
    expect(await preview(page, 'prices.parquet').locator('tbody tr').nth(1).innerText()).toBe(
      'item 1\t0.25\t2024-03-02',
    );
    expect(await barriers(page)).toEqual([]);
    await dialog(page).getByRole('textbox', { name: 'Name' }).fill('Shop');
    await make(page);

    await page.getByRole('heading', { name: 'Shop' }).waitFor();
    expect(await editorText(page)).toContain(
      'from: { type: csv, path: "data/Orders 2024.csv", delimiter: ";" }'.replaceAll("'", '"'),
    );
    await page.getByText('1 of 3 steps').waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
    expect(await endOfRun(page)).toContain('1 computed, 2 reused');
    await page.getByRole('tab', { name: 'Steps' }).click();
    expect(await page.locator('tr[data-step=by_customer]').innerText()).toContain('3');

    await page.reload();
    await page.getByText('Nothing to do: all is stored').waitFor();
    await page.getByRole('button', { name: 'More ways to run' }).click();
    await page.getByRole('menuitem', { name: 'Run everything again' }).click();
    expect(await endOfRun(page)).toContain('3 computed');
    expect(faults).toEqual([]);
    await page.close();
  });
});

describe('the build, given other files', () => {
  const app = useApp();

  test('a file that is broken says where, and the others go on without it', async () => {
    const { page, faults } = await openApp(app.context, `${app.origin}#/weather`);
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).waitFor();
    await drop(page, [
      text('broken.csv', 'a,b\n1,2\n3,4,5\n'),
      text('book.xlsx', 'PK\u0003\u0004nonsense'),
      text('events.ndjson', '{"at": "now", "tags": [1]}\n{"at": "then", "tags": []}\n'),
    ]);
    await preview(page, 'broken.csv')
      .getByText(/broken\.csv.*line 3|line 3.*broken\.csv/s)
      .waitFor({ timeout: 60_000 });
    await preview(page, 'book.xlsx').getByText('ZIP archive, or a spreadsheet').waitFor();
    await preview(page, 'events.ndjson').getByText('2 rows').waitFor();
    await dialog(page).getByRole('button', { name: 'Make it without what failed' }).click();
    await page.getByRole('heading', { name: 'broken and more' }).waitFor();
    expect(await editorText(page)).not.toContain('broken.csv');
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
    expect(await endOfRun(page)).toContain('Done');
    expect(faults).toEqual([]);
    await page.close();
  });

  test('files are chosen with the keyboard alone too; projects are renamed, and deleted when one is sure', async () => {
    const { page, faults } = await openApp(app.context, app.origin);
    writeFileSync(
      join(folder, 'people.json'),
      '{"people": [{"name": "Ada", "born": 1815}, {"name": "Alan", "born": 1912}]}',
    );
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files' }).focus();
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(join(folder, 'people.json'));
    await preview(page, 'people.json').getByText('rows at /people').waitFor({ timeout: 60_000 });
    await preview(page, 'people.json').getByText('1912').waitFor({ timeout: 60_000 });
    await make(page);
    await page.getByRole('link', { name: 'Cairn: all examples' }).click();

    const row = (title: string): Locator => page.getByRole('listitem').filter({ hasText: title });
    await row('people').getByRole('button', { name: 'Rename or delete people' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Pioneers');
    await page.keyboard.press('Enter');
    await row('Pioneers').waitFor();
    await page.getByRole('button', { name: 'Rename or delete Pioneers' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Keep it' }).click();
    await row('Pioneers').waitFor();
    await page.getByRole('button', { name: 'Rename or delete Pioneers' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await row('Pioneers').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await page.close();
  });

  test('a pipeline that is dropped is opened with the files that it names, and one can begin with nothing', async () => {
    const { page, faults } = await openApp(app.context, app.origin);
    const pipeline =
      'name: letters\nprocesses:\n  main:\n    - source: letters\n      from: { type: csv, path: in/letters.csv }\n    - step: count\n      sql: select count(*) as n from letters\n';
    await drop(page, [text('letters.yaml', pipeline), text('letters.csv', 'letter\na\nb\n')]);
    await page.getByRole('heading', { name: 'letters' }).waitFor();
    await page.getByText('1 to 2 of 2 steps').waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
    expect(await endOfRun(page)).toContain('2 computed');

    await page.getByRole('link', { name: 'Cairn: all examples' }).click();
    await page.getByRole('button', { name: 'New empty pipeline' }).click();
    await page.getByRole('heading', { name: 'Untitled' }).waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
    expect(await endOfRun(page)).toContain('1 computed');
    expect(faults).toEqual([]);
    await page.close();
  });

  test('a large file stays where it is, and is asked for again after a reload', async () => {
    // In place of the browser's own questions, which a test cannot answer: the handles are real ones.
    await app.context.addInitScript(() => {
      interface Asking {
        queryPermission?(): Promise<PermissionState>;
        requestPermission?(): Promise<PermissionState>;
      }
      let state: PermissionState = sessionStorage.getItem('opened') === null ? 'granted' : 'prompt';
      sessionStorage.setItem('opened', '');
      const handles = FileSystemFileHandle.prototype as FileSystemFileHandle & Asking;
      const { getFile } = handles;
      handles.queryPermission = async () => state;
      handles.requestPermission = async () => {
        state = 'granted';
        return state;
      };
      handles.getFile = async function read(this: FileSystemFileHandle) {
        if (this.name === 'large.csv' && state !== 'granted')
          throw new DOMException('ask first', 'NotAllowedError');
        return getFile.call(this);
      };
      Object.assign(DataTransferItem.prototype, {
        getAsFileSystemHandle: async () =>
          (await navigator.storage.getDirectory()).getFileHandle('large.csv'),
      });
    });
    const { page, faults } = await openApp(app.context, app.origin);
    const transfer = await page.evaluateHandle(async () => {
      const folder = await navigator.storage.getDirectory();
      const handle = await folder.getFileHandle('large.csv', { create: true });
      const writable = await handle.createWritable();
      const line = `kind,${'x'.repeat(32_000)}\n`;
      await writable.write(`a,b\n${line.repeat(2200)}`);
      await writable.close();
      const data = new DataTransfer();
      data.items.add(await handle.getFile());
      return data;
    });
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await preview(page, 'large.csv').getByText('2,200 rows').waitFor({ timeout: 100_000 });
    await make(page);
    await page.getByRole('heading', { name: 'large' }).waitFor();
    const copies = await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const names: string[] = [];
      const projects = await root.getDirectoryHandle('cairn-playground', { create: true });
      for await (const [name, folder] of projects)
        if (name.startsWith('large') && folder instanceof FileSystemDirectoryHandle)
          for await (const file of folder.keys()) names.push(file);
      return names;
    });
    expect(copies).toEqual([]);

    await page.reload();
    await page.getByTestId('locked-files').filter({ hasText: 'large.csv' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Allow reading' }).click();
    await page.getByTestId('locked-files').waitFor({ state: 'detached' });
    await page.getByRole('banner').getByRole('button', { name: 'Run', exact: true }).click();
    expect(await endOfRun(page)).toContain('Done');
    expect(faults).toEqual([]);
    await page.close();
  });
});

import { describe, expect, test } from 'vitest';
import { endOfRun, openApp, useApp, waysToServe } from './app.js';

describe.each(waysToServe)('$name', ({ serve }) => {
  const app = useApp(serve);

  test('one click runs an example, a second run reuses all, and so does one after a reload', async () => {
    const { page, faults } = await openApp(app.context, app.origin);
    await page.getByRole('button', { name: 'Run Seattle weather' }).click();
    expect(await endOfRun(page)).toContain('6 computed');
    expect(page.url()).toBe(`${app.origin}#/weather`);

    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('6 reused').waitFor();
    await page.reload();
    await page.getByText('Nothing to do: all is stored').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    expect(await endOfRun(page)).toContain('6 reused');
    expect(faults).toEqual([]);
    await page.close();
  });
});

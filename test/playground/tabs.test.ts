import type { Locator, Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { editorText, endOfRun, openApp, pasteText, useApp, waysToServe } from './app.js';

const runButton = (page: Page): Locator =>
  page.getByRole('banner').getByRole('button', { name: 'Run', exact: true });
const status = (page: Page): Locator => page.getByTestId('run-status');

async function edit(page: Page, from: string, to: string): Promise<void> {
  await pasteText(page, (await editorText(page)).replaceAll(from, to));
}

describe.each(waysToServe)('$name', ({ serve }) => {
  const app = useApp(serve);

  test('a second tab watches, can begin nothing, and takes over when the first one is closed', async () => {
    const { page, faults } = await openApp(app.context, `${app.origin}#/flights/steps`);
    const { page: other, faults: others } = await openApp(app.context, `${app.origin}#/flights/steps`);
    await Promise.all([runButton(page).waitFor(), runButton(other).waitFor()]);
    // So that there is time to close the tab: a median over so many flights takes seconds.
    await edit(page, '0.1 preceding and 0.1 following', '0.2 preceding and 0.2 following');
    await edit(page, 'avg(delay) over', 'median(delay) over');
    await expect.poll(() => editorText(other)).toContain('median(delay) over');
    await page.getByText('6 steps').first().waitFor();

    await runButton(page).click();
    await status(other).filter({ hasText: 'Running in another tab' }).waitFor({ timeout: 60_000 });
    expect(await runButton(other).isDisabled()).toBe(true);
    expect(await other.getByRole('button', { name: 'More ways to run' }).isDisabled()).toBe(true);
    await other.getByText('takes over when that one is closed').waitFor();
    await other.getByRole('button', { name: 'Break it' }).click();
    await other.getByText('break it there').waitFor();
    await other.keyboard.press('Escape');
    await other.locator('tr[data-step=late][data-status=complete]').waitFor({ timeout: 60_000 });

    await page.close();
    await status(other).filter({ hasText: 'Took over from a closed tab' }).waitFor({ timeout: 60_000 });
    const ended = await endOfRun(other);
    expect(ended).toMatch(/[2345] reused/);
    expect(ended).toContain('Done');
    expect([...faults, ...others]).toEqual([]);
    await other.close();
  });

  test('a text that two tabs change at once is lost in neither', async () => {
    const { page, faults } = await openApp(app.context, `${app.origin}#/weather`);
    // A tab that was frozen hears nothing until it is too late.
    await app.context.addInitScript(() => {
      if (!location.search.includes('deaf')) return;
      const { addEventListener } = BroadcastChannel.prototype;
      BroadcastChannel.prototype.addEventListener = function listen(
        this: BroadcastChannel,
        ...all: unknown[]
      ) {
        if (this.name.endsWith('projects')) return;
        Reflect.apply(addEventListener, this, all);
      };
    });
    const { page: deaf, faults: others } = await openApp(app.context, `${app.origin}?deaf#/weather`);
    await Promise.all([runButton(page).waitFor(), runButton(deaf).waitFor()]);
    await edit(page, 'description: The usual weather', 'description: Usual weather');
    await edit(deaf, 'name: weather', 'name: seattle');
    await deaf.getByTestId('changed-elsewhere').filter({ hasText: '2 lines there differ' }).waitFor();
    expect(await editorText(page)).toContain('name: weather');
    await deaf.getByRole('button', { name: 'Keep mine' }).click();
    await deaf.getByTestId('changed-elsewhere').waitFor({ state: 'detached' });
    await expect.poll(() => editorText(page)).toContain('name: seattle');

    await edit(page, 'name: seattle', 'name: rain');
    await edit(deaf, 'name: seattle', 'name: sun');
    await deaf.getByRole('button', { name: 'Take the other' }).click();
    expect(await editorText(deaf)).toContain('name: rain');
    await page.reload();
    expect(await editorText(page)).toContain('name: rain');
    expect([...faults, ...others]).toEqual([]);
    await Promise.all([page.close(), deaf.close()]);
  });
});

import type { BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPage, launch } from './chromium.js';
import { doneSteps, openPage, type TestPage } from './pages.js';
import { serve, strictPolicy, type Served } from './serve.js';

let served: Served;
let context: BrowserContext;

beforeAll(async () => {
  served = await serve(await buildPage('./page'), { 'content-security-policy': strictPolicy });
  context = await launch();
});
afterAll(async () => {
  await context.close();
  await served.close();
});

const tabs = (count: number): Promise<TestPage[]> =>
  Promise.all(Array.from({ length: count }, () => openPage(context, served.origin)));

interface Seen {
  readonly running: string;
  readonly status: string;
  readonly steps: Readonly<Record<string, string>>;
}
const seenIn = ({ page }: TestPage): Promise<Seen> =>
  page.evaluate(() => {
    const { running, status, run } = window.cairnShared.view.getSnapshot();
    const steps = Object.fromEntries([...(run?.steps ?? [])].map(([name, step]) => [name, step.status]));
    return { running, status, steps };
  });
const waitUntil = (page: Page, running: string): Promise<unknown> =>
  page.waitForFunction((where) => window.cairnShared.running === where, running, { timeout: 60_000 });
const takeOver = ({ page }: TestPage, database: string): Promise<void> =>
  page.evaluate((name) => {
    window.cairnShared.onVacant(async (vacancy) => {
      if (await vacancy.take()) await window.cairnRun({ database: name, share: true });
    });
  }, database);

test('a second tab shows the run live, and a third that is closed in the middle does not disturb it', async () => {
  const [first, second, third] = (await tabs(3)) as [TestPage, TestPage, TestPage];
  const running = first.run({ database: 'watched', share: true });
  for (const { page } of [second, third]) await waitUntil(page, 'elsewhere');
  await third.page.close();
  expect((await running).error).toBeUndefined();
  await waitUntil(second.page, 'nowhere');
  const whole = await seenIn(first);
  expect(Object.values(whole.steps)).toEqual(Array(4).fill('complete'));
  expect(await seenIn(second)).toEqual(whole);
  for (const { page } of [first, second]) await page.close();
});

test.each(['closed', 'reloaded', 'crashed'])(
  'when the tab that runs is %s, one of the others goes on where it was',
  async (how) => {
    const [first, second] = (await tabs(2)) as [TestPage, TestPage];
    const database = `vacant-${how}`;
    first.start({ database, share: true, stop: { at: 16, when: 'after' } });
    await first.hears('stopped');
    // It comes in the middle, and is told what has happened so far.
    const third = await openPage(context, served.origin);
    for (const tab of [second, third]) {
      await waitUntil(tab.page, 'elsewhere');
      await takeOver(tab, database);
    }
    const { running, ...seen } = await seenIn(first);
    expect(running).toBe('here');
    expect(await seenIn(third)).toEqual({ running: 'elsewhere', ...seen });
    const done = doneSteps(first.said);
    expect(done).toContain('numbers');
    if (how === 'closed') await first.page.close();
    else if (how === 'reloaded') await first.page.reload();
    else await first.page.goto('chrome://crash').catch(() => undefined);
    const reports = async (): Promise<readonly { readonly outcomes: Readonly<Record<string, string>> }[]> =>
      (await Promise.all([second, third].map(({ page }) => page.evaluate(() => window.cairnReports)))).flat();
    await expect.poll(async () => (await reports()).length, { timeout: 60_000 }).toBe(1);
    const [report] = await reports();
    expect(Object.keys(report?.outcomes ?? {})).toHaveLength(4);
    for (const step of done) expect(report?.outcomes[step]).toBe('reused');
    for (const { page } of [second, third]) await waitUntil(page, 'nowhere');
    expect((await seenIn(third)).status).toBe('success');
    expect(await seenIn(second)).toEqual(await seenIn(third));
    const before = await second.page.evaluate(() => window.cairnShared.view.getSnapshot().previous?.status);
    expect(before).toBe('interrupted');
    for (const page of context.pages()) await page.close();
  },
);

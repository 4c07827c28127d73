import type { BrowserContext, CDPSession } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage, launch, temporaryFolder } from './chromium.js';
import { doneSteps, openPage, type TestPage } from './pages.js';
import { serve, type Served } from './serve.js';

let served: Served;
let context: BrowserContext;
let contentHash: string | undefined;

beforeAll(async () => {
  // A sandboxed frame is of no origin, and asks for the page's scripts as a stranger does.
  served = await serve(await buildPage('./page'), { 'access-control-allow-origin': '*' });
  context = await launch(undefined, ['--host-resolver-rules=MAP cairn.test 127.0.0.1']);
  const page = await openPage(context, served.origin);
  contentHash = (await page.run({ database: 'undisturbed' })).contentHash;
  expect(contentHash).toMatch(/^[0-9a-f]{64}$/);
  await page.page.close();
});
afterAll(async () => {
  await context.close();
  await served.close();
});

const pages = async (): Promise<[TestPage, TestPage]> => [
  await openPage(context, served.origin),
  await openPage(context, served.origin),
];

describe('two tabs on one database', () => {
  test('exclude each other from a task: the second learns at once who holds it', async () => {
    const [first, second] = await pages();
    first.start({ database: 'one-task', stop: { at: 5, when: 'after' } });
    await first.hears('stopped');
    const refused = await second.run({ database: 'one-task' });
    expect(refused.error?.code).toBe('task_bound');
    expect(refused.error?.message).toContain(`a tab at ${served.origin}`);
    for (const { page } of [first, second]) await page.close();
  });

  test('run two tasks at once, and neither harms the other', async () => {
    const [first, second] = await pages();
    const reports = await Promise.all([
      first.run({ database: 'two-tasks', correlationId: 'a' }),
      second.run({ database: 'two-tasks', correlationId: 'b' }),
    ]);
    expect(reports.map((report) => report.contentHash)).toEqual([contentHash, contentHash]);
    for (const { page } of [first, second]) await page.close();
  });

  test('wait for each other where that is asked for', async () => {
    const [first, second] = await pages();
    first.start({ database: 'waited-for' });
    await first.hears('start numbers');
    const waiting = second.run({ database: 'waited-for', wait: true });
    await first.hears('end grouped');
    expect(second.said).not.toContain('start numbers');
    await first.page.close();
    const report = await waiting;
    expect(report.contentHash).toBe(contentHash);
    for (const step of doneSteps(first.said)) expect(report.outcomes[step]).toBe('reused');
    await second.page.close();
  });

  test('lose a task that is taken by force: the run ends, and commits nothing more', async () => {
    const [first, second] = await pages();
    const losing = first.run({ database: 'stolen' });
    await first.hears('start numbers');
    await second.page.evaluate((database) => window.cairnSteal(database), 'stolen');
    const lost = await losing;
    expect([lost.error?.code, lost.error?.cause]).toEqual(['run_failed', 'lease_lost']);
    expect(doneSteps(first.said)).toEqual([]);
    expect((await second.run({ database: 'stolen' })).contentHash).toBe(contentHash);
    for (const { page } of [first, second]) await page.close();
  });

  test('hand a task over when the first is closed', async () => {
    const [first, second] = await pages();
    first.start({ database: 'handed-over' });
    await first.hears('end numbers');
    await first.page.close();
    const report = await second.run({ database: 'handed-over' });
    expect(report.contentHash).toBe(contentHash);
    for (const step of doneSteps(first.said)) expect(report.outcomes[step]).toBe('reused');
    await second.page.close();
  });
});

describe('what the browser does to a page', () => {
  const commits = (said: readonly string[]): string[] => doneSteps(said).toSorted();

  test('frozen and thawed, its run goes on and commits each step once', async () => {
    const page = await openPage(context, served.origin);
    const session: CDPSession = await context.newCDPSession(page.page);
    page.start({ database: 'frozen' });
    await page.hears('start numbers');
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await page.hears('writes');
    expect(commits(page.said)).toEqual(['grouped', 'last', 'numbers', 'rows']);
    expect(await page.page.evaluate(() => window.cairnReports.map((report) => report.contentHash))).toEqual([
      contentHash,
    ]);
    await page.page.close();
  });

  test('left and come back to, it is the same page, and its run goes on', async () => {
    const page = await openPage(context, served.origin);
    page.start({ database: 'left' });
    await page.hears('end numbers');
    await page.page.goto('data:text/html,elsewhere');
    await page.page.goBack({ waitUntil: 'commit' });
    await page.page.waitForFunction(() => window.cairnReports.length > 0, undefined, { timeout: 60_000 });
    const [report] = await page.page.evaluate(() => window.cairnReports);
    expect(report?.contentHash).toBe(contentHash);
    expect(Object.values(report?.outcomes ?? {})).toEqual(Array(4).fill('complete'));
    const again = await page.run({ database: 'left' });
    expect(Object.values(again.outcomes)).toEqual(Array(4).fill('reused'));
    await page.page.close();
  });

  test('out of quota, it says so with usage and quota, and what was there before is still read', async () => {
    // The browser remembers for a while how much space it found, so it is started anew.
    const profile = temporaryFolder();
    const first = await launch(profile);
    const before = await openPage(first, served.origin);
    expect((await before.run({ database: 'quota' })).contentHash).toBe(contentHash);
    await first.close();

    const second = await launch(profile);
    const page = await openPage(second, served.origin);
    const session = await second.newCDPSession(page.page);
    await session.send('Storage.overrideQuotaForOrigin', { origin: served.origin, quotaSize: 1_000_000 });
    try {
      const full = await page.run({ database: 'no-room' });
      expect(full.error?.cause ?? full.error?.code).toBe('quota_exceeded');
      expect(full.error?.message).toMatch(/\d+ of \d+ bytes are used/);
      expect(await page.page.evaluate(() => window.cairnRead('quota'))).toBeGreaterThan(16_000_000);
    } finally {
      await session.send('Storage.overrideQuotaForOrigin', { origin: served.origin });
    }
    await second.close();

    const third = await launch(profile);
    const after = await openPage(third, served.origin);
    const report = await after.run({ database: 'quota' });
    expect(report.contentHash).toBe(contentHash);
    expect(Object.values(report.outcomes)).toEqual(Array(4).fill('reused'));
    await third.close();
  });
});

describe('where there is no storage', () => {
  test('a sandboxed frame is told that its storage is refused', async () => {
    const { page } = await openPage(context, served.origin);
    await page.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', 'allow-scripts');
      frame.src = '/';
      document.body.append(frame);
      return new Promise((resolve) => frame.addEventListener('load', resolve));
    });
    const frame = page.frames()[1];
    await frame?.waitForFunction(() => 'cairnRun' in window);
    const report = await frame?.evaluate(() => window.cairnRun({ database: 'sandboxed' }));
    expect(report?.error?.code).toBe('storage_refused');
    expect(report?.error?.message).toContain('memoryStore()');
    await page.close();
  });

  test('a page without a secure context is refused at creation', async () => {
    const page = await openPage(context, `http://cairn.test:${served.port}/`);
    expect((await page.run({ database: 'insecure' })).error?.code).toBe('insecure_context');
    await page.page.close();
  });
});

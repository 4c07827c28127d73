import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage, launch, temporaryFolder } from './chromium.js';
import { doneSteps, openPage } from './pages.js';
import type { Order, Report } from './page/main.js';
import { serve, strictPolicy, type Served } from './serve.js';

let served: Served;
let context: BrowserContext;
/** By default, some of the writes; with this, every one. */
const isAll = process.env['CAIRN_CRASH'] === 'all';
/** What an undisturbed run comes to, and how many writes it does. */
let expected: Report;
let writes: number;

beforeAll(async () => {
  served = await serve(await buildPage('./page'), { 'content-security-policy': strictPolicy });
  context = await launch();
  const page = await openPage(context, served.origin);
  expected = await page.run({ database: 'undisturbed' });
  writes = Number((await page.hears('writes')).split(' ')[1]);
  await page.page.close();
});
afterAll(async () => {
  await context.close();
  await served.close();
});

/** Resumes in a new page and holds it to the promises. */
async function resume(on: BrowserContext, database: string, said: readonly string[]): Promise<void> {
  const page = await openPage(on, served.origin);
  const report = await page.run({ database });
  expect(report.error, report.error?.message).toBeUndefined();
  expect(report.contentHash).toBe(expected.contentHash);
  for (const step of doneSteps(said)) expect(report.outcomes[step], step).toBe('reused');
  await page.page.close();
}

test('an undisturbed run computes all, and writes what the kills are counted by', () => {
  expect(Object.values(expected.outcomes)).toEqual(Array(4).fill('complete'));
  expect(writes).toBeGreaterThan(12);
});

describe('a page closed', () => {
  test('before the first write and after others loses nothing that was done', async () => {
    const every = Array.from({ length: writes }, (_, index) => ({ at: index + 1, when: 'after' }) as const);
    const stops = every.filter(({ at }) => isAll || at % 4 === 1);
    for (const stop of [{ at: 1, when: 'before' } as const, ...stops]) {
      const database = `closed-${stop.at}-${stop.when}`;
      const page = await openPage(context, served.origin);
      page.start({ database, stop });
      await page.hears('stopped');
      await page.page.close();
      await resume(context, database, page.said);
    }
  }, 400_000);

  test('again and again, at each write in turn, comes to the same in the end', async () => {
    const said: string[] = [];
    for (let at = 1; at < writes; at += isAll ? 1 : 5) {
      const page = await openPage(context, served.origin);
      page.start({ database: 'again', stop: { at: Math.min(at, 5), when: 'after' } });
      await Promise.race([page.hears('stopped'), page.hears('writes')]);
      said.push(...page.said);
      await page.page.close();
    }
    await resume(context, 'again', said);
  }, 120_000);

  test('in the middle of a step', async () => {
    const page = await openPage(context, served.origin);
    page.start({ database: 'middle' });
    await page.hears('start numbers');
    await page.page.waitForTimeout(300);
    await page.page.close();
    await resume(context, 'middle', page.said);
  });
});

describe('a browser killed', () => {
  /** The process of the browser that has a profile, which its lock names as host-pid. */
  const pidOf = (profile: string): number =>
    Number(readlinkSync(join(profile, 'SingletonLock')).split('-').at(-1));

  const kill = async (order: Order, until: string, pause = 0): Promise<void> => {
    const profile = temporaryFolder();
    const first = await launch(profile);
    const page = await openPage(first, served.origin);
    page.start(order);
    await page.hears(until);
    await page.page.waitForTimeout(pause);
    const pid = pidOf(profile);
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain(profile);
    const gone = new Promise((resolve) => first.once('close', resolve));
    process.kill(pid, 'SIGKILL');
    await gone;
    const second = await launch(profile);
    await resume(second, order.database, page.said);
    await second.close();
  };

  test('in the middle of a step', () => kill({ database: 'step' }, 'start grouped', 50));

  test('at the writes of a commit: in the middle of its parts, before and after its record', async () => {
    // Of the first step: the task's record and the run's, its parts, the commit, the cache entry.
    for (const at of isAll ? [3, 5, 6, 7] : [5, 7])
      await kill({ database: 'commit', stop: { at, when: 'after' } }, 'stopped');
  }, 120_000);
});

// Takes the playground's screenshots, of what is built: light, dark and narrow. `npm run playground:shots -- <folder>`.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { chromiumArgs, findChromium } from './find-chromium.mjs';

const folder = resolve(process.argv[2] ?? 'out/shots');
mkdirSync(folder, { recursive: true });

const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  { name: 'narrow', colorScheme: 'light', viewport: { width: 360, height: 740 } },
];

const server = await preview({
  root: 'playground',
  preview: { host: 'localhost', port: 0 },
  logLevel: 'error',
});
const origin = server.resolvedUrls.local[0];
const browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumArgs });
try {
  for (const { name, ...options } of looks) {
    const context = await browser.newContext({ ...options, deviceScaleFactor: 2, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(`${name}: ${message.text()}`);
    });
    page.on('pageerror', (error) => console.error(`${name}: ${error}`));
    const shot = async (what) => {
      await page.screenshot({ path: `${folder}/${what}-${name}.png` });
    };
    const status = (words) => page.getByTestId('run-status').filter({ hasText: words }).waitFor();
    const run = page.getByRole('banner').getByRole('button', { name: 'Run', exact: true });
    const show = async (example, panel) => {
      await page.goto(`${origin}#/${example}/${panel}`);
      await page.waitForTimeout(1500);
    };

    await page.goto(origin);
    await page.getByRole('heading', { name: 'Examples' }).waitFor();
    await shot('start');

    await show('earthquakes', 'graph');
    await run.click();
    await status('9 computed');
    await page.getByRole('button', { name: 'Break it' }).click();
    const choices = page.getByRole('dialog', { name: 'Break it' });
    await choices.getByRole('radio', { name: 'Throw in a transform' }).check({ force: true });
    await shot('break');
    await choices.getByRole('button', { name: 'Run and break' }).click();
    await status('1 failed');
    await page.waitForTimeout(500);
    await shot('failed');
    await page.getByRole('button', { name: 'Resume' }).click();
    await status('same result');
    for (const panel of ['timeline', 'graph', 'history', 'checks', 'storage']) {
      await show('earthquakes', panel);
      await shot(`resumed-${panel}`);
    }

    await show('flights', 'graph');
    await run.click();
    await status('6 computed');
    for (const panel of ['tables', 'chart', 'sql', 'steps', 'pipeline']) {
      await show('flights', panel);
      await shot(`flights-${panel}`);
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
console.log(`screenshots: ${folder}`);

// What Cairn does in Chromium: storing a part against a bare Blob put of the same bytes, in turns, and the 3,000,000
// flights with checkpoints, with the longest time that the page stood still. Build first; then: node bench/browser.mjs
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { build, preview } from 'vite';
import { chromiumArgs, findChromium } from '../scripts/find-chromium.mjs';

const folder = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
const root = new URL('browser', import.meta.url).pathname;
const options = {
  root,
  logLevel: 'error',
  build: { outDir: join(folder, 'page'), chunkSizeWarningLimit: 2000 },
};
await build(options);
const server = await preview({ ...options, preview: { host: 'localhost', port: 0 } });
const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
  executablePath: await findChromium(),
  args: chromiumArgs,
});
try {
  const open = async () => {
    const page = await context.newPage();
    await page.goto(server.resolvedUrls.local[0]);
    await page.waitForFunction(() => 'cairnBench' in window);
    return page;
  };
  const page = await open();
  const put = await page.evaluate(() => window.cairnBench.putParts(15));
  console.log(
    `synced put of 16 MiB: ${(put.bare / put.store).toFixed(2)} x the speed of a bare put (${put.bare.toFixed(0)} ms bare, ${put.store.toFixed(0)} ms store)`,
  );
  await page.close();

  for (const [pass, database] of [
    ['first pass, cold', 'flights-1'],
    ['second pass, another database', 'flights-2'],
    ['third pass, all reused', 'flights-2'],
  ]) {
    const fresh = await open();
    const report = await fresh.evaluate((name) => window.cairnBench.runFlights(name), database);
    const { seconds, steps, contentHash, longTasks } = report;
    console.log(`\nflights, 3,000,000 rows, ${pass}: ${seconds.toFixed(1)} s, ${contentHash?.slice(0, 12)}`);
    for (const { name, outcome, ms, bytes } of steps)
      console.log(
        `  ${name.padEnd(10)} ${outcome.padEnd(9)} ${String(ms).padStart(6)} ms ${(bytes / 1e6).toFixed(1).padStart(8)} MB`,
      );
    console.log(
      `  longest main-thread task: ${longTasks[0]?.ms ?? 'under 50'} ms; over 50 ms: ${longTasks.length}`,
    );
    for (const { ms, during } of longTasks) console.log(`    ${ms} ms during ${during || 'no step'}`);
    await fresh.close();
  }
} finally {
  await context.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

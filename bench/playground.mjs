// The playground as built, in Chromium: when a first visit sees something, and for how long the page stands still at most
// while it runs 3,000,000 flights from a file of its own, with the graph and then with the list of steps in sight.
// `npm run playground:measure`, or after a build: node bench/playground.mjs
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { chromiumArgs, findChromium } from '../scripts/find-chromium.mjs';

const root = fileURLToPath(new URL('../playground', import.meta.url));
const data = fileURLToPath(new URL('../node_modules/vega-datasets/data/', import.meta.url));
const files = ['flights-3m.parquet', 'airports.csv'];
const visits = Number(process.env['VISITS'] ?? 5);

const yaml = `name: measured
processes:
  ingest:
    - source: flights
      from: { type: parquet, path: flights-3m.parquet }
    - source: airports
      from: { type: csv, path: airports.csv }
  report:
    - step: delayed
      sql: select date, delay, distance, origin from flights where delay >= 15
    - step: located
      sql: select d.*, a.name as airport, a.state from delayed d join airports a on a.iata = d.origin
    - step: by_hour
      sql: |
        select origin, airport, state, hour(date) as hour, count(*) as flights, avg(delay) as mean_delay
        from located group by all having count(*) >= 200
    - step: ranked
      sql: |
        select *, row_number() over (partition by origin order by mean_delay desc, hour) as rank
        from by_hour qualify rank = 1 order by mean_delay desc, origin
`;

const folder = await mkdtemp(join(tmpdir(), 'cairn-playground-'));
const server = await preview({ root, logLevel: 'error', preview: { host: 'localhost', port: 0 } });
const origin = server.resolvedUrls.local[0];
const executablePath = await findChromium();
let profiles = 0;
const launch = () =>
  chromium.launchPersistentContext(join(folder, `profile-${(profiles += 1)}`), {
    executablePath,
    args: chromiumArgs,
    viewport: { width: 1280, height: 800 },
  });

/** Milliseconds until a browser that has never been here shows something. */
async function firstPaint() {
  const context = await launch();
  const page = await context.newPage();
  await page.goto(origin);
  await page.getByRole('heading', { name: 'Examples' }).waitFor();
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  );
  await context.close();
  return paint;
}

/** Puts a project where the app keeps them, with files of its own. */
async function makeProject(page, id) {
  await page.evaluate(() => {
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', multiple: true, id: 'measured-files' });
    document.body.append(input);
  });
  await page.setInputFiles(
    '#measured-files',
    files.map((file) => join(data, file)),
  );
  await page.evaluate(
    async ([project, text]) => {
      const opfs = await navigator.storage.getDirectory();
      const projects = await opfs.getDirectoryHandle('cairn-playground', { create: true });
      const own = await projects.getDirectoryHandle(project, { create: true });
      for (const file of document.querySelector('#measured-files').files) {
        const handle = await own.getFileHandle(file.name, { create: true });
        await file.stream().pipeTo(await handle.createWritable());
      }
      await new Promise((resolve, reject) => {
        const asked = indexedDB.open('cairn-playground-projects');
        asked.addEventListener('error', () => reject(asked.error));
        asked.addEventListener('success', () => {
          const change = asked.result.transaction('projects', 'readwrite');
          change
            .objectStore('projects')
            .put({ id: project, title: 'Measured', yaml: text, params: {} }, project);
          change.addEventListener('complete', () => {
            asked.result.close();
            resolve();
          });
        });
      });
    },
    [id, yaml],
  );
}

/**
 * Watches how long the tasks of a page's thread take, and how much of that it computes: the rest it waits for a processor,
 * which on a busy machine may be most of it. `end` tells of each task the milliseconds of both.
 */
async function watchThread(context, page) {
  const session = await context.newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const traceConfig = { includedCategories: ['toplevel', 'blink.user_timing'] };
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  await page.evaluate(() => performance.mark('cairn-measured'));
  return {
    async end() {
      const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
      await session.send('Tracing.end');
      await complete;
      const { pid, tid } = events.find(({ name }) => name === 'cairn-measured') ?? {};
      return events
        .filter((one) => one.pid === pid && one.tid === tid && one.name === 'ThreadControllerImpl::RunTask')
        .map(({ dur, tdur }) => ({ ms: dur / 1000, computed: (tdur ?? 0) / 1000 }));
    },
  };
}

/** Runs the project, and tells every task of the page's thread of more than 50 ms since the page was opened. */
async function run(context, id, panel) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      const during = document.querySelector('[data-testid=run-status]')?.textContent ?? 'opening';
      for (const { startTime, duration } of list.getEntries())
        window.longTasks.push({ at: startTime, ms: Math.round(duration), during });
    }).observe({ type: 'longtask' });
  });
  await page.goto(`${origin}#/${id}/${panel}`);
  await page.locator('[data-step=ranked]').first().waitFor();
  await page
    .getByText(/steps would run|all is stored/)
    .first()
    .waitFor();
  const thread = await watchThread(context, page);
  const begin = await page.evaluate(() => performance.now());
  await page.getByRole('button', { name: 'More ways to run' }).click();
  await page.getByRole('menuitem', { name: 'Run everything again' }).click();
  const status = page.getByTestId('run-status').filter({ hasText: /Done|Failed|Canceled/ });
  await status.waitFor({ timeout: 600_000 });
  const words = await status.textContent();
  await page.waitForTimeout(500);
  const tasks = await page.evaluate(() => window.longTasks);
  const computed = (await thread.end()).reduce((most, task) => Math.max(most, task.computed), 0);
  await page.close();
  return {
    words,
    before: tasks.filter(({ at }) => at < begin),
    tasks: tasks.filter(({ at }) => at >= begin),
    computed: Math.round(computed),
  };
}

const longest = (tasks) => tasks.reduce((most, { ms }) => Math.max(most, ms), 0) || 'under 50';

try {
  const paints = [];
  for (let visit = 0; visit < visits; visit += 1) paints.push(Math.round(await firstPaint()));
  const median = paints.toSorted((one, other) => one - other)[Math.floor(visits / 2)];
  console.log(`first contentful paint of a first visit: ${median} ms (${paints.join(', ')})`);

  const context = await launch();
  const page = await context.newPage();
  await page.goto(origin);
  await page.getByRole('heading', { name: 'Examples' }).waitFor();
  await makeProject(page, 'measured');
  await page.close();
  for (const panel of ['graph', 'steps']) {
    const { words, before, tasks, computed } = await run(context, 'measured', panel);
    console.log(`\n3,000,000 flights, ${panel} in sight: ${words}`);
    console.log(
      `  longest task while it ran: ${longest(tasks)} ms; over 50 ms: ${tasks.length}; most computed in one: ${computed} ms`,
    );
    for (const { ms, during } of tasks) console.log(`    ${ms} ms: ${during}`);
    console.log(`  longest task while it opened: ${longest(before)} ms; over 50 ms: ${before.length}`);
  }
  await context.close();
} finally {
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

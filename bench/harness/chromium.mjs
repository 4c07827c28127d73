// A contender in a Chromium of its own, driven: the page is built once, and each contender has a profile on the disk.
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumArgs, findChromium } from '../../scripts/find-chromium.mjs';
import { peakOfRenderers } from './peak-memory.mjs';

const root = fileURLToPath(new URL('../page', import.meta.url));

/** Builds and serves the page at the first use. @param folder For the page and the profiles. */
export function createChromium(folder) {
  let started;
  let profiles = 0;
  const start = async () => {
    const [{ build, preview }, { chromium }] = await Promise.all([import('vite'), import('playwright')]);
    const outDir = join(folder, 'page');
    const options = {
      root,
      logLevel: 'error',
      build: { outDir, target: 'es2022', chunkSizeWarningLimit: 2000 },
    };
    await build(options);
    // As docs/browsers.md says to serve the engine; each run has a port of its own.
    const headers = { 'cache-control': 'public, max-age=31536000, immutable' };
    const server = await preview({ ...options, preview: { host: 'localhost', port: 0, headers } });
    return { server, chromium, executablePath: await findChromium(), url: server.resolvedUrls.local[0] };
  };

  const launch = async (profile) => {
    const { chromium, executablePath, url } = await (started ??= start());
    const context = await chromium.launchPersistentContext(profile, { executablePath, args: chromiumArgs });
    const page = await context.newPage();
    let failed;
    page.on('pageerror', (error) => (failed ??= error));
    await page.goto(url);
    await page
      .waitForFunction(() => 'cairnBench' in window, undefined, { timeout: 60_000 })
      .catch((error) => {
        throw failed ?? error;
      });
    return { context, page };
  };

  return {
    launch,
    newProfile: () => join(folder, `profile-${(profiles += 1)}`),

    /**
     * Opens a contender in a page.
     *
     * @param profile One to go on with, which stays; by default a new one, removed at the end.
     */
    async lane(contender, workload, { profile } = {}) {
      const own = profile ?? join(folder, `profile-${(profiles += 1)}`);
      await mkdir(own, { recursive: true });
      const { context, page } = await launch(own);
      const call = async (method, ...given) => {
        const value = await page.evaluate((asked) => window.cairnBench.call(...asked), [method, ...given]);
        return { ...value, peakMb: await peakOfRenderers(context) };
      };
      const lane = {
        call,
        /** Does what must end with the death of its page. */
        async die(method, ...given) {
          let tell;
          const reached = new Promise((resolve) => (tell = resolve));
          await page.exposeFunction('cairnDie', () => tell('asked'));
          const ended = call(method, ...given).then(
            () => 'ended',
            (error) => error,
          );
          const how = await Promise.race([reached, ended]);
          if (how !== 'asked') throw new Error(`${contender} did not come to its last step: ${how}`);
          const session = await context.newCDPSession(page);
          // Its process ends at once, without a word to the page; so does the answer to this.
          session.send('Page.crash').catch(() => undefined);
          await ended;
        },
        async close() {
          await context.close();
          if (profile === undefined) await rm(own, { recursive: true, force: true });
        },
      };
      try {
        await call('open', contender, workload);
      } catch (error) {
        await lane.close();
        throw error;
      }
      return lane;
    },

    /** A profile with what another one holds. */
    async copyOf(profile) {
      const own = join(folder, `profile-${(profiles += 1)}`);
      await cp(profile, own, { recursive: true });
      return own;
    },

    async close() {
      await (await started)?.server.close();
    },
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type BrowserContext } from 'playwright';
import { build } from 'vite';
import { chromiumArgs, findChromium } from '../../scripts/find-chromium.mjs';

/** A temporary folder that goes with the process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-browser-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Builds a page's folder with Vite, as for production. */
export async function buildPage(root: string): Promise<string> {
  const outDir = temporaryFolder();
  await build({
    root: fileURLToPath(new URL(root, import.meta.url)),
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 2000, target: 'es2022' },
  });
  return outDir;
}

/** Starts Chromium on a profile: what pages store there is found again by the next one. */
export async function launch(
  profile: string = temporaryFolder(),
  args: readonly string[] = [],
): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: await findChromium(),
    args: [...chromiumArgs, ...args],
    // A page left and come back to is to be the same one, as for a user.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}

import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArgs, findChromium } from './scripts/find-chromium.mjs';

const executablePath = await findChromium();
const inBrowser = ['test/**/*.browser.test.ts', 'examples/*/test/**/*.browser.test.ts'];
const exclude = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', './scripts/count-reporter.mjs'],
    projects: [
      {
        test: {
          name: 'node',
          include: ['test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
          exclude: [...exclude, ...inBrowser],
          globalSetup: 'test/playground/shared-build.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // What Vite finds late would reload the page in the middle of a test.
        optimizeDeps: {
          include: [
            'apache-arrow',
            '@duckdb/duckdb-wasm',
            'idb-keyval',
            'fast-check',
            'react',
            'react-dom/client',
          ],
        },
        test: {
          name: 'chromium',
          include: inBrowser,
          exclude,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath, args: chromiumArgs } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});

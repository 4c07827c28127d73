import { defineConfig } from 'vitest/config';

/** What takes too long for every change: `npm run test:crash`. */
export default defineConfig({
  test: {
    name: 'crash',
    include: ['test/crash/**/*.crash.ts'],
    reporters: ['default', './scripts/count-reporter.mjs'],
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
  },
});

import { defineConfig } from 'vitest/config';

// Tests for browsers are run by vitest's browser mode, which is not set up here: https://vitest.dev/guide/browser
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.browser.test.ts'],
    // An engine takes a second to start, more on a machine that has other things to do.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

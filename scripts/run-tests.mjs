// Builds, finds a browser, then runs vitest with what follows on the command line: `npm test -- test/store`.
import { spawnSync } from 'node:child_process';
import { build } from './build.mjs';
import { findChromium } from './find-chromium.mjs';

build();
try {
  const CAIRN_CHROMIUM = await findChromium();
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)],
    { stdio: 'inherit', env: { ...process.env, CAIRN_CHROMIUM } },
  );
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

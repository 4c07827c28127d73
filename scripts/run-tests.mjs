// Builds, then runs vitest with what follows on the command line: `npm test -- test/store`.
import { spawnSync } from 'node:child_process';
import { build } from './build.mjs';

build();
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);

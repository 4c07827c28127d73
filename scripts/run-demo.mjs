// Builds what the demo needs, then runs it.
import { spawnSync } from 'node:child_process';
import { build } from './build.mjs';

build('packages/node-adapter', 'packages/plugins');
const { status } = spawnSync(process.execPath, ['examples/flights/demo.mjs', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);

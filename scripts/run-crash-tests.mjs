// What takes too long for every change: every operation, every call and every write, and kills in a row.
import { spawnSync } from 'node:child_process';

const vitest = (...args) =>
  spawnSync('npx', ['vitest', 'run', ...args], {
    stdio: 'inherit',
    env: { ...process.env, CAIRN_CRASH: 'all' },
  }).status ?? 1;

const statuses = [
  vitest('--config', 'vitest.crash.config.ts'),
  vitest('--project', 'node', 'test/store', 'test/retention', 'test/browser/crash'),
];
process.exitCode = Math.max(...statuses);

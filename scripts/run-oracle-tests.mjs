// What takes too long for every change: thousands of random pipelines and statements, each time others.
import { spawnSync } from 'node:child_process';

const { CAIRN_ORACLE_CASES = '5000', CAIRN_SEED = String(Date.now() % 2 ** 31) } = process.env;
console.log(`CAIRN_SEED=${CAIRN_SEED} CAIRN_ORACLE_CASES=${CAIRN_ORACLE_CASES}`);
const { status } = spawnSync(
  'npx',
  [
    'vitest',
    'run',
    '--project',
    'node',
    'test/oracle',
    'test/pipeline/lexer.test.ts',
    '--testTimeout',
    '86400000',
  ],
  { stdio: 'inherit', env: { ...process.env, CAIRN_ORACLE_CASES, CAIRN_SEED } },
);
process.exitCode = status ?? 1;

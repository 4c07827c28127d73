// Builds every package with tsc; a function, so that the demo and the tests say the same when it fails.
import { spawnSync } from 'node:child_process';

/** Builds all packages; ends the process when it fails. */
export function build() {
  const { status } = spawnSync(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-b'], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

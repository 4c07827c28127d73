// Builds with tsc; a function, so that the demo and the tests say the same when it fails.
import { spawnSync } from 'node:child_process';

/** Builds the given projects and what they need; ends the process when it fails. */
export function build(...projects) {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/@typescript/native/bin/tsc', '-b', ...projects],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) process.exit(status ?? 1);
}

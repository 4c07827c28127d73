// Packs every package as npm would publish it and checks what users get: entry points, types, files.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'cairn-pack-'));
const bin = (name) => resolve('node_modules', '.bin', name);
let failed = false;
const run = (command, args) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  failed = true;
  console.error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
};
try {
  for (const name of readdirSync('packages')) {
    const packed = spawnSync(
      'npm',
      ['pack', '--silent', '--pack-destination', folder, resolve('packages', name)],
      {
        encoding: 'utf8',
      },
    );
    if (packed.status !== 0) throw new Error(packed.stderr);
    const file = join(folder, packed.stdout.trim().split('\n').at(-1));
    run(bin('publint'), [file, '--strict']);
    run(bin('attw'), [file, '--profile', 'esm-only']);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failed) process.exit(1);
console.log('packages: entry points, types and files are right');

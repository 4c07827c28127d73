import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stepsWith } from './commands.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

/** The packages as npm would publish them, in an empty folder beside what they depend on. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-packed-'));
  const scope = join(folder, 'node_modules/@cairn');
  mkdirSync(scope, { recursive: true });
  const dependencies = join(repository, 'node_modules');
  for (const name of readdirSync(dependencies)) {
    if (name === '@cairn' || name.startsWith('.')) continue;
    symlinkSync(join(dependencies, name), join(folder, 'node_modules', name));
  }
  for (const [name, place] of [
    ['core', 'core'],
    ['node', 'node-adapter'],
    ['plugins', 'plugins'],
  ] as const) {
    const source = join(repository, 'packages', place);
    const packed = execFileSync(
      'npm',
      ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, source],
      { encoding: 'utf8' },
    );
    const target = join(scope, name);
    mkdirSync(target);
    execFileSync('tar', ['-xzf', join(folder, packed.trim()), '-C', target, '--strip-components=1']);
    const own = join(source, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(target, 'node_modules'));
  }
  writeFileSync(join(folder, 'package.json'), '{}');
  mkdirSync(join(folder, 'node_modules/.bin'));
  symlinkSync('../@cairn/node/bin/cairn.js', join(folder, 'node_modules/.bin/cairn'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('npx cairn init x && cd x && npx cairn run works in an empty folder, and an edit runs what it must', () => {
  const cairn = (cwd: string, ...args: string[]): string =>
    execFileSync('npx', ['--no-install', 'cairn', ...args], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: undefined },
    });
  cairn(folder, 'init', 'x');
  const project = join(folder, 'x');
  expect(dirname(join(project, '../node_modules/@cairn/core/pipeline.schema.json'))).toContain(folder);
  expect(stepsWith(cairn(project, 'run'), 'done')).toHaveLength(5);
  writeFileSync(
    join(project, 'sql/by-country.sql'),
    'select country, count(*) as orders from large_orders group by all order by all\n',
  );
  const edited = cairn(project, 'run');
  expect(stepsWith(edited, 'done')).toEqual(['by_country', 'save']);
  expect(stepsWith(edited, 'reused').toSorted()).toEqual(['customers', 'large_orders', 'orders']);
});

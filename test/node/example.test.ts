import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../run/fixtures.js';
import { cairn } from './commands.js';

const example = fileURLToPath(new URL('../../examples/weather', import.meta.url));

/** The commands of the README, each with the output that it is said to have. */
function walkthrough(): { readonly args: readonly string[]; readonly output: string }[] {
  const readme = readFileSync(join(example, 'README.md'), 'utf8');
  const told = /^npx cairn ([^\n]*)\n```\n(?:(?!^#)[^`])*?```\n([^`]*)```$/gm;
  return [...readme.matchAll(told)].map(([, command = '', output = '']) => ({
    args: Array.from(command.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? ''),
    output,
  }));
}

/** What is the same in every run: without times and ids, whichever of two steps ends first. */
function lasting(output: string): string[] {
  return output
    .replaceAll(/run \S{36}/g, 'run ID')
    .replaceAll(/ +\d+(\.\d+)? (ms|s)\b/g, ' TIME')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .toSorted();
}

test('the example runs, is broken, is mended and goes on, as its README tells', async () => {
  // As deep in the repository as the example itself, for its data.
  const folder = temporaryFolder('repository');
  for (const file of ['pipeline.ts', 'pipeline.yaml', 'vehicles.ts', 'cairn.config.yaml'])
    cpSync(join(example, file), join(folder, file));
  const edit = (from: string, to: string): void => {
    const path = join(folder, 'pipeline.ts');
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };
  const codes: unknown[] = [];
  for (const { args, output } of walkthrough()) {
    if (args.includes('radiusKm=25')) edit('precipitation >', 'rainfall >');
    if (args[0] === 'resume') edit('rainfall >', 'precipitation >');
    const { code, stdout, stderr } = await cairn(args, undefined, {}, folder);
    codes.push([args[0], code]);
    expect(lasting(stdout + stderr), args.join(' ')).toEqual(lasting(output));
    if (codes.length > 1) continue;
    const written = readFileSync(join(folder, 'out/vehicles.csv'), 'utf8');
    expect(written).toMatch(/^month,bicycles,vans\n1,4,46\n2,4,46\n3,5,45\n/);
    const again = await cairn(args, undefined, {}, folder);
    expect(again.stdout.match(/ reused /g)).toHaveLength(9);
    const asYaml = await cairn([...args, 'pipeline.yaml'], undefined, {}, folder);
    expect(asYaml.stdout.match(/ reused .* from an earlier run/g), asYaml.stderr).toHaveLength(9);
  }
  expect(codes).toEqual([
    ['run', 0],
    ['run', 2],
    ['show', 0],
    ['resume', 0],
    ['records', 0],
  ]);
}, 120_000);

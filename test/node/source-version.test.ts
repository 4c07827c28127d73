import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sourceVersion } from '@cairn/node/source-version';
import { sourceVersions } from '@cairn/node/vite';
import { build } from 'vite';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../run/fixtures.js';

const source = `import { sourceVersion } from '@cairn/node/source-version';
import { score } from './score.js';
// What it is called with stands here.
export const version = sourceVersion(import.meta.url, ['./score.js']);
export const alone = sourceVersion(import.meta.url);
export const run = (value) => score(value);
`;

function project(main = source): string {
  const folder = join(temporaryFolder('repository'), 'app');
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.js'), main);
  writeFileSync(join(folder, 'score.js'), 'export const score = (value) => value + 1;\n');
  return folder;
}

interface Built {
  readonly version: string;
  readonly alone: string;
}
let times = 0;
const load = (file: string): Promise<Built> =>
  import(`${pathToFileURL(file).href}?${(times += 1)}`) as Promise<Built>;

async function bundled(
  folder: string,
  minify: boolean | 'esbuild' | 'terser',
  formats: 'es' = 'es',
): Promise<Built> {
  await build({
    root: folder,
    logLevel: 'silent',
    configFile: false,
    plugins: [sourceVersions()],
    build: { minify, outDir: 'out', lib: { entry: 'main.js', formats: [formats], fileName: 'built' } },
  });
  return load(join(folder, 'out/built.mjs')).catch(() => load(join(folder, 'out/built.js')));
}

describe('the version of a source', () => {
  test('is the same in Node, bundled, and minified, and another one when a file has changed', async () => {
    const folder = project();
    const first = await load(join(folder, 'main.js'));
    expect(first.version).toMatch(/^[0-9a-f]{16}$/);
    expect(first.alone).not.toBe(first.version);
    for (const minify of [false, true] as const) {
      const built = await bundled(folder, minify);
      expect([built.version, built.alone]).toEqual([first.version, first.alone]);
    }
    writeFileSync(join(folder, 'score.js'), 'export const score = (value) => value + 2;\n');
    const changed = await load(join(folder, 'main.js'));
    expect(changed.version).not.toBe(first.version);
    expect(changed.alone).toBe(first.alone);
    expect((await bundled(folder, true)).version).toBe(changed.version);
  });

  test('does not go by how lines end', () => {
    const folder = project();
    const url = pathToFileURL(join(folder, 'main.js')).href;
    const before = sourceVersion(url);
    writeFileSync(join(folder, 'main.js'), `\uFEFF${source.replaceAll('\n', '\r\n')}`);
    expect(sourceVersion(url)).toBe(before);
    writeFileSync(join(folder, 'main.js'), `${source}// more\n`);
    expect(sourceVersion(url)).not.toBe(before);
  });

  test('names the file that cannot be read, and refuses what the plugin cannot see through', async () => {
    const folder = project();
    const url = pathToFileURL(join(folder, 'main.js')).href;
    expect(() => sourceVersion(url, ['./gone.js'])).toThrow(/gone\.js' cannot be read/);
    for (const wrong of ['sourceVersion(import.meta.url, [name])', 'sourceVersion(somewhere)']) {
      const text = `${source}\nconst name = '';\nexport const other = ${wrong};\n`;
      writeFileSync(join(folder, 'main.js'), text);
      await expect(bundled(folder, false)).rejects.toThrow(/string literals/);
    }
  });

  test('in a browser without the plugin says what is missing', () => {
    const { exports } = JSON.parse(
      readFileSync(new URL('../../packages/node-adapter/package.json', import.meta.url), 'utf8'),
    ) as { exports: Record<string, { default: string }> };
    const file = exports['./source-version']?.default ?? '';
    return import(new URL(`../../packages/node-adapter/${file}`, import.meta.url).href).then(
      (web: { sourceVersion(url: string): string }) =>
        expect(() => web.sourceVersion('app.js')).toThrow(/plugin of '@cairn\/node\/vite'/),
    );
  });
});

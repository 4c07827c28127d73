import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryStore, type Observer } from '@cairn/core';
import { runnerFromConfig } from '@cairn/core/config';
import { definePlugin, type Plugin } from '@cairn/core/plugin';
import { loadConfig, runnerFromYaml } from '@cairn/node';
import { expect, test } from 'vitest';
import * as v from 'valibot';
import { folderWith, onlyEffect, refusal, tellingRegistry } from './fixtures.js';

const { registry } = tellingRegistry();
const memory = 'storage: { type: memory }\n';

/** What a folder needs for its modules to find Cairn's packages. */
function linked(files: Readonly<Record<string, string>>): string {
  const folder = folderWith(files);
  const core = fileURLToPath(new URL('../../packages/core', import.meta.url));
  mkdirSync(join(folder, 'node_modules/@cairn'), { recursive: true });
  symlinkSync(core, join(folder, 'node_modules/@cairn/core'));
  return folder;
}

const module = (name: string, how = 'export default'): string => `
  import { definePlugin } from '@cairn/core/plugin';
  ${how} definePlugin({ name: '${name}', version: '1.0.0', hooks: { runStart: () => void (globalThis.told ??= []).push('${name}') } });
`;

const asPackage = { type: 'module', exports: { '.': { import: './main.js' }, './more': './more.js' } };

test('a configuration names plugins: files beside it and packages, which every run has', async () => {
  const folder = linked({
    'cairn.config.yaml': `${memory}plugins: ['./\${FILE}', '@acme/cairn-x', '@acme/cairn-x/more']\n`,
    'own.ts': `const name: string = 'own';${module('own')}`,
    'node_modules/@acme/cairn-x/package.json': JSON.stringify({ name: '@acme/cairn-x', ...asPackage }),
    'node_modules/@acme/cairn-x/main.js': module('main', 'export const plugin ='),
    'node_modules/@acme/cairn-x/more.js': module('more'),
  });
  const env = { FILE: 'own.ts' };
  const loaded = await loadConfig(folder, { registry, env });
  expect(loaded?.plugins.map(({ name }) => name)).toEqual(['own', 'main', 'more']);

  await using runner = await runnerFromYaml(folder, { registry, env });
  await runner.run(onlyEffect);
  expect((globalThis as { told?: string[] }).told).toEqual(['own', 'main', 'more']);
});

test('what is no plugin is told with its place, along with all else', async () => {
  const folder = linked({
    'cairn.config.yaml': `${memory}plugins:\n  - ./none.ts\n  - '@acme/nothing'\n  - ./empty.ts\n  - ./broken.ts\nconcurency: 2\n`,
    'empty.ts': 'export const plugin = { name: "look-alike" };',
    'broken.ts': 'throw new Error("out of order");',
  });
  const { message } = await refusal(() => loadConfig(folder, { registry }));
  expect(message).toContain(":3:5: plugins[0]: there is no module './none.ts'");
  expect(message).toContain("plugins[1]: there is no module '@acme/nothing'; a file begins with ./");
  expect(message).toContain("plugins[2]: the module './empty.ts' exports no plugin");
  expect(message).toContain("plugins[3]: the module './broken.ts' could not be loaded: out of order");
  expect(message).toContain("did you mean 'concurrency'");
});

test('two of one name are told', async () => {
  const folder = linked({
    'cairn.config.yaml': `${memory}plugins: [./a.ts, ./b.ts]\n`,
    'a.ts': module('same'),
    'b.ts': module('same'),
  });
  const { paths, message } = await refusal(() => loadConfig(folder, { registry }));
  expect([paths, message.includes("two plugins named 'same'")]).toEqual([['plugins'], true]);
});

test('without Node a configuration names plugins of the registry', async () => {
  const told: string[] = [];
  const plugin = definePlugin({
    name: 'acme',
    version: '1',
    hooks: { runStart: () => void told.push('acme') },
  });
  const config = { storage: { type: 'memory' }, plugins: ['acme'] };
  await using runner = runnerFromConfig(config, { registry: { ...registry, plugins: [plugin] } });
  await runner.run(onlyEffect);
  expect(told).toEqual(['acme']);
  const unknown = { ...config, plugins: ['acne', './x.ts'] };
  const { message } = await refusal(() =>
    runnerFromConfig(unknown, { registry: { ...registry, plugins: [plugin] } }),
  );
  expect(message).toContain(
    "plugins[0]: is no plugin that is given here (known: acme), and modules are loaded in Node alone; did you mean 'acme'",
  );
  expect(message).toContain('plugins[1]: is no plugin that is given here');
});

test("plugins' stores and observers are types, by their short names where those are unique", async () => {
  const made: string[] = [];
  const storing = (name: string): Plugin =>
    definePlugin({
      name,
      version: '1',
      stores: {
        box: {
          options: v.strictObject({ bucket: v.string('must be a text') }),
          create: ({ bucket }, { clock }) => {
            made.push(`${name} ${bucket}`);
            return memoryStore({ now: () => clock.now() });
          },
        },
      },
      observer: {
        options: v.strictObject({ to: v.string() }),
        create: ({ to }: { to: string }): Observer => ({
          onEvent: ({ type }) => void (type === 'pipeline_end' && made.push(to)),
        }),
      },
    });
  const run = async (config: object, plugins: readonly Plugin[]): Promise<void> => {
    await using runner = runnerFromConfig(config, { registry: { ...registry, plugins } });
    await runner.run(onlyEffect);
  };
  const [one, two] = [storing('one'), storing('two')];
  const observability = { observers: [{ type: 'one', to: 'somewhere' }] };
  await run({ storage: { type: 'box', bucket: 'a' }, observability }, [one]);
  await run({ storage: { type: 'two.box', bucket: 'b' } }, [one, two]);
  expect(made).toEqual(['one a', 'somewhere', 'two b']);

  const clash = await refusal(() => run({ storage: { type: 'box', bucket: 'a' } }, [one, two]));
  expect(clash.message).toContain('storage.type: there is more than one: one.box, two.box');
  const wrong = await refusal(() => run({ storage: { type: 'box', bucket: 1 } }, [one]));
  expect(wrong.message).toContain('storage.bucket: must be a text');
});

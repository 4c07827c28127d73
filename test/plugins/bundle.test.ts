import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from 'vite';

// Inside the repository, for packages are found by looking upwards.
const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
let root = '';

beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  root = mkdtempSync(join(cache, 'bundle-'));
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

test('a bundle for browsers has its WebAssembly beside it, and nothing of Node or of elsewhere', async () => {
  writeFileSync(join(root, 'index.html'), '<script type="module" src="/main.js"></script>');
  writeFileSync(
    join(root, 'main.js'),
    "import * as csv from '@cairn/plugins/csv'; import * as json from '@cairn/plugins/json'; import * as parquet from '@cairn/plugins/parquet'; import * as arrow from '@cairn/plugins/arrow'; import * as table from '@cairn/plugins/table'; console.log(csv, json, parquet, arrow, table);",
  );
  const warnings: string[] = [];
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    build: {
      outDir: 'out',
      rolldownOptions: { onwarn: ({ message }) => warnings.push(message) },
    },
  });
  expect(warnings).toEqual([]);

  const assets = readdirSync(join(root, 'out/assets'));
  expect(assets.filter((name) => name.endsWith('.wasm'))).toEqual([
    expect.stringMatching(/^parquet_wasm_bg-/),
  ]);
  const code = assets
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(root, 'out/assets', name), 'utf8'));
  expect(code.length).toBeGreaterThan(1);
  for (const text of code) {
    expect(text).not.toMatch(/node:|__vite-browser-external|\brequire\(|https?:\/\/(?!www\.w3\.org)/);
  }
  expect(code.join('')).toMatch(/new URL\(`[^`]*parquet_wasm_bg-[^`]*\.wasm`/);
});

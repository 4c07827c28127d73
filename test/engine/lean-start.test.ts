import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngineThread } from '../../packages/node-adapter/dist/engine-thread.js';

/* An engine that loads no extension starts without the exports that only those need, whatever DuckDB-WASM it is given. */

const adapter = fileURLToPath(new URL('../../packages/node-adapter', import.meta.url));
const { resolve } = createRequire(join(adapter, 'package.json'));
const script = resolve('@duckdb/duckdb-wasm/blocking');
const { Module } = (globalThis as unknown as { WebAssembly: { Module: { exports(of: object): unknown[] } } })
  .WebAssembly;

test('the module is compiled without most exports, once, and each phase is told', async () => {
  performance.clearMeasures();
  const compiled: { module?: object } = {};
  const first = await startEngineThread({ compiled });
  const { module } = compiled;
  expect(Module.exports(module ?? {}).length).toBeLessThan(100);
  await first.terminate();
  const phases = performance.getEntriesByType('measure').map(({ name }) => name);
  expect(phases).toEqual(
    ['thread', 'module read', 'script', 'module compiled and linked', 'database opened'].map(
      (phase) => `cairn engine: ${phase}`,
    ),
  );
  const { db, terminate } = await startEngineThread({ compiled });
  expect(compiled.module).toBe(module);
  expect(await db.connectInternal()).toBeGreaterThan(0);
  await terminate();
});

test('extensions are linked to a module that has all of them', async () => {
  const compiled: { module?: object } = {};
  const { terminate } = await startEngineThread({ repository: 'http://127.0.0.1:1', compiled });
  expect(compiled).toEqual({});
  await terminate();
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-other-duckdb-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What a start comes to where the installed DuckDB-WASM has another script. */
async function startWith(name: string, changed: (text: string) => string): Promise<unknown> {
  const modules = join(folder, name, 'node_modules');
  const duckdb = join(modules, '@duckdb/duckdb-wasm');
  await mkdir(join(duckdb, 'dist'), { recursive: true });
  await cp(join(adapter, 'dist'), join(modules, '@cairn/node/dist'), { recursive: true });
  await cp(join(adapter, 'package.json'), join(modules, '@cairn/node/package.json'));
  await symlink(join(adapter, '../core'), join(modules, '@cairn/core'));
  await symlink(dirname(resolve('apache-arrow')), join(modules, 'apache-arrow'));
  await cp(join(dirname(script), '../package.json'), join(duckdb, 'package.json'));
  await symlink(resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm'), join(duckdb, 'dist/duckdb-eh.wasm'));
  await writeFile(
    join(duckdb, 'dist/duckdb-node-blocking.cjs'),
    changed(await readFile(script, 'latin1')),
    'latin1',
  );
  await writeFile(
    join(folder, name, 'start.mjs'),
    `import { startEngineThread } from './node_modules/@cairn/node/dist/engine-thread.js';
    const compiled = {};
    const { db, terminate } = await startEngineThread({ compiled });
    const answer = await db.runQuery(await db.connectInternal(), 'select 42');
    console.log(JSON.stringify({ isLean: compiled.module !== undefined, answers: answer.length > 0 }));
    await terminate();`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, name, 'start.mjs')], {
    timeout: 60_000,
  });
  return JSON.parse(stdout) as unknown;
}

test.each<[what: string, isLean: boolean, changed: (text: string) => string]>([
  ['is as it is installed', true, (text) => text],
  ['reads exports by another name', false, (text) => text.replaceAll('wasmExports', 'exported')],
  [
    'reads one export in another way',
    false,
    (text) => text.replaceAll('wasmExports.duckdb_web_open)', '(wasmExports).duckdb_web_open)'),
  ],
  [
    'reads an export that the module lacks',
    false,
    (text) => text.replaceAll('wasmExports.duckdb_web_reset)', 'wasmExports.duckdb_web_restart)'),
  ],
  [
    'instantiates in another way',
    false,
    (text) =>
      text.replaceAll(
        'return WebAssembly.instantiate(t,e).then(',
        'return WebAssembly.compile(t).then((m)=>WebAssembly.instantiate(m,e).then(instance=>({instance,module:m}))).then(',
      ),
  ],
])('a DuckDB-WASM that %s starts', async (what, isLean, changed) => {
  expect(changed(await readFile(script, 'latin1')) === (await readFile(script, 'latin1'))).toBe(isLean);
  expect(await startWith(what.replaceAll(' ', '-'), changed)).toEqual({ isLean, answers: true });
});

import { createWebEngine } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { afterEach, beforeEach, expect, test } from 'vitest';

/* The engine's worker fetches, compiles and trims the module in place of DuckDB's script, whatever script that is. */

const RealWorker = globalThis.Worker;
let workers: Worker[] = [];
const counts = new BroadcastChannel('counted exports');
let counted: number[] = [];
counts.addEventListener('message', ({ data }: MessageEvent<number>) => void counted.push(data));

beforeEach(() => {
  [workers, counted] = [[], []];
  performance.clearMeasures();
  globalThis.Worker = class extends RealWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      workers.push(this);
    }
  };
});
afterEach(() => {
  globalThis.Worker = RealWorker;
});

/** DuckDB's script, which tells how many exports it sees, with a change. */
async function scriptWith(from: string, to: string): Promise<string> {
  const text = await (await fetch(duckDbAssets.worker)).text();
  const counting = text.replace(
    /wasmExports=(\w+)\.exports,/,
    (whole, name: string) =>
      `new BroadcastChannel("counted exports").postMessage(Object.keys(${name}.exports).length),${whole}`,
  );
  const changed = counting.replaceAll(from, to);
  expect(counting).not.toBe(text);
  if (from !== '') expect(changed).not.toBe(counting);
  return URL.createObjectURL(new Blob([changed], { type: 'text/javascript' }));
}

const query = { parts: [{ kind: 'text', text: 'select 42 as n' }] } as const;

test('the script sees few exports, each phase is told, and the next worker is handed the module', async () => {
  const engine = createWebEngine({ assets: { ...duckDbAssets, worker: await scriptWith('', '') } });
  const loading: number[] = [];
  engine.onLoading?.(({ bytes }) => void loading.push(bytes));
  expect((await engine.query(query)).numRows).toBe(1);
  expect(loading.at(-1)).toBeGreaterThan(30_000_000);
  const phases = performance
    .getEntriesByType('measure')
    .map(({ name }) => name.replace('cairn engine: ', ''));
  expect(phases.toSorted()).toEqual(
    [
      'worker',
      'script',
      'module fetched and compiled',
      'instantiated',
      'linked',
      'database opened',
    ].toSorted(),
  );
  await engine.close();
  loading.length = 0;
  expect((await engine.query(query)).numRows).toBe(1);
  expect(loading).toEqual([]);
  await engine.close();
  expect(workers).toHaveLength(2);
  expect(counted.every((count) => count < 100)).toBe(true);
  expect(counted).toHaveLength(2);
});

test('batches are taken from the module, without its script', async () => {
  const worker = await scriptWith('FETCH_QUERY_RESULTS', 'SOMETHING_ELSE');
  const engine = createWebEngine({ assets: { ...duckDbAssets, worker } });
  expect((await engine.query(query)).toArray().map((row) => row?.toJSON())).toEqual([{ n: 42 }]);
  await engine.close();
});

test('large tables are read out of their vectors', async () => {
  const engine = createWebEngine({ assets: duckDbAssets });
  const made = { namespace: 'start', name: 'large' };
  await engine.createTable(made, {
    parts: [{ kind: 'text', text: `select range as n, 'text ' || range as t from range(50000)` }],
  });
  let rows = 0;
  for await (const part of engine.exportParts(made)) rows += part.rows;
  expect(rows).toBe(50_000);
  // What reads them is made for the first of them, where the worker has the code and the module is the one that it knows.
  const text = `select function_name from duckdb_functions() where function_name = 'cairn_vectors'`;
  expect((await engine.query({ parts: [{ kind: 'text', text }] })).numRows).toBe(1);
  await engine.close();
});

test('where the worker finds no code of its own, the page asks for each batch', async () => {
  const served = await fetch(new URL('../../packages/web-adapter/dist/engine-worker.js', import.meta.url));
  const script = (await served.text()).replace(
    /(?<=const threadCode = ).*(?=\.catch\()/,
    'Promise.reject(new Error("not found"))',
  );
  expect(script).toContain('not found');
  const unbundled = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  globalThis.Worker = class extends RealWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(options?.name === 'cairn engine' ? unbundled : url, options);
    }
  };
  const engine = createWebEngine({ assets: duckDbAssets });
  const made = { namespace: 'start', name: 'large' };
  const text = `select range as n, 'text ' || range as t from range(50000)`;
  await engine.createTable(made, { parts: [{ kind: 'text', text }] });
  let rows = 0;
  for await (const part of engine.exportParts(made)) rows += part.rows;
  expect(rows).toBe(50_000);
  const functions = `select function_name from duckdb_functions() where function_name = 'cairn_vectors'`;
  expect((await engine.query({ parts: [{ kind: 'text', text: functions }] })).numRows).toBe(0);
  await engine.close();
});

test.each<[what: string, starts: number, from: string, to: string]>([
  ['reads exports by another name', 1, 'wasmExports', 'exported'],
  ['reads one export in another way', 2, 'wasmExports.duckdb_web_open)', '(wasmExports).duckdb_web_open)'],
  [
    'reads an export that the module lacks',
    1,
    'wasmExports.duckdb_web_reset)',
    'wasmExports.duckdb_web_restart)',
  ],
  [
    'compiles in another way',
    2,
    'WebAssembly.instantiateStreaming(',
    '((s,i)=>WebAssembly.compileStreaming(s).then(module=>WebAssembly.instantiate(module,i).then(instance=>({module,instance}))))(',
  ],
])('a DuckDB-WASM whose script %s starts', async (_what, starts, from, to) => {
  const engine = createWebEngine({ assets: { ...duckDbAssets, worker: await scriptWith(from, to) } });
  expect((await engine.query(query)).numRows).toBe(1);
  expect(workers).toHaveLength(starts);
  if (from !== 'wasmExports') expect(counted.at(-1)).toBeGreaterThan(10_000);
  await engine.close();
});

test('a module that is not there fails the start, and says so', async () => {
  const engine = createWebEngine({ assets: { ...duckDbAssets, wasm: '/api/nothing.wasm' } });
  await expect(engine.open()).rejects.toMatchObject({
    code: 'engine_failed',
    message: expect.stringContaining('nothing.wasm'),
  });
});

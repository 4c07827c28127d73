// What a start takes in a fresh process, phase by phase, as JSON: node startup-node.mjs bare|cairn
import { firstJoin, phasesOfStart } from './first-join.mjs';

const phases = [];
const seen = {};
let at = 0;
const phase = (name) => {
  const now = performance.now();
  phases.push([name, now - at]);
  at = now;
};
phase('node itself');

async function bare() {
  const { readFileSync } = await import('node:fs');
  const { createRequire } = await import('node:module');
  const require = createRequire(new URL('../../packages/node-adapter/package.json', import.meta.url));
  const { createDuckDB, NODE_RUNTIME, VoidLogger } = require('@duckdb/duckdb-wasm/blocking');
  phase('modules loaded');
  // DuckDB-WASM does the two in one call; apart they can be told.
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (bytes, imports) => {
    const begun = performance.now();
    const module = await WebAssembly.compile(bytes);
    const compiled = performance.now();
    const instance = await instantiate(module, imports);
    Object.assign(seen, { compiled: compiled - begun, instantiated: performance.now() - compiled });
    return { module, instance };
  };
  const wasm = require.resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm');
  const begun = performance.now();
  readFileSync(wasm);
  seen['file read'] = performance.now() - begun;
  at = performance.now();
  const bundle = { mainModule: wasm, mainWorker: '' };
  const db = await createDuckDB({ mvp: bundle, eh: bundle }, new VoidLogger(), NODE_RUNTIME);
  await db.instantiate();
  phase('instantiate');
  db.open({ path: ':memory:', maximumThreads: 1 });
  const connection = db.connect().useUnsafe((_, number) => number);
  phase('open and connect');
  db.runQuery(connection, 'select 42 as n');
  phase('first query');
  db.runQuery(connection, 'select 42 as n');
  phase('second query');
  db.runQuery(connection, `create table joined as ${firstJoin}`);
  return performance.now() - at;
}

async function cairn() {
  const { createNodeEngine } = await import('@cairn/node');
  phase('modules loaded');
  const engine = createNodeEngine();
  await engine.open();
  phase('engine opened');
  const query = { parts: [{ kind: 'text', text: 'select 42 as n' }] };
  await engine.query(query);
  phase('first query');
  await engine.query(query);
  phase('second query');
  Object.assign(seen, phasesOfStart());
  const table = { namespace: 'start', name: 'joined' };
  await engine.createTable(table, { parts: [{ kind: 'text', text: firstJoin }] });
  const joinMs = performance.now() - at;
  await engine.close();
  return joinMs;
}

const joinMs = await (process.argv[2] === 'bare' ? bare() : cairn());
const { ownPeak } = await import('../harness/peak-memory.mjs');
console.log(JSON.stringify({ phases, seen, joinMs, peakMb: await ownPeak() }));

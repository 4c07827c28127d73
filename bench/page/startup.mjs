// What the start of the engine takes in a page, phase by phase.
import { createWebEngine } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { AsyncDuckDB, VoidLogger } from '@duckdb/duckdb-wasm';
import { firstJoin, phasesOfStart } from '../contenders/first-join.mjs';

const absolute = (url) => new URL(url, location.href).href;
const query = { parts: [{ kind: 'text', text: 'select 42 as n' }] };

/** Chromium caches compiled code a while after it was compiled, if there is still something that uses it. */
const forCaching = () => new Promise((resolve) => setTimeout(resolve, 3_000));

async function bare() {
  const phases = [];
  const channel = new BroadcastChannel('phases');
  const seen = {};
  channel.addEventListener('message', ({ data }) => Object.assign(seen, data));
  let at = performance.now();
  const phase = (name) => {
    const now = performance.now();
    phases.push([name, now - at]);
    at = now;
  };
  const worker = new Worker(new URL('./phases-worker.js', import.meta.url));
  const ready = new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }));
  worker.postMessage(absolute(duckDbAssets.worker));
  await ready;
  phase('worker and its script loaded');
  const db = new AsyncDuckDB(new VoidLogger(), worker);
  await db.instantiate(absolute(duckDbAssets.wasm));
  phase('instantiate');
  await db.open({ path: ':memory:' });
  const connection = await db.connectInternal();
  phase('open and connect');
  await db.runQuery(connection, 'select 42 as n');
  phase('first query');
  await db.runQuery(connection, 'select 42 as n');
  phase('second query');
  await db.runQuery(connection, `create table joined as ${firstJoin}`);
  const joinMs = performance.now() - at;
  await forCaching();
  channel.close();
  worker.terminate();
  return { phases, seen, joinMs };
}

async function cairn() {
  const phases = [];
  let at = performance.now();
  const phase = (name) => {
    const now = performance.now();
    phases.push([name, now - at]);
    at = now;
  };
  const engine = createWebEngine({ assets: duckDbAssets });
  await engine.open();
  phase('engine opened');
  await engine.query(query);
  phase('first query');
  await engine.query(query);
  phase('second query');
  const seen = phasesOfStart();
  const table = { namespace: 'start', name: 'joined' };
  await engine.createTable(table, { parts: [{ kind: 'text', text: firstJoin }] });
  const joinMs = performance.now() - at;
  await forCaching();
  await engine.close();
  return { phases, seen, joinMs };
}

export async function startup(contender) {
  // Since the page began to load: its own scripts.
  const loadedMs = performance.getEntriesByType('navigation')[0]?.domContentLoadedEventStart ?? 0;
  const { phases, ...facts } = await (contender === 'bare' ? bare() : cairn());
  return { phases: [['page and modules loaded', loadedMs], ...phases], ...facts };
}

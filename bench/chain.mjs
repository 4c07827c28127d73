// What durable steps cost on a long chain: ten SQL steps over a million rows of five columns, each step's table kept.
// In turns, in one process: the bare statements on DuckDB-WASM without checkpoints (the floor); Cairn with `cache` in a
// file-system store; and the naive way, in which each table is asked for whole, hashed and written before the next
// statement. The first round is cold. Build first; then: node bench/chain.mjs [rounds] [rows]
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunner } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { createNodeEngine } from '../packages/node-adapter/dist/engine.js';
import { startEngineThread } from '../packages/node-adapter/dist/engine-thread.js';
import { chainPipeline, chainStatements, runStatement } from './chain/chain.mjs';
import { inTurns, msText, ratioOf, ratioText } from './in-turns.mjs';

const [rounds = 6, rows = 1_000_000] = process.argv.slice(2).map(Number);
const statements = chainStatements(rows);
const scratch = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
let folders = 0;

const { db, terminate } = await startEngineThread();
const engine = createNodeEngine();
await engine.open();

/** The statements on one connection; what is done after each is not in DuckDB's time. */
async function bare(after = async () => undefined) {
  const connection = await db.connectInternal();
  const begun = performance.now();
  for (const [index, text] of statements.entries()) {
    await runStatement(db, connection, `create table chain_${index} as ${text}`);
    await after(connection, `chain_${index}`);
  }
  const took = performance.now() - begun;
  for (const index of statements.keys()) await db.runQuery(connection, `drop table chain_${index}`);
  await db.disconnect(connection);
  return took;
}

let naiveBytes = 0;
async function naive() {
  const folder = mkdtempSync(join(scratch, 'naive-'));
  naiveBytes = 0;
  const took = await bare(async (connection, table) => {
    const bytes = await db.runQuery(connection, `from ${table}`);
    naiveBytes += bytes.length;
    const file = await open(join(folder, createHash('sha256').update(bytes).digest('hex')), 'w');
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
  });
  rmSync(folder, { recursive: true });
  return took;
}

/** One run with a store of its own; `checkpoint` is what each step asks for. */
async function cairn(checkpoint) {
  const root = join(scratch, `store-${folders++}`);
  const runner = createRunner({
    store: fsStore({ root }),
    engine: { ...engine, close: () => Promise.resolve() },
  });
  const begun = performance.now();
  await runner.run(chainPipeline(statements, checkpoint));
  const took = performance.now() - begun;
  await runner.close();
  rmSync(root, { recursive: true });
  return took;
}

/** Cairn's statements alone, whose answers are kept whole before they are tables, as the engine asks for. */
async function engineOnly() {
  const table = (index) => ({ namespace: 'chain', name: `step_${index}` });
  const begun = performance.now();
  for (const [index, text] of statements.entries()) {
    const named = text.replaceAll(/chain_(\d+)/g, 'chain.step_$1');
    await engine.createTable(table(index), { parts: [{ kind: 'text', text: named }] });
  }
  const took = performance.now() - begun;
  for (const index of statements.keys()) await engine.dropTable(table(index));
  return took;
}

const { bare: floors, ...others } = await inTurns(rounds, {
  bare: () => bare(),
  'engine only': engineOnly,
  'cairn, cache': () => cairn('cache'),
  naive,
});
console.log(
  `ten steps, ${rows} rows, ${(naiveBytes / 1e6).toFixed(0)} MB of Arrow IPC; ${rounds - 1} warm rounds`,
);
for (const [name, times] of Object.entries({ bare: floors, ...others })) {
  const warm = ratioOf(times.slice(1), floors.slice(1));
  console.log(
    `${name.padEnd(16)} cold ${times[0].toFixed(0).padStart(6)} ms ${(times[0] / floors[0]).toFixed(2)} x   warm ${msText(times.slice(1))}, ${ratioText(warm)} of bare`,
  );
}
await terminate();
await engine.close();
rmSync(scratch, { recursive: true });

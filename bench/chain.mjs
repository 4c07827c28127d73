// What durable steps cost on a long chain: ten SQL steps over a million rows of five columns, each step's table kept.
// In turns, in one process: the bare statements on DuckDB-WASM without checkpoints (the floor); Cairn with `cache` in a
// file-system store, and with `auto`, which keeps what is worth it; and the naive way, in which each table is asked for whole, hashed and written before the next
// statement. The first round is cold. Build first; then: node bench/chain.mjs [rounds] [rows]
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunner } from '@cairn/core';
import { describeChoice } from '@cairn/core/checkpoints';
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

const cpu = {};
/**
 * Tells how long work takes, in milliseconds, and notes how much the process worked meanwhile, in all its threads: others
 * on the machine disturb that less.
 */
async function timed(name, work) {
  const before = process.cpuUsage();
  const begun = performance.now();
  await work();
  const took = performance.now() - begun;
  const { user, system } = process.cpuUsage(before);
  (cpu[name] ??= []).push((user + system) / 1000);
  return took;
}

/** The statements on one connection, and what is done after each. */
async function bare(name, after = async () => undefined) {
  const connection = await db.connectInternal();
  const took = await timed(name, async () => {
    for (const [index, text] of statements.entries()) {
      await runStatement(db, connection, `create table chain_${index} as ${text}`);
      await after(connection, `chain_${index}`);
    }
  });
  for (const index of statements.keys()) await db.runQuery(connection, `drop table chain_${index}`);
  await db.disconnect(connection);
  return took;
}

let naiveBytes = 0;
async function naive(name) {
  const folder = mkdtempSync(join(scratch, 'naive-'));
  naiveBytes = 0;
  const took = await bare(name, async (connection, table) => {
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

/** What the last run with `auto` has kept, and why. */
let kept = [];
/** One run with a store of its own. */
async function cairn(name, checkpoint = 'cache') {
  const root = join(scratch, `store-${folders++}`);
  const runner = createRunner({
    store: fsStore({ root }),
    engine: { ...engine, close: () => Promise.resolve() },
  });
  let result;
  const took = await timed(name, async () => {
    result = await runner.run(chainPipeline(statements, checkpoint));
  });
  if (checkpoint === 'auto')
    kept = [...result.steps.values()].flatMap(({ step, checkpoint: choice }) =>
      choice?.keep === true ? [`${step} ${describeChoice(choice)}`] : [],
    );
  await runner.close();
  rmSync(root, { recursive: true });
  return took;
}

/** Cairn's statements alone: each answer is first kept whole, so that a table is laid out as a restored one. */
async function engineOnly(name) {
  const table = (index) => ({ namespace: 'chain', name: `step_${index}` });
  const took = await timed(name, async () => {
    for (const [index, text] of statements.entries()) {
      const named = text.replaceAll(/chain_(\d+)/g, 'chain.step_$1');
      await engine.createTable(table(index), { parts: [{ kind: 'text', text: named }] });
    }
  });
  for (const index of statements.keys()) await engine.dropTable(table(index));
  return took;
}

const auto = (name) => cairn(name, 'auto');
const contenders = { bare, 'engine only': engineOnly, 'cairn, cache': cairn, 'cairn, auto': auto, naive };
const times = await inTurns(
  rounds,
  Object.fromEntries(Object.entries(contenders).map(([name, run]) => [name, () => run(name)])),
);
console.log(
  `ten steps, ${rows} rows, ${(naiveBytes / 1e6).toFixed(0)} MB of Arrow IPC; ${rounds - 1} warm rounds`,
);
for (const name of Object.keys(contenders)) {
  const [cold, ...warm] = times[name];
  const ratio = (all) => ratioText(ratioOf(all[name].slice(1), all.bare.slice(1)));
  console.log(
    `${name.padEnd(13)} cold ${cold.toFixed(0).padStart(6)} ms ${(cold / times.bare[0]).toFixed(2)} x   warm ` +
      `${msText(warm)}, ${ratio(times)} of bare   CPU ${msText(cpu[name].slice(1))}, ${ratio(cpu)}`,
  );
}
console.log(`auto: ${kept.join('; ')}`);
await terminate();
await engine.close();
rmSync(scratch, { recursive: true });

// What checkpoints cost: a chain of ten SQL steps over a million rows, bare, with every table exported in parts, run
// with every step durable in a file-system store, and run again when only the last step has changed.
// The floor is DuckDB-WASM itself in the same kind of thread, in the same run. Usage: node bench/checkpoint-overhead.mjs
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunner, definePipeline, sql, step } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { createNodeEngine } from '../packages/node-adapter/dist/engine.js';
import { startEngineThread } from '../packages/node-adapter/dist/engine-thread.js';

const rows = 1_000_000;
const passes = 3;
const first = `select i, i % 1000 as k, 'name ' || (i % 5000) as s, i / 3.0 as d, i * 7919 % 100003 as h,
  timestamp '2020-01-01' + interval (i) second as t, i % 3 = 0 as b from range(${rows}) r(i)`;
const steps = [
  first,
  ...Array.from({ length: 9 }, (_, step) =>
    step % 3 === 0
      ? `select i, k, s, d * 1.01 as d, h + ${step} as h, t, b from $in`
      : step % 3 === 1
        ? `select i, k, s, d, h, t, not b as b from $in where h % 1000003 <> ${step}`
        : `select i, (k + 1) % 1000 as k, s, d, h, t + interval 1 second as t, b from $in`,
  ),
];

async function bare({ db }) {
  const connection = await db.connectInternal();
  const run = async (text) => {
    let answer = await db.startPendingQuery(connection, text, false);
    while (answer === null) answer = await db.pollPendingQuery(connection);
  };
  const begun = performance.now();
  for (const [step, sql] of steps.entries()) {
    await run(`create or replace table bare_${step} as ${sql.replace('$in', `bare_${step - 1}`)}`);
  }
  const took = performance.now() - begun;
  await db.disconnect(connection);
  return took;
}

async function checkpointed(engine, exporting) {
  let bytes = 0;
  const begun = performance.now();
  for (const [step, sql] of steps.entries()) {
    const [before, after = ''] = sql.split('$in');
    const parts = [{ kind: 'text', text: before }];
    if (step > 0)
      parts.push(
        { kind: 'table', table: { namespace: 'bench', name: `step_${step - 1}` } },
        { kind: 'text', text: after },
      );
    const table = { namespace: 'bench', name: `step_${step}` };
    await engine.createTable(table, { parts });
    if (exporting) for await (const part of engine.exportParts(table)) bytes += part.bytes.length;
  }
  return { took: performance.now() - begun, bytes };
}

const chain = (last) => {
  const made = [];
  for (const [index, text] of steps.entries()) {
    const [before, after] = text.split('$in');
    const end = index === steps.length - 1 ? sql.raw(last) : sql``;
    const query =
      index === 0 ? sql.raw(text) : sql`${sql.raw(before)}${made[index - 1]}${sql.raw(after)}${end}`;
    made.push(step(`step_${index}`, query));
  }
  return definePipeline({ name: 'chain', processes: { main: made } });
};

async function durable(lent) {
  const root = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
  const time = async (last) => {
    const runner = createRunner({
      store: fsStore({ root }),
      engine: { ...lent, close: () => Promise.resolve() },
    });
    const begun = performance.now();
    await runner.run(chain(last));
    const took = performance.now() - begun;
    await runner.close();
    return took;
  };
  try {
    return { first: await time(''), reused: await time(''), edited: await time(' limit 999999') };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const instance = await startEngineThread();
const engine = createNodeEngine();
await engine.open();
for (let pass = 1; pass <= passes; pass++) {
  const floor = await bare(instance);
  const made = await checkpointed(engine, false);
  const kept = await checkpointed(engine, true);
  const run = await durable(engine);
  const ratio = (took) => `${(took / floor).toFixed(2)}x`;
  console.log(
    `pass ${pass}: bare ${floor.toFixed(0)} ms; createTable ${made.took.toFixed(0)} ms (${ratio(made.took)}); ` +
      `with exportParts ${kept.took.toFixed(0)} ms (${ratio(kept.took)}), ${(kept.bytes / 1e6).toFixed(0)} MB; ` +
      `run, every step durable ${run.first.toFixed(0)} ms (${ratio(run.first)}); everything reused ` +
      `${run.reused.toFixed(0)} ms (${ratio(run.reused)}); last step edited ${run.edited.toFixed(0)} ms (${ratio(run.edited)})`,
  );
}
await instance.terminate();
await engine.close();

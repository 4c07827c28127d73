// What the records of runs take up, and what it costs to open the history of them and to ask it, in turns with reading the
// same files bare; for 10, 100 and 1,000 runs of a pipeline of effects.
//   node bench/history.mjs [--runs 10,100,1000] [--steps 5] [--rounds 9]
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRunner, definePipeline, effect } from '@cairn/core';
import { createNodeEngine, fsStore } from '@cairn/node';
import { inTurns, median, msText, ratioOf, ratioText } from './in-turns.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '10,100,1000' },
    steps: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '9' },
  },
});
const tables = ['pipeline_runs', 'process_runs', 'step_runs'];
const effects = Array.from({ length: Number(options.steps) }, (_, at) => effect(`step_${at}`, {}, () => at));
const pipeline = definePipeline({
  name: 'recorded',
  processes: { first: effects.slice(0, -2), second: effects.slice(-2) },
});
const engine = createNodeEngine();
await engine.open();
const folder = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
const found = [];

try {
  for (const runs of options.runs.split(',').map(Number)) found.push(await measure(runs));
  console.log('growth, of runs and of what they take:');
  for (const [at, { runs, bytes, openMs, queryMs }] of found.entries()) {
    if (at === 0) continue;
    const before = found[at - 1];
    const times = (now, then) => `${(now / then).toFixed(1)} x`;
    console.log(
      `  ${before.runs} to ${runs} runs (${times(runs, before.runs)}): bytes ${times(bytes, before.bytes)}, ` +
        `opening ${times(openMs, before.openMs)}, first query ${times(queryMs, before.queryMs)}`,
    );
  }
} finally {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
}

async function measure(runs) {
  const root = join(folder, String(runs));
  const runner = createRunner({
    store: fsStore({ root }),
    engine: { ...engine, close: async () => undefined },
  });
  const records = tables.map((table) => join(root, 'records', table));
  try {
    const begun = performance.now();
    for (let run = 0; run < runs; run += 1) await runner.run(pipeline, {}, { correlationId: `job-${run}` });
    const runMs = (performance.now() - begun) / runs;
    const queried = [];
    const { bare, opened } = await inTurns(Number(options.rounds), {
      bare: async () => {
        for (const table of records)
          for (const file of await readdir(table)) JSON.parse(await readFile(join(table, file), 'utf8'));
      },
      opened: async () => {
        const before = performance.now();
        const history = await runner.history();
        const openMs = performance.now() - before;
        const answer = await history.query(
          'select count(distinct p.run_id) as n from pipeline_runs p join step_runs s using (run_id)',
        );
        queried.push(performance.now() - before - openMs);
        if (Number(answer.get(0).n) !== runs) throw new Error(`${answer.get(0).n} runs, not ${runs}`);
        await history.close();
        return openMs;
      },
    });
    const bytes = await sizeOf(records);
    console.log(
      `${runs} runs of ${options.steps} effects, ${runMs.toFixed(1)} ms a run, ${bare.length} rounds`,
    );
    console.log(`  records: ${Math.round(bytes / runs)} bytes a run, ${bytes} in all`);
    console.log(`  files read bare: ${msText(bare)}`);
    console.log(`  history opened: ${msText(opened)}, ${ratioText(ratioOf(opened, bare))}`);
    console.log(`  first query: ${msText(queried)}`);
    return { runs, bytes, openMs: median(opened), queryMs: median(queried) };
  } finally {
    await runner.close();
  }
}

async function sizeOf(folders) {
  let bytes = 0;
  for (const at of folders) for (const file of await readdir(at)) bytes += (await stat(join(at, file))).size;
  return bytes;
}

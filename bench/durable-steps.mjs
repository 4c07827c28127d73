// What a durable step costs: N effects that do nothing, on the file-system store, in turns with the floor, which is to
// append 300 bytes to an open file and flush them, once a step. `chain` is one step after the other, concurrency 1;
// `wide` is steps that wait for nobody, concurrency 4. Beside it, N such steps on DBOS Transact and on LangGraph.js, each
// in a process of its own, from start to finish and when they go on after a SIGKILL in the last step.
//   node bench/durable-steps.mjs [--steps 100,1000,10000] [--peer-steps 1000] [--rounds 5]
// The peers are measured when they are installed: npm --prefix bench/peers ci (see bench/peers/README.md).
import { spawn } from 'node:child_process';
import { closeSync, existsSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { chmod, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createNodeRunner } from '@cairn/node';
import { steps } from './durable-steps/pipeline.mjs';
import { inTurns, median, msText, ratioOf, ratioText } from './in-turns.mjs';
import { findPostgres, startPostgres } from './peers/postgres.mjs';

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '100,1000,10000' },
    'peer-steps': { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
  },
});
const numbers = (text) => text.split(',').filter(Boolean).map(Number);
const rounds = Number(options.rounds);
const shapes = [
  ['chain', 1],
  ['wide', 4],
];
const record = new Uint8Array(300).fill(97);
const programs = {
  cairn: 'durable-steps/cairn.mjs',
  dbos: 'peers/dbos.mjs',
  langgraph: 'peers/langgraph.mjs',
};

const folder = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
// PostgreSQL may run as another user.
await chmod(folder, 0o755);
let made = 0;
const place = () => join(folder, `place-${(made += 1)}`);
let postgres;
try {
  await againstFloor();
  for (const count of numbers(options['peer-steps'])) await againstPeers(count);
} finally {
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
}

async function floor(count) {
  const handle = await open(place(), 'a');
  const begun = performance.now();
  for (let index = 0; index < count; index += 1) {
    await handle.write(record);
    await handle.datasync();
  }
  const ms = performance.now() - begun;
  await handle.close();
  return ms;
}

/** The same without a turn of Node's event loop: what the disk alone costs. */
function floorOfCalls(count) {
  const file = openSync(place(), 'a');
  const begun = performance.now();
  for (let index = 0; index < count; index += 1) {
    writeSync(file, record);
    fdatasyncSync(file);
  }
  const ms = performance.now() - begun;
  closeSync(file);
  return ms;
}

async function cairn(count, width) {
  const runner = createNodeRunner({ root: place(), concurrency: width });
  const pipeline = steps(count, width);
  const begun = performance.now();
  await runner.run(pipeline);
  const ms = performance.now() - begun;
  await runner.close();
  return ms;
}

async function againstFloor() {
  console.log('Steps that do nothing, against 300 bytes appended and flushed a step; in one warm process');
  for (const [, width] of shapes) await cairn(1000, width);
  const spent = {};
  for (const count of numbers(options.steps)) {
    const times = await inTurns(count > 1000 ? Math.ceil(rounds / 2) : rounds * (count > 100 ? 1 : 3), {
      floor: () => floor(count),
      calls: () => floorOfCalls(count),
      chain: () => cairn(count, 1),
      wide: () => cairn(count, 4),
    });
    console.log(`${count} steps, ${times.floor.length} rounds`);
    console.log(`  floor  ${msText(times.floor)}; with synchronous calls ${msText(times.calls)}`);
    for (const [name] of shapes) {
      (spent[name] ??= []).push({ count, ms: median(times[name]) });
      const ratio = ratioText(ratioOf(times[name], times.floor));
      const calls = ratioOf(times[name], times.calls).ratio.toFixed(2);
      console.log(`  ${name}  ${msText(times[name])}: ${ratio} the floor, ${calls} x its synchronous calls`);
    }
  }
  // A run has a price of its own, the lease and three records: growth is what each further step costs.
  for (const [name, list] of Object.entries(spent)) {
    const further = list.slice(1).map(({ count, ms }, index) => {
      const cost = (ms - list[index].ms) / (count - list[index].count);
      return { cost, text: `${cost.toFixed(3)} ms from ${list[index].count} to ${count}` };
    });
    if (further.length < 2) continue;
    const growth = (further.at(-1).cost / further[0].cost).toFixed(2);
    console.log(
      `growth, ${name}: a further step costs ${further.map(({ text }) => text).join(', ')}: ${growth} x`,
    );
  }
}

/** The contenders that can be measured here, each as the arguments of its program, given where it keeps its state. */
async function contenders() {
  const has = (name) => existsSync(new URL(`peers/node_modules/${name}`, import.meta.url));
  const missing = (what, how) => console.log(`  not measured: ${what} (${how})`);
  const found = { cairn: () => ['cairn', place()] };
  const bin = findPostgres();
  if (!has('@dbos-inc/dbos-sdk')) missing('DBOS is not installed', 'npm --prefix bench/peers ci');
  else if (bin === undefined) missing('DBOS, for there is no PostgreSQL', 'apt-get install postgresql');
  else {
    postgres ??= await startPostgres(bin, folder);
    console.log(`  DBOS on PostgreSQL ${postgres.version}, ${postgres.settings}`);
    found.dbos = () => ['dbos', postgres.database()];
  }
  if (!has('@langchain/langgraph-checkpoint-sqlite'))
    missing('LangGraph is not installed', 'npm --prefix bench/peers ci');
  else {
    found['langgraph, one node in a loop'] = () => ['langgraph', place(), 'loop'];
    found['langgraph, one node in a loop, flushed'] = () => ['langgraph', place(), 'loop', 'full'];
    found['langgraph, N nodes'] = () => ['langgraph', place(), 'nodes'];
    found['langgraph, N nodes, flushed'] = () => ['langgraph', place(), 'nodes', 'full'];
  }
  return Object.entries(found);
}

async function againstPeers(count) {
  console.log(`\n${count} steps in fresh processes, ${rounds} rounds`);
  const found = await contenders();
  for (const [shape, width] of shapes) {
    const run = (mode, [program, at, ...more]) => child(mode, program, [at, count, width, ...more]);
    const whole = found.map(([name, state]) => [name, (tell) => run('run', state()).then(tell)]);
    const resumed = found.map(([name, state]) => [
      name,
      async (tell) => {
        const given = state();
        await run('crash', given);
        return tell(await run('resume', given));
      },
    ]);
    await compare(`${shape}, from start to finish`, count, whole);
    await compare(`${shape}, resumed in the last step`, count, resumed);
  }
}

/** Contenders in turns: each from opening what it keeps to its end, and those that say it once they are open. */
async function compare(title, count, found) {
  const besides = {};
  const tell = (name, { ms, parts = {} }) => {
    for (const [part, spent] of Object.entries(parts)) ((besides[part] ??= {})[name] ??= []).push(spent);
    return ms;
  };
  const turns = found.map(([name, run]) => [name, () => run((told) => tell(name, told))]);
  report(title, count, await inTurns(rounds, Object.fromEntries(turns)));
  for (const [part, times] of Object.entries(besides)) report(`${title}, ${part}`, count, times);
}

function report(title, count, times) {
  console.log(`  ${title}`);
  for (const [name, list] of Object.entries(times)) {
    const speed = `${Math.round((count / median(list)) * 1000)} steps/s`;
    const ratio = name === 'cairn' ? '' : `; Cairn is ${ratioText(ratioOf(list, times.cairn))} as fast`;
    console.log(`    ${name.padEnd(40)} ${msText(list).padEnd(28)} ${speed}${ratio}`);
  }
}

/** Runs a program that prints its figures as JSON; in mode `crash` it must be killed. */
async function child(mode, program, given) {
  const path = fileURLToPath(new URL(programs[program], import.meta.url));
  const process_ = spawn(process.execPath, [path, mode, ...given.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  process_.stdout.on('data', (text) => (out += text));
  process_.stderr.on('data', (text) => (err += text));
  const [code, signal] = await new Promise((resolve, reject) => {
    process_.on('error', reject);
    process_.on('close', (...how) => resolve(how));
  });
  const expected = mode === 'crash' ? signal === 'SIGKILL' : code === 0;
  if (!expected) throw new Error(`${program} ${mode} ended with ${code ?? signal}: ${err}`);
  return mode === 'crash' ? {} : JSON.parse(out);
}

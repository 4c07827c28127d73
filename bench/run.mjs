// The set of benchmarks, one command: npm run bench -- [--quick | --large] [--only chain,flights] [--runtime node|chromium]
// [--rounds 5] [--json] [--tables] [--list]. How to read what it prints: docs/performance.md
import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createBench } from './harness/bench.mjs';
import { createChromium } from './harness/chromium.mjs';
import { machine } from './harness/results.mjs';
import { tablesOf } from './harness/tables.mjs';
import { chain } from './set/chain.mjs';
import { flights } from './set/flights.mjs';
import { resume } from './set/resume.mjs';
import { rows } from './set/rows.mjs';
import { shapes } from './set/shapes.mjs';
import { startup } from './set/startup.mjs';
import { steps } from './set/steps.mjs';

const set = [startup, chain, flights, shapes, steps, rows, resume];
// Benchmarks with a command of their own, run when they are named.
const notOnes = ['run', 'in-turns', ...set.map(({ name }) => name)];
const others = readdirSync(new URL('.', import.meta.url))
  .flatMap((file) => (file.endsWith('.mjs') ? [file.slice(0, -'.mjs'.length)] : []))
  .filter((name) => !notOnes.includes(name));

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    only: { type: 'string' },
    runtime: { type: 'string', default: 'node,chromium' },
    rounds: { type: 'string' },
    json: { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
const size = options.quick ? 'quick' : options.large ? 'large' : 'full';
const runtimes = options.runtime.split(',');
const asked = options.only?.split(',') ?? set.map(({ name }) => name);
const unknown = asked.filter((name) => !others.includes(name) && !set.some((one) => one.name === name));
if (options.list || unknown.length > 0) {
  for (const { name, title } of set) console.log(`${name.padEnd(10)} ${title}`);
  console.log(`when named: ${others.join(', ')}`);
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}`);
} else if (options.tables) {
  // What was measured last, without measuring.
  console.log(await tablesOf(asked, size));
} else {
  await runAll();
}

async function runAll() {
  const say = options.json ? (text) => console.error(text) : (text) => console.log(text);
  const note = (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\u001B[2K\r${text}\r`);
  };
  const { processor, threads, memoryGb, node, load } = machine();
  say(`${processor}, ${threads} threads, ${memoryGb} GB, Node ${node}; load ${load.toFixed(1)} at the start`);
  const folder = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
  // It may hold gigabytes, also when it is interrupted.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  const chromium = createChromium(folder);
  const results = [];
  const begun = performance.now();
  try {
    for (const name of asked) {
      const one = set.find((benchmark) => benchmark.name === name);
      if (one === undefined) {
        await runOther(name);
        continue;
      }
      say(`\n${name}: ${one.title}`);
      const from = performance.now();
      const bench = await createBench(name, {
        size,
        rounds: Number(options.rounds ?? one.rounds?.[size] ?? (options.quick ? 2 : 5)),
        budgetMs: one.budgetMs[size],
        folder,
        chromium,
        say,
        note,
      });
      try {
        await one.measure({ ...bench, runtimes, chromium });
      } catch (error) {
        // The others are measured all the same.
        say(`${name} failed: ${error instanceof Error ? error.stack : error}`);
        process.exitCode = 1;
      }
      results.push(bench.resultNow());
      say(`${name} took ${((performance.now() - from) / 1000).toFixed(0)} s`);
    }
    say(
      `\nall took ${((performance.now() - begun) / 60_000).toFixed(1)} minutes; load ${machine().load.toFixed(1)} at the end`,
    );
    if (options.json) console.log(JSON.stringify(results, null, 2));
  } finally {
    await chromium.close();
  }
}

/** A benchmark with its own command, which prints for itself. */
async function runOther(name) {
  const path = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const output = options.json ? ['inherit', 2, 'inherit'] : 'inherit';
  const code = await new Promise((resolve) => {
    spawn(process.execPath, [path], { stdio: output }).on('close', resolve);
  });
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
}

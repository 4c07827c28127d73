// What it costs to bind a task that is complete already, and to finish it, in a fresh process that never starts the
// engine; in turns with a process that does nothing (`node -e 0`).
//   node bench/bind-complete.mjs [--effects 1000,10000] [--sql 1000] [--rounds 9]
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { inTurns, median, msText } from './in-turns.mjs';

const { values: options } = parseArgs({
  options: {
    effects: { type: 'string', default: '1000,10000' },
    sql: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '9' },
  },
});
const program = fileURLToPath(new URL('bind-complete/cairn.mjs', import.meta.url));
const node = (...given) => promisify(execFile)(process.execPath, given.map(String));
const folder = await mkdtemp(join(tmpdir(), 'cairn-bench-'));

try {
  for (const kind of ['effects', 'sql']) {
    for (const count of options[kind].split(',').filter(Boolean).map(Number)) await measure(kind, count);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(kind, count) {
  const root = join(folder, `${kind}-${count}`);
  const parts = { loadMs: [], defineMs: [], runMs: [] };
  await node(program, 'prepare', root, count, kind);
  const { bare, bind } = await inTurns(Number(options.rounds), {
    bare: async () => void (await node('-e', 0)),
    bind: async () => {
      const { stdout } = await node(program, 'bind', root, count, kind);
      for (const [name, ms] of Object.entries(JSON.parse(stdout))) parts[name].push(ms);
    },
  });
  const above = bind.map((ms, round) => ms - bare[round]);
  console.log(`${count} ${kind === 'sql' ? 'SQL steps' : 'effects with reuse'}, ${bare.length} rounds`);
  console.log(`  node -e 0: ${msText(bare)}; bound and finished: ${msText(bind)}`);
  console.log(`  above node -e 0: ${msText(above)}`);
  const [load, define, run] = Object.values(parts).map((list) => Math.round(median(list)));
  console.log(`  in the process: loaded after ${load} ms, defined in ${define} ms, run in ${run} ms`);
}

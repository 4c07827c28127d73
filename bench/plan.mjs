// What it costs to plan a task of N steps of which all would be reused, each time in a fresh process that never starts
// the engine; in turns with a pipeline of one step.
//   node bench/plan.mjs [--steps 1000,3000,10000] [--rounds 7]
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { inTurns, median, msText } from './in-turns.mjs';

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '1000,3000,10000' },
    rounds: { type: 'string', default: '7' },
  },
});
const program = fileURLToPath(new URL('plan/cairn.mjs', import.meta.url));
const cairn = async (...given) =>
  JSON.parse((await promisify(execFile)(process.execPath, [program, ...given.map(String)])).stdout);
const folder = await mkdtemp(join(tmpdir(), 'cairn-bench-'));

try {
  for (const kind of ['sql', 'effects']) {
    const further = [];
    for (const count of options.steps.split(',').map(Number)) {
      const root = join(folder, `${kind}-${count}`);
      await cairn('prepare', root, count, kind);
      await cairn('prepare', `${root}-1`, 1, kind);
      const times = await inTurns(Number(options.rounds), {
        empty: async () => (await cairn('plan', `${root}-1`, 1, kind)).ms,
        plan: async () => (await cairn('plan', root, count, kind)).ms,
      });
      const above = times.plan.map((ms, round) => ms - times.empty[round]);
      console.log(
        `${count} ${kind === 'sql' ? 'SQL steps' : 'effects'}, all reused, ${options.rounds} rounds`,
      );
      console.log(
        `  one step: ${msText(times.empty)}; all: ${msText(times.plan)}; above one: ${msText(above)}`,
      );
      further.push({ count, ms: median(above) });
    }
    const costs = further.map(({ count, ms }) => `${((ms / count) * 1000).toFixed(0)} us a step at ${count}`);
    console.log(`  growth: ${costs.join(', ')}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

// Runs the flights pipeline, kills it in the middle, resumes it, and runs it once more: what Cairn is for.
// Start it with `npm run demo` in the repository's folder.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';

const command = 'packages/node-adapter/bin/cairn.js';
const output = 'out/worst-hours.csv';
const roots = { whole: '.cairn/demo-whole', killed: '.cairn/demo-killed' };

const say = (text = '') => process.stdout.write(`${text}\n`);
const title = (text) => say(`\n${text}\n${'-'.repeat(text.length)}`);
const hashOfOutput = () => createHash('sha256').update(readFileSync(output)).digest('hex');

/** Runs the pipeline in a process of its own; kills it as soon as `killAt` says so of a line. */
function run(root, killAt = () => false) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, 'run', 'examples/flights/flights.ts', '--root', root], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...(process.stdout.isTTY ? { CAIRN_PROGRESS: 'live' } : {}) },
    });
    const lines = [];
    let rest = '';
    let killed = false;
    child.stdout.setEncoding('utf8').on('data', (text) => {
      if (killed) return;
      const parts = (rest + text).split('\n');
      rest = parts.pop();
      // On a terminal the last line, of what is running, is overwritten: \r begins it anew.
      const finished = parts.map((line) => line.slice(line.lastIndexOf('\r') + 1));
      const last = finished.findIndex(killAt);
      killed = last !== -1;
      if (killed) child.kill('SIGKILL');
      const shown = killed ? text.slice(0, text.indexOf(finished[last]) + finished[last].length + 1) : text;
      process.stdout.write(shown);
      lines.push(...(killed ? finished.slice(0, last + 1) : finished));
    });
    child.on('error', reject).on('close', (code, signal) => resolve({ lines, code, signal }));
  });
}

function check(condition, what) {
  if (condition) return;
  say(`\nThis should not have happened: ${what}`);
  process.exit(1);
}

/** The beginning of a step's content hash, as its line shows it. */
const contentOf = (lines, step) => {
  const line = lines.find((text) => text.startsWith(`  ${step} `)) ?? '';
  return /  ([0-9a-f]{10})  /.exec(line)?.[1];
};
const count = (lines, word) => lines.filter((line) => new RegExp(`^  \\S+ +${word} `).test(line)).length;

for (const path of [...Object.values(roots), output]) rmSync(path, { recursive: true, force: true });

title('1. The pipeline runs through: 3,000,000 flights, every step checkpointed');
const whole = await run(roots.whole);
check(whole.code === 0, 'the first run failed');
const expected = hashOfOutput();
rmSync(output);

title('2. The same in another store, killed with SIGKILL while it works');
const killed = await run(roots.killed, (line) => /^  located +done /.test(line));
check(killed.signal === 'SIGKILL', 'the process ended before it was killed');
say(`  ... killed, with ${count(killed.lines, 'done')} steps finished`);

title('3. Resumed: what was finished is reused, only the rest is computed');
const resumed = await run(roots.killed);
check(resumed.code === 0, 'the resumed run failed');
check(count(resumed.lines, 'reused') > 0, 'nothing was reused');
const actual = hashOfOutput();
check(actual === expected, 'the resumed run wrote something else');
const contents = [whole, resumed].map(({ lines }) => contentOf(lines, 'advice'));
check(contents[0] !== undefined && contents[0] === contents[1], 'the resumed run made another table');
say(`  content hash of the last table, unkilled and resumed: ${contents.join(' = ')}`);
say(
  `  SHA-256 of the written file,  unkilled and resumed: ${expected.slice(0, 10)} = ${actual.slice(0, 10)}`,
);

title('4. Once more: nothing has changed, so nothing is computed');
const third = await run(roots.killed);
check(third.code === 0 && count(third.lines, 'done') === 0, 'something was computed again');

title('The result');
const rows = readFileSync(output, 'utf8').split('\n').slice(0, 6);
for (const row of rows) say(`  ${row}`);
const places = [
  [output, 'the whole table'],
  [roots.killed, 'the checkpoints: objects/ holds each table as Arrow IPC'],
  ['examples/flights/flights.ts', 'the pipeline: edit a step, then run'],
  ['', `npx cairn run examples/flights/flights.ts --root ${roots.killed}`],
];
say();
for (const [place, what] of places) say(`  ${place.padEnd(28)} ${what}`);

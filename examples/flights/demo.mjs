// Runs the flights pipeline, kills it in the middle, resumes it, and runs it once more: what Cairn is for.
// Start it with `npm run demo` in the repository's folder, or `npm run demo -- --yaml` for the pipeline as YAML.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const command = 'packages/node-adapter/bin/cairn.js';
const pipeline = process.argv.includes('--yaml')
  ? ['examples/flights/flights.yaml', '--config', 'examples/flights/cairn.config.yaml']
  : ['examples/flights/flights.ts'];
const output = 'out/worst-hours.csv';
const eventFile = '.cairn/demo-events.ndjson';
const roots = { whole: '.cairn/demo-whole', killed: '.cairn/demo-killed' };

const say = (text = '') => process.stdout.write(`${text}\n`);
const title = (text) => say(`\n${text}\n${'-'.repeat(text.length)}`);
const hashOfOutput = () => createHash('sha256').update(readFileSync(output)).digest('hex');

/** Runs the pipeline in a process of its own; kills it as soon as a step of that name is done. */
function run(root, killAfter) {
  return new Promise((resolve, reject) => {
    const args = ['run', ...pipeline, '--root', root, '--events', eventFile];
    rmSync(eventFile, { force: true });
    const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
    // The child has the terminal for itself; what it does is read from the file that it writes along.
    const watch = setInterval(() => {
      if (ended(readEvents(), killAfter)) child.kill('SIGKILL');
    }, 5);
    child.on('error', reject).on('close', (code, signal) => {
      clearInterval(watch);
      resolve({ events: readEvents(), code, signal });
    });
  });
}

function readEvents() {
  if (!existsSync(eventFile)) return [];
  const lines = readFileSync(eventFile, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

function check(condition, what) {
  if (condition) return;
  say(`\nThis should not have happened: ${what}`);
  process.exit(1);
}

const ended = (events, step) => events.some((event) => event.type === 'step_end' && event.step === step);
const count = (events, type) => events.filter((event) => event.type === type).length;
/** The beginning of a step's content hash. */
const contentOf = (events, step) =>
  events
    .find(
      (event) =>
        event.step === step && event.contentHash !== undefined && event.type !== 'checkpoint_written',
    )
    ?.contentHash.slice(0, 10);

mkdirSync('.cairn', { recursive: true });
for (const path of [...Object.values(roots), output]) rmSync(path, { recursive: true, force: true });

title('1. The pipeline runs through: 3,000,000 flights, every step checkpointed');
const whole = await run(roots.whole);
check(whole.code === 0, 'the first run failed');
const expected = hashOfOutput();
rmSync(output);

title('2. The same in another store, killed with SIGKILL while it works');
const killed = await run(roots.killed, 'located');
check(killed.signal === 'SIGKILL', 'the process ended before it was killed');
say(`  ... killed, with ${count(killed.events, 'step_end')} steps finished`);

title('3. Resumed: what was finished is reused, only the rest is computed');
const resumed = await run(roots.killed);
check(resumed.code === 0, 'the resumed run failed');
check(count(resumed.events, 'step_reused') > 0, 'nothing was reused');
const actual = hashOfOutput();
check(actual === expected, 'the resumed run wrote something else');
const contents = [whole, resumed].map(({ events }) => contentOf(events, 'advice'));
check(contents[0] !== undefined && contents[0] === contents[1], 'the resumed run made another table');
say(`  content hash of the last table, unkilled and resumed: ${contents.join(' = ')}`);
say(
  `  SHA-256 of the written file,  unkilled and resumed: ${expected.slice(0, 10)} = ${actual.slice(0, 10)}`,
);

title('4. Once more: nothing has changed, so nothing is computed');
const third = await run(roots.killed);
check(third.code === 0 && count(third.events, 'step_end') === 0, 'something was computed again');

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

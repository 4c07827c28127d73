// What it costs to read a pipeline of 1,000 steps from YAML, and to plan it, beside what the yaml package needs to parse the same
// text: at most three times as much. Run it with `node bench/yaml.mjs` after a build.
import { parse } from 'yaml';
import { compile } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { standardPlugins } from '@cairn/plugins';

const steps = 1000;
const most = 3;
const rounds = 25;

/** Sources, SQL over one or two of the steps before, checks, fan-ins and sinks, as people write them. */
function pipeline() {
  const lines = ['name: large', 'params:', '  least: { type: integer, default: 15, min: 0 }', 'processes:'];
  for (let at = 0; at < steps; at += 1) {
    if (at % 50 === 0) lines.push(`  process_${at / 50}:`);
    const [one, two] = [Math.max(0, at - 1 - (at % 7)), Math.max(0, at - 1 - (at % 11))];
    const table = (index) => `step_${index % 10 === 8 ? index - 1 : index}`;
    if (at % 10 === 0)
      lines.push(
        `    - source: step_${at}`,
        `      from: { type: csv, path: data/${at}.csv, delimiter: ';' }`,
      );
    else if (at % 10 === 8)
      lines.push(
        `    - sink: step_${at}`,
        `      input: ${table(one)}`,
        `      to: { type: csv, path: out/${at}.csv }`,
      );
    else if (at % 10 === 9)
      lines.push(`    - fanIn: step_${at}`, `      inputs: [${table(at - 2)}, ${table(at - 3)}]`);
    else
      lines.push(
        `    - step: step_${at}`,
        `      description: What comes of ${at}`,
        '      sql: |',
        `        select a.origin, a.destination, count(*) as flights, avg(a.delay) as mean_delay`,
        `        from ${table(one)} a`,
        `          left join ${table(two)} b on b.origin = a.destination and b.day between a.day and a.day + 1`,
        `        where a.delay >= $least and a.carrier not in ('XX', 'YY')`,
        '        group by all',
        '      checks:',
        '        - { type: notNull, column: origin }',
        '      retry: { maxAttempts: 3 }',
      );
  }
  return `${lines.join('\n')}\n`;
}

const text = pipeline();
const registry = contributions(standardPlugins());
/** Milliseconds by the clock, and of the processor: a machine that is busy with something else makes the first longer. */
const time = async (work) => {
  const [begin, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { clock: performance.now() - begin, processor: (user + system) / 1000 };
};
const median = (times) => times.toSorted((one, other) => one - other)[times.length >> 1];
const of = (times, kind) => median(times.map((one) => one[kind]));

const [whole, floor] = [[], []];
const planned = async () => {
  const plan = await compile(await pipelineFromYaml(text, { registry }), {});
  if (plan.steps.length !== steps) throw new Error(`a plan of ${plan.steps.length} steps`);
};
// In turns, so that whatever else the machine does is in both; the first two rounds warm up.
for (let round = 0; round < rounds + 2; round += 1) {
  const parsing = await time(() => parse(text));
  const planning = await time(planned);
  if (round < 2) continue;
  floor.push(parsing);
  whole.push(planning);
}
const ratio = (kind) => of(whole, kind) / of(floor, kind);
const line = (times) =>
  `${of(times, 'clock').toFixed(1)} ms, ${of(times, 'processor').toFixed(1)} ms of the processor`;
console.log(`${steps} steps, ${(text.length / 1024).toFixed(0)} KiB of YAML, medians of ${rounds} rounds`);
console.log(`  yaml: parse                   ${line(floor)}`);
console.log(`  pipelineFromYaml and compile  ${line(whole)}`);
console.log(
  `  ${ratio('clock').toFixed(2)} times as long, ${ratio('processor').toFixed(2)} times the work (${most} at most)`,
);
if (ratio('processor') > most) process.exitCode = 1;
